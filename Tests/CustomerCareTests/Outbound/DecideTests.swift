import Testing

@testable import CustomerCare

@Suite struct `The gate` {
  static let freeForm = MessageKind.freeForm(type: "text")
  static let needy: [MessageKind] = [
    freeForm, .freeForm(type: "interactive"), .reaction, .pin, .callPermissionRequest,
  ]
  static let free: [MessageKind] = [
    .template(name: "hello", language: "de"), .readReceipt, .typing,
  ]
  static let senders: [Sender] = [.employee, .program("crm"), .assistant, .automation]

  let end = Scene.start + .hours(24)

  func verdict(
    _ kind: MessageKind = freeForm,
    from sender: Sender = .program("crm"),
    on entries: [LedgerEntry] = [],
    at now: Instant = Scene.start + .hours(1),
    number: NumberFacts? = Scene.number,
    policy: ClosedWindowPolicy? = nil,
    restrictions: Set<Restriction> = [],
    margin: Duration = .seconds(60),
    isSecondTry: Bool = false
  ) -> Verdict {
    decide(
      SendRequest(
        id: "r1",
        from: "900800700",
        to: .customer(Scene.anna),
        kind: kind,
        sender: sender,
        ifClosed: policy,
        at: now
      ),
      given: SendFacts(
        now: now,
        margin: margin,
        window: .fold(entries, at: now, number: number ?? Scene.number),
        number: number,
        restrictions: restrictions,
        isSecondTry: isSecondTry
      )
    )
  }

  @Test(arguments: needy, senders)
  func `lets everything pass while the window is open`(kind: MessageKind, sender: Sender) {
    let message = Scene.opening()
    #expect(
      verdict(kind, from: sender, on: [message]) == .send(.proven(by: message, until: end))
    )
  }

  @Test(arguments: free, senders)
  func `lets templates, receipts and typing signs pass always`(kind: MessageKind, sender: Sender) {
    #expect(verdict(kind, from: sender) == .send(.notNeeded))
    #expect(verdict(kind, from: sender, on: [Scene.opening()], at: end) == .send(.notNeeded))
  }

  @Test(arguments: needy, senders)
  func `refuses free form after the end and before any beginning`(
    kind: MessageKind,
    sender: Sender
  ) {
    let message = Scene.opening()
    #expect(
      verdict(kind, from: sender, on: [message], at: end)
        == .refused(.windowClosed(since: end, because: message, coexistence: false))
    )
    #expect(verdict(kind, from: sender) == .refused(.neverOpened(coexistence: false)))
  }

  @Test(arguments: [Duration.seconds(60), .seconds(120), .milliseconds(1)])
  func `stops before the end by the safety margin`(margin: Duration) {
    let message = Scene.opening()
    let last = end - margin - .milliseconds(1)
    #expect(
      verdict(on: [message], at: last, margin: margin)
        == .send(.proven(by: message, until: end))
    )
    #expect(
      verdict(on: [message], at: end - margin, margin: margin)
        == .refused(.insideSafetyMargin(closesAt: end, margin: margin, coexistence: false))
    )
    #expect(
      verdict(on: [message], at: end, margin: margin)
        == .refused(.windowClosed(since: end, because: message, coexistence: false))
    )
  }

  @Test func `stops uncertain windows by the margin too`() {
    let last = end - .seconds(60) - .milliseconds(1)
    let reaction = Scene.opening(.reaction)
    guard case .send = verdict(from: .employee, on: [reaction], at: last) else {
      Issue.record("A person may try until the margin.")
      return
    }
    #expect(
      verdict(from: .employee, on: [reaction], at: end - .seconds(60))
        == .refused(
          .insideSafetyMargin(closesAt: end, margin: .seconds(60), coexistence: false)
        )
    )
  }

  @Test func `judges by the instant, not by when the window was folded`() {
    let message = Scene.opening()
    let window = CareWindow.fold([message], at: Scene.start, number: Scene.number)
    let request = SendRequest(
      id: "r1",
      from: "900800700",
      to: .customer(Scene.anna),
      kind: Self.freeForm,
      sender: .employee,
      at: Scene.start
    )
    #expect(
      decide(request, given: SendFacts(now: end, window: window, number: Scene.number))
        == .refused(.windowClosed(since: end, because: message, coexistence: false))
    )
  }

  @Test(arguments: senders)
  func `lets only a person try what is uncertain`(sender: Sender) {
    let reaction = Scene.opening(.reaction)
    let doubt = CareWindow.Doubt(reason: .reaction, opening: reaction)
    #expect(
      verdict(from: sender, on: [reaction])
        == (sender == .employee
          ? .send(.tried(doubt, until: end))
          : .refused(.uncertain(doubt, until: end, coexistence: false)))
    )
  }

  @Test(arguments: senders)
  func `lets everybody try on the connection day of a number in use`(sender: Sender) {
    let inUse = Scene.number(addedAt: Scene.start, inUse: true)
    let doubt = CareWindow.Doubt(reason: .connectionDay, programsMayTry: true)
    #expect(verdict(from: sender, number: inUse) == .send(.tried(doubt, until: end)))

    let shared = Scene.number(addedAt: Scene.start, coexistence: true)
    let shy = CareWindow.Doubt(reason: .connectionDay)
    #expect(
      verdict(from: sender, number: shared)
        == (sender == .employee
          ? .send(.tried(shy, until: end))
          : .refused(.uncertain(shy, until: end, coexistence: true)))
    )
  }

  @Test(arguments: [(Int64(29_999), false), (30_000, true)])
  func `allows one more try half a minute after Meta's glitch`(delay: Int64, isAllowed: Bool) {
    let refusal = Scene.refusal(at: Scene.start + .hours(1))
    let now = refusal.at + .milliseconds(delay)
    let entries = [Scene.opening(), refusal]
    let doubt = CareWindow.Doubt(
      reason: .reported131047,
      opening: entries[0],
      report: refusal
    )
    let trial = Verdict.send(.tried(doubt, until: end))
    let refused = Verdict.refused(.uncertain(doubt, until: end, coexistence: false))
    let expected = isAllowed ? trial : refused
    #expect(verdict(on: entries, at: now, isSecondTry: true) == expected)
    #expect(verdict(from: .employee, on: entries, at: now) == expected)
    #expect(verdict(on: entries, at: now) == refused, "another message is not the one more try")
  }

  @Test func `gives a second try no other right`() {
    #expect(verdict(isSecondTry: true) == .refused(.neverOpened(coexistence: false)))
    guard case .refused(.uncertain) = verdict(on: [Scene.opening(.reaction)], isSecondTry: true)
    else {
      Issue.record("A reaction stays uncertain.")
      return
    }
  }

  @Test func `refuses for a number nobody added, whatever it is`() {
    for kind in Self.needy + Self.free {
      #expect(
        verdict(kind, on: [Scene.opening()], number: nil)
          == .refused(.unknownNumber("900800700"))
      )
    }
  }

  @Test(
    arguments: [
      (Restriction.disconnected, [freeForm, .template(name: "a", language: "b"), .typing]),
      (.offboarded, [freeForm, .template(name: "a", language: "b"), .typing]),
      (.disabled, [freeForm, .template(name: "a", language: "b"), .typing]),
      (.noTemplates, [.template(name: "a", language: "b")]),
      (.noReplies, [freeForm]),
    ] as [(Restriction, [MessageKind])]
  )
  func `refuses what Meta restricts, open window or not`(
    restriction: Restriction,
    barred: [MessageKind]
  ) {
    for kind in [Self.freeForm, .template(name: "a", language: "b"), .typing] {
      let verdict = verdict(kind, on: [Scene.opening()], restrictions: [restriction])
      guard barred.contains(kind) else {
        if case .refused = verdict { Issue.record("\(kind) is not barred by \(restriction).") }
        continue
      }
      switch verdict {
      case .refused(.numberDisconnected(_, restriction)),
        .refused(.numberRestricted(_, restriction)):
        break
      default: Issue.record("\(kind) is barred by \(restriction), not \(verdict).")
      }
    }
  }

  @Test func `names the gravest restriction`() {
    #expect(
      verdict(restrictions: Set(Restriction.allCases))
        == .refused(.numberDisconnected("900800700", .disconnected))
    )
  }
}

@Suite struct `The times of a request` {
  func verdict(
    sendAt: Instant? = nil,
    expiresAt: Instant? = nil,
    at: Instant = Scene.start,
    now: Instant
  ) -> Verdict {
    decide(
      SendRequest(
        id: "r1",
        from: "900800700",
        to: .customer(Scene.anna),
        kind: .template(name: "hello", language: "de"),
        sender: .employee,
        expiresAt: expiresAt,
        sendAt: sendAt,
        at: at
      ),
      given: SendFacts(
        now: now,
        window: .fold([], at: now, number: Scene.number),
        number: Scene.number
      )
    )
  }

  @Test func `end at the expiry`() {
    let expiresAt = Scene.start + .hours(1)
    #expect(verdict(expiresAt: expiresAt, now: expiresAt - .milliseconds(1)) == .send(.notNeeded))
    #expect(
      verdict(expiresAt: expiresAt, now: expiresAt)
        == .refused(.expired(at: expiresAt, now: expiresAt))
    )
  }

  @Test func `may not lie before the request`() {
    let past = Scene.start - .milliseconds(1)
    #expect(
      verdict(sendAt: past, now: Scene.start)
        == .refused(.scheduledInPast(sendAt: past, now: Scene.start))
    )
    #expect(verdict(sendAt: Scene.start, now: Scene.start) == .send(.notNeeded))
  }

  @Test func `are waited for`() {
    let later = Scene.start + .hours(1)
    #expect(verdict(sendAt: later, now: Scene.start) == .wait(.until(later)))
    #expect(verdict(sendAt: later, now: later - .milliseconds(1)) == .wait(.until(later)))
    #expect(verdict(sendAt: later, now: later) == .send(.notNeeded))
  }

  @Test func `may not contradict each other`() {
    let later = Scene.start + .hours(1)
    #expect(
      verdict(sendAt: later, expiresAt: later, now: Scene.start)
        == .refused(.expiresBeforeItsTime(expiresAt: later, sendAt: later))
    )
    #expect(
      verdict(sendAt: later, expiresAt: later + .milliseconds(1), now: Scene.start)
        == .wait(.until(later))
    )
  }
}
