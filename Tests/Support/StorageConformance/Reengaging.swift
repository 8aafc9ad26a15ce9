import CustomerCare
import Storage

extension StorageConformance {
  /// The template that goes out in the place of messages that a closed window keeps back.
  static var reengaging: [Check] {
    [
      Check("one template goes out for all that is written while the window is closed") { store in
        try await store.becomeReachable()
        let first = try await store.write("r1", at: 0)
        try expect(first.template?.state, equals: .accepted)
        try expect(first.template?.inPlace?.original, equals: "r1")
        try expect(first.template?.inPlace?.reason.source, equals: .customersCountry)
        try expect(
          first.template?.request.kind,
          equals: .template(name: "note", language: "de")
        )
        let second = try await store.write("r2", at: 1)
        try expect(second.template == nil)
        try expect(
          second.original.verdict,
          equals: .wait(
            .forCustomer(because: .neverOpened(coexistence: false), .pending("r1-template"))
          )
        )
        for id: RequestID in ["r1", "r2", "r1-template"] {
          try await expect(store.request(id).verdict.isPark, equals: id != "r1-template")
        }
        try await expect(store.template(inPlaceOf: "r1"), equals: store.request("r1-template"))
        try await expect(store.history("r1").map(\.event), equals: ["parked", "template"])
        try await expect(store.dispatchable(at: Store.start), equals: ["r1-template"])
        try await store.sendTemplate("r1-template", at: 2)

        try await store.hear(Sample.written("wamid.in", at: Store.start + .seconds(60)))
        let now = Store.start + .seconds(61)
        for id: RequestID in ["r1", "r2"] {
          try await expect(store.dispatchable(at: now), equals: [id])
          let attempt = try await store.claim(id, at: now).reference()
          _ = try await store.settle(attempt.attempt, .accepted(MessageID("\(id)")), at: now)
        }
      },
      Check("a template that failed, was answered, or is a day old keeps no other back") { store in
        let day = Int64(24 * 60 * 60)
        let endings: [(word: String, end: @Sendable (Store) async throws -> Void, at: Int64)] = [
          (
            "Meta refused it",
            { store in
              let attempt = try await store.claim("r1-template").reference()
              let refusal = MetaRefusal(code: 132015, title: "Template is Paused")
              _ = try await store.settle(attempt.attempt, .refused(refusal))
            }, 10
          ),
          (
            "its status failed",
            { store in
              let attempt = try await store.sendTemplate("r1-template", at: 1)
              let status = Sample.status("r1-template", .failed, code: 131049, reference: attempt)
              try await store.hear([status])
            }, 10
          ),
          (
            "it was answered, and Meta closed the window",
            { store in
              try await store.sendTemplate("r1-template", at: 1)
              try await store.hear(Sample.written("wamid.in", at: Store.start + .seconds(2)))
              for second in [3, 40] as [Int64] {
                let reference = AttemptReference(
                  request: "elsewhere",
                  number: 1,
                  dispatchBeganAt: Store.start + .seconds(second),
                  neededWindow: true
                )
                try await store.hear([
                  Sample.status("wamid.\(second)", .failed, code: 131047, reference: reference)
                ])
              }
            }, 50
          ),
          (
            "it was answered, and the window ran out",
            { store in
              try await store.sendTemplate("r1-template", at: 1)
              try await store.hear(Sample.written("wamid.in", at: Store.start + .seconds(2)))
            }, day + 3
          ),
          ("a day went by", { try await $0.sendTemplate("r1-template", at: 1) }, day),
        ]
        for (word, end, at) in endings {
          let store = try await store.another()
          try await store.becomeReachable()
          _ = try await store.write("r1", at: 0)
          try await end(store)
          let early = try await store.write("r2", at: min(at, day) - 1, ifClosed: .template)
          if at == day { try expect(early.template == nil, "\(word), and soon") }
          let later = try await store.write("r3", at: at)
          let began = early.template ?? later.template
          try expect(began != nil, "\(word), and nothing goes out")
        }
      },
      Check("whoever answers first, or takes back what waits, gets no template") { store in
        for answers in [true, false] {
          let store = try await store.another()
          try await store.becomeReachable()
          _ = try await store.write("r1", at: 0)
          let now = Store.start + .seconds(5)
          if answers {
            try await store.hear(Sample.written("wamid.in", at: now))
            let attempt = try await store.claim("r1", at: now).reference()
            _ = try await store.settle(attempt.attempt, .accepted("wamid.1"), at: now)
          } else {
            _ = try await store.write { unit in try Parked.withdraw("r1", now: now, in: unit) }
          }
          guard case .ended(let record) = try await store.claim("r1-template", at: now) else {
            throw NotTrue(description: "the template goes out for nothing")
          }
          try expect(record.state, equals: .withdrawn)
        }
      },
      Check("a template that pauses holds nobody up whose customer has answered") { store in
        try await store.becomeReachable()
        _ = try await store.write("r1", at: 0)
        let attempt = try await store.claim("r1-template").reference()
        let retryAt = Store.start + .seconds(64)
        _ = try await store.settle(attempt.attempt, .notSent(reason: "no road"), retryAt: retryAt)
        let now = Store.start + .seconds(5)
        try await store.hear(Sample.written("wamid.in", at: now))
        // It has not gone, so it is not answered: should the window be shut again, it goes.
        let first = try await store.claim("r1", at: now).reference()
        _ = try await store.settle(first.attempt, .accepted("wamid.1"), at: now)
        try await expect(store.dispatchable(at: now), equals: ["r1-template"])
        guard case .ended = try await store.claim("r1-template", at: now) else {
          throw NotTrue(description: "the template pauses on")
        }
      },
      Check("who was told that it waits goes on waiting when no template fits any more") { store in
        try await store.becomeReachable()
        try await store.hear(Sample.written("wamid.in"))
        _ = try await store.reserve(Sample.draft("r1", ifClosed: .park))
        let late = Store.start + CareWindow.length
        guard case .waits = try await store.claim("r1", at: late) else {
          throw NotTrue(description: "does not wait")
        }
        try await store.write { unit in
          var number = try need(try Numbers.find(Store.number, in: unit))
          number.facts = NumberFacts(
            phoneNumberID: Store.number,
            wabaID: "another",
            displayPhoneNumber: "+4930000001",
            addedAt: number.facts.addedAt
          )
          _ = try Numbers.update(number, in: unit)
        }
        _ = try await store.write { unit in
          try unit.run("UPDATE request SET if_closed = 'template', state = 'accepted'")
        }
        guard case .waits = try await store.claim("r1", at: late + .seconds(1)) else {
          throw NotTrue(description: "it was refused")
        }
      },
      Check("what finds the window shut right before it goes waits, and a template goes") { store in
        try await store.becomeReachable()
        try await store.hear(Sample.written("wamid.in"))
        guard case .reserved = try await store.reserve(Sample.draft("r1", ifClosed: .template))
        else {
          throw NotTrue(description: "the window is open")
        }
        let late = Store.start + CareWindow.length
        guard case .waits(let record, _) = try await store.claim("r1", at: late) else {
          throw NotTrue(description: "it does not wait")
        }
        try expect(record.state, equals: .parked)
        try await expect(store.template(inPlaceOf: "r1").state, equals: .accepted)
        try await expect(store.dispatchable(at: late), equals: ["r1-template"])
      },
      Check("what Meta refuses with 131047 waits, and a template goes") { store in
        try await store.becomeReachable()
        try await store.hear(Sample.written("wamid.in"))
        let at = Store.start + .seconds(10)
        _ = try await store.reserve(Sample.draft("r1", at: at, ifClosed: .template), at: at)
        let refusal = DispatchOutcome.refused(MetaRefusal(code: 131047, title: "Re-engagement"))
        let first = try await store.claim("r1", at: at).reference()
        // Meta knows less of a window than it should for a moment; that is tried once more.
        let doubted = try await store.settle(first.attempt, refusal, at: at)
        try expect(doubted.state, equals: .accepted)
        let again = at + CareWindow.Doubt.retryDelay
        let second = try await store.claim("r1", at: again).reference()
        let settled = try await store.settle(second.attempt, refusal, at: again)
        try expect(settled.state, equals: .parked)
        try await expect(store.template(inPlaceOf: "r1").state, equals: .accepted)
        try await expect(
          store.history("r1").map(\.event),
          equals: [
            "accepted", "dispatching", "accepted", "dispatching", "accepted", "parked", "template",
          ]
        )
      },
      Check("what Meta took and then did not deliver, because the window was closed, waits too") {
        store in
        for (policy, ends) in [
          (ClosedWindowPolicy.template, RequestState.parked), (.park, .parked),
          (.refuse, .handedOver),
        ] {
          let store = try await store.another()
          try await store.becomeReachable()
          try await store.hear(Sample.written("wamid.in"))
          let at = Store.start + .seconds(10)
          let draft = Sample.draft("r1", at: at, isDurable: false, ifClosed: policy)
          guard case .claimed(let claimed) = try await store.reserve(draft, claiming: true, at: at)
          else { throw NotTrue(description: "not claimed") }
          _ = try await store.settle(claimed.attempt.attempt, .accepted("wamid.1"), at: at)
          // Meta knew nothing of the window, and goes on to: the second word is final.
          let again = Store.start + .seconds(100)
          for (second, message) in [(60, "wamid.other"), (100, "wamid.1")] as [(Int64, String)] {
            var reference = claimed.attempt
            if message != "wamid.1" {
              reference = AttemptReference(
                request: "elsewhere",
                number: 1,
                dispatchBeganAt: Store.start + .seconds(second),
                neededWindow: true
              )
            }
            let failed = Sample.status(message, .failed, code: 131047, reference: reference)
            for _ in 0..<2 { try await store.hear([failed], at: Store.start + .seconds(second)) }
          }
          if policy != .refuse {
            try await expect(store.dispatchable(at: again), equals: ["r1"])
            guard case .waits = try await store.claim("r1", at: again) else {
              throw NotTrue(description: "does not wait")
            }
          }
          let record = try await store.request("r1")
          try expect(record.state, equals: ends)
          try expect(record.goesOn(after: 1), equals: policy != .refuse)
          let template = try await store.read { try Requests.template(inPlaceOf: "r1", in: $0) }
          try expect(template?.state, equals: policy == .template ? .accepted : nil)
          guard policy != .refuse else { continue }
          try await store.hear(
            Sample.written("wamid.in2", at: again + .seconds(60)),
            at: again + .seconds(60)
          )
          let second = try await store.claim("r1", at: again + .seconds(61)).reference()
          try expect(second.number, equals: 2)
          _ = try await store.settle(second.attempt, .accepted("wamid.2"), at: again + .seconds(61))
          try await expect(store.request("r1").message, equals: "wamid.2")
        }
      },
      Check("a late 131047 against a certain opening is tried once more, if it counts") { store in
        for isDurable in [true, false] {
          let store = try await store.another()
          try await store.becomeReachable()
          try await store.hear(Sample.written("wamid.in"))
          let at = Store.start + .seconds(10)
          _ = try await store.reserve(Sample.draft("r1", at: at, isDurable: isDurable), at: at)
          let first = try await store.claim("r1", at: at).reference()
          _ = try await store.settle(first.attempt, .accepted("wamid.1"), at: at)
          let told = at + .seconds(5)
          try await store.hear(
            [Sample.status("wamid.1", .failed, code: 131047, reference: first)],
            at: told
          )
          let again = at + CareWindow.Doubt.retryDelay
          try await expect(store.dispatchable(at: again - .milliseconds(1)), equals: [])
          try await expect(store.dispatchable(at: again), equals: isDurable ? ["r1"] : [])
          guard isDurable else { continue }
          let second = try await store.claim("r1", at: again).reference()
          _ = try await store.settle(second.attempt, .accepted("wamid.2"), at: again)
          try await store.hear(
            [Sample.status("wamid.2", .failed, code: 131047, reference: second)],
            at: again + .seconds(5)
          )
          try await expect(store.request("r1").state, equals: .handedOver)
          try await expect(store.request("r1").delivery, equals: .failed)
        }
      },
      Check("a 131047 that comes a day late changes nothing but what is known of the window") {
        store in
        try await store.becomeReachable()
        try await store.hear(Sample.written("wamid.in"))
        _ = try await store.reserve(Sample.draft("r1", ifClosed: .template))
        let first = try await store.claim("r1").reference()
        _ = try await store.settle(first.attempt, .accepted("wamid.1"))
        let late = Store.start + .seconds(24 * 60 * 60) + .milliseconds(1)
        try await store.hear(
          [Sample.status("wamid.1", .failed, code: 131047, reference: first)],
          at: late
        )
        try await expect(store.request("r1").state, equals: .handedOver)
        try await expect(store.dispatchable(at: late), equals: [])
      },
      Check("where no template fits, it is refused with what is missing, and nothing waits") {
        store in
        try await store.addNumber()
        try await store.list([TemplateSample.listed("offer", "de", category: .marketing)], at: 1)
        guard
          case .reserved(let record, _) = try await store.reserve(
            Sample.draft("r1", ifClosed: .template)
          ), case .refused(.templateNeededButNoneChosen(let shortfall, _)) = record.verdict
        else { throw NotTrue(description: "not refused") }
        try expect(shortfall.candidates.map(\.obstacle), equals: [.marketingNeedsConsent])
        try expect(record.state, equals: .refused)
        try await expect(store.request("r1"), equals: record)
      },
      Check("who turns out to be one person has been sent one template, the later") { store in
        let (phone, user) = (Alias.phone("491700000042"), Alias.bsuid("DE.5550001"))
        try await store.becomeReachable()
        _ = try await store.write("r1", to: user, at: 0)
        _ = try await store.write("r2", to: phone, at: 10)
        for id: RequestID in ["r1-template", "r2-template"] {
          try await store.sendTemplate(id, at: 11)
        }
        try await store.hear([.identity(.together(user, phone, at: Store.start))])
        let day = Int64(24 * 60 * 60)
        for (index, to) in [phone, user].enumerated() {
          let written = try await store.write(RequestID("r\(3 + index)"), to: to, at: day + 5)
          try expect(written.template == nil)
          guard case .wait(.forCustomer(_, .pending(let id))) = written.original.verdict else {
            throw NotTrue(description: "\(written.original.verdict)")
          }
          try expect(id, equals: "r2-template")
        }
        try await expect(
          store.write("r5", to: user, at: day + 10).template?.inPlace?.original,
          equals: "r5"
        )
      },
      Check("of many who write at once one begins the template") { store in
        try await store.becomeReachable()
        let templates = try await withThrowingTaskGroup(of: RequestRecord?.self) { group in
          for index in 0..<8 {
            group.addTask { try await store.write(RequestID("r\(index)"), at: 0).template }
          }
          return try await group.reduce(into: []) { $0.append($1) }
        }
        try expect(templates.compactMap(\.self).count, equals: 1)
      },
    ]
  }
}

extension Store {
  /// Adds the number, and a template that fits every customer in Germany.
  fileprivate func becomeReachable() async throws {
    try await addNumber()
    try await list([TemplateSample.listed("note", "de")], at: 1)
  }

  /// Has a message written outside the window.
  fileprivate func write(
    _ id: RequestID,
    to alias: Alias = .phone("491700000042"),
    at second: Int64,
    ifClosed: ClosedWindowPolicy = .template
  ) async throws -> (original: RequestRecord, template: RequestRecord?) {
    let at = Self.start + .seconds(second)
    switch try await reserve(Sample.draft(id, to: alias, at: at, ifClosed: ifClosed), at: at) {
    case .switched(let original, let template, _): return (original, template)
    case .reserved(let original, _): return (original, nil)
    case let other: throw NotTrue(description: "\(other)")
    }
  }

  /// Has a template sent, as Meta's message of the same name.
  @discardableResult
  fileprivate func sendTemplate(
    _ id: RequestID,
    at second: Int64
  ) async throws -> AttemptReference {
    let at = Self.start + .seconds(second)
    let attempt = try await claim(id, at: at).reference()
    _ = try await settle(attempt.attempt, .accepted(MessageID(id.rawValue)), at: at)
    return attempt
  }

  fileprivate func template(inPlaceOf id: RequestID) async throws -> RequestRecord {
    try await need(read { unit in try Requests.template(inPlaceOf: id, in: unit) })
  }
}

extension Verdict {
  fileprivate var isPark: Bool { if case .wait(.forCustomer) = self { true } else { false } }
}

extension String {
  /// The event of a line of a request's history.
  fileprivate var event: String { split(separator: " ").dropFirst().first.map(String.init) ?? "" }
}
