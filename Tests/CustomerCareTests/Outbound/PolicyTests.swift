import Testing

@testable import CustomerCare

@Suite struct `The policy for a closed window` {
  let shut = Refusal.neverOpened(coexistence: false)

  func verdict(
    _ kind: MessageKind,
    number: ClosedWindowPolicy,
    request: ClosedWindowPolicy?,
    parked: Int = 0,
    reengagement: Reengagement? = nil,
    restrictions: Set<Restriction> = [],
    after entries: [LedgerEntry] = [],
    at now: Instant = Scene.start
  ) -> Verdict {
    decide(
      SendRequest(
        id: "r1",
        from: "900800700",
        to: .customer(Scene.anna),
        kind: kind,
        sender: .employee,
        ifClosed: request,
        at: now
      ),
      given: SendFacts(
        now: now,
        window: .fold(entries, at: now, number: Scene.number),
        number: Scene.number(ifClosed: number),
        restrictions: restrictions,
        parked: parked,
        reengagement: reengagement
      )
    )
  }

  @Test(arguments: ClosedWindowPolicy.allCases)
  func `is the number's unless the request has its own`(policy: ClosedWindowPolicy) {
    let expected: [ClosedWindowPolicy: Verdict] = [
      .refuse: .refused(shut), .park: .wait(.forCustomer(because: shut, nil)),
      .template: .refused(
        .templateNeededButNoneChosen(
          FallbackShortfall(candidates: [], others: 0),
          because: shut
        )
      ),
    ]
    let text = MessageKind.freeForm(type: "text")
    #expect(verdict(text, number: policy, request: nil) == expected[policy])
    for other in ClosedWindowPolicy.allCases {
      #expect(verdict(text, number: other, request: policy) == expected[policy])
    }
  }

  static let choice = chooseFallback(among: [Templates.template()], on: Templates.terms())

  @Test func `sends a template in the message's place, and no second one while it is unanswered`()
    throws
  {
    let text = MessageKind.freeForm(type: "text")
    guard case .chosen(let choice) = Self.choice else { throw CancellationError() }
    let cases: [(Reengagement, Verdict)] = [
      (.found(Self.choice), .wait(.forCustomer(because: shut, .template(choice.reason)))),
      (.pending("r0"), .wait(.forCustomer(because: shut, .pending("r0")))),
    ]
    for (reengagement, expected) in cases {
      #expect(
        verdict(text, number: .template, request: nil, reengagement: reengagement) == expected
      )
      // Nobody gets one who did not want it, and none waits where too many do.
      #expect(
        verdict(text, number: .template, request: .park, reengagement: reengagement)
          == .wait(.forCustomer(because: shut, nil))
      )
      #expect(
        verdict(text, number: .template, request: nil, parked: 100, reengagement: reengagement)
          == .refused(.tooManyParked(max: 100, because: shut))
      )
    }
    #expect(
      verdict(
        text,
        number: .template,
        request: nil,
        reengagement: .found(Self.choice),
        restrictions: [.noTemplates]
      ) == .refused(.numberRestricted("900800700", .noTemplates))
    )
  }

  @Test func `waits for the one more try after 131047 before it sends a template`() {
    let text = MessageKind.freeForm(type: "text")
    let refused = Scene.start + .seconds(600)
    let entries = [Scene.opening(), Scene.refusal(at: refused)]
    func found(after pause: Duration) -> Verdict {
      verdict(
        text,
        number: .template,
        request: nil,
        reengagement: .found(Self.choice),
        after: entries,
        at: refused + pause
      )
    }
    for pause in [Duration.zero, .milliseconds(29_999)] {
      guard case .wait(.forCustomer(.uncertain, nil)) = found(after: pause) else {
        Issue.record("\(found(after: pause))")
        return
      }
    }
    guard case .send(.tried) = found(after: .seconds(30)) else {
      Issue.record("\(found(after: .seconds(30)))")
      return
    }
  }

  @Test func `lets a hundred messages wait for a customer, and not one more`() {
    let text = MessageKind.freeForm(type: "text")
    #expect(
      verdict(text, number: .park, request: nil, parked: 99)
        == .wait(.forCustomer(because: shut, nil))
    )
    #expect(
      verdict(text, number: .park, request: nil, parked: 100)
        == .refused(.tooManyParked(max: 100, because: shut))
    )
  }

  @Test(arguments: [MessageKind.reaction, .pin, .callPermissionRequest])
  func `never makes reactions, pins and call requests wait`(kind: MessageKind) {
    for policy in [ClosedWindowPolicy.park, .template] {
      #expect(
        verdict(kind, number: policy, request: nil)
          == .refused(.kindNotAllowed(kind, because: shut))
      )
    }
    #expect(verdict(kind, number: .refuse, request: nil) == .refused(shut))
  }
}
