import CustomerCare
import Storage

extension StorageConformance {
  /// What is learned later corrects what was said before, once.
  static var corrections: [Check] {
    [
      Check("each opening and closing is one event, those by Meta's word on our messages included")
      { store in
        try await store.addNumber()
        try await store.write { unit in try Publish.register("inbox", in: unit) }
        func attempt(_ number: Int, _ seconds: Int64) -> AttemptReference {
          AttemptReference(
            request: "r1",
            number: number,
            dispatchBeganAt: Store.start + .seconds(seconds),
            neededWindow: true
          )
        }
        let refuted = Sample.status("w.1", .failed, code: 131047, reference: attempt(1, 10))
        let proven = Sample.status("w.2", .sent, reference: attempt(2, 60))
        let story: [([CareFact], Int64)] = [
          (Sample.written("wamid.1"), 0), ([refuted], 12), ([proven], 65), ([refuted], 70),
          ([proven], 75),
        ]
        for (facts, seconds) in story + story {
          try await store.hear(facts, at: Store.start + .seconds(seconds))
        }
        for _ in 0..<2 { _ = try await store.sweep(at: Store.start + CareWindow.length) }
        let events = try await store.events("inbox").filter { $0.kind != .messageReceived }
        try expect(
          events.map { "\($0.kind.rawValue) \($0.at.since(Store.start))" },
          equals: [
            "window.opened \(Duration.zero)", "window.closed \(Duration.seconds(10))",
            "window.opened \(Duration.seconds(60))", "window.closed \(CareWindow.length)",
          ]
        )
      },
      Check("a message is announced once, when the customer's own words are there") { store in
        let placeholder = CareFact.message(
          Sample.message("wamid.1", content: .unsupported(type: nil, code: 131060))
        )
        let imported = CareFact.message(Sample.message("wamid.1", origin: .history))
        let live = CareFact.message(Sample.message("wamid.1"))
        for (reports, count) in [
          ([live], 1), ([placeholder, live], 1), ([live, placeholder], 1), ([imported, live], 1),
          ([placeholder, imported, live], 1), ([live, imported, live], 1), ([placeholder], 0),
          ([imported], 0), ([imported, placeholder], 1),
        ] {
          let store = try await store.another()
          try await store.addNumber()
          try await store.write { unit in try Publish.register("inbox", in: unit) }
          for report in reports { try await store.hear([report]) }
          try await expect(store.events("inbox").count, equals: count)
          try await store.engine.close()
        }
      },
      Check("a restriction holds until Meta's expiration, the newest word of Meta's counts") {
        store in
        let hour = Store.start + .seconds(3_600)
        func fact(_ isImposed: Bool, at seconds: Int64, until: Instant?) -> CareFact {
          .restriction(
            RestrictionFact(
              restriction: .noTemplates,
              isImposed: isImposed,
              at: Store.start + .seconds(seconds),
              until: until
            )
          )
        }
        let short = fact(true, at: 0, until: hour)
        let endless = fact(true, at: 0, until: nil)
        let lifted = fact(false, at: 5, until: nil)
        for (words, before, after) in [
          ([short], true, false), ([endless], true, true), ([short, endless], true, true),
          ([endless, fact(true, at: 1, until: hour)], true, false),
          ([short, lifted], false, false),
          ([lifted, fact(false, at: 0, until: nil), short], false, false),
        ] {
          for words in [words, words.reversed()] {
            let store = try await store.another()
            try await store.addNumber()
            try await store.hear(words)
            for (now, isRestricted) in [(hour - .milliseconds(1), before), (hour, after)] {
              let id = RequestID("r\(now.milliseconds)")
              let template = MessageKind.template(name: "hello", language: "de")
              let outcome = try await store.reserve(
                Sample.draft(id, at: now, kind: template),
                at: now
              )
              guard case .reserved(let record, _) = outcome else {
                throw NotTrue(description: "\(outcome)")
              }
              try expect(record.state == .refused, equals: isRestricted)
            }
            try await store.engine.close()
          }
        }
      },
      Check("a wrong clock once does not decide for ever how the board sees a window") { store in
        try await store.addNumber()
        let wrong = Instant(seconds: 4_070_908_800)
        try await store.hear(Sample.written("wamid.1"))
        _ = try await store.sweep(at: wrong)
        let later = Store.start + .seconds(3_600)
        try await store.hear(Sample.written("wamid.2", at: later), at: later)
        let board = try await store.read { unit in
          try Windows.board(BoardFilter(), now: later, limit: 9, in: unit)
        }
        try expect(board.items.count, equals: 1)
      },
    ]
  }

  /// Messages to groups.
  static var groups: [Check] {
    let group: GroupID = "Z3JvdXA6aW52"
    @Sendable func status(_ member: Int, _ delivery: Delivery, code: Int? = nil) -> CareFact {
      .status(
        StatusFact(
          message: "wamid.out",
          alias: .group(group),
          participant: .phone("49170000000\(member)"),
          delivery: delivery,
          at: Store.start,
          errors: code.map { [MetaRefusal(code: $0, title: "Refused")] } ?? []
        )
      )
    }
    return [
      Check("a message to a group fails only if it failed for everybody") { store in
        for (delivery, failed, told) in [
          (Delivery.sent, 1, "sent"), (.read, 1, "read"), (.none, 8, "failed"),
        ] {
          let store = try await store.another()
          let attempt = try await store.dispatchedToGroup("r1", group)
          _ = try await store.settle(attempt.attempt, .accepted("wamid.out"))
          try await store.write { unit in try Publish.register("inbox", in: unit) }
          for member in failed..<8 { try await store.hear([status(member, delivery)]) }
          for member in 0..<failed { try await store.hear([status(member, .failed, code: 131026)]) }
          try await expect(store.request("r1").delivery.rawValue, equals: told)
          let states = try await store.events("inbox").filter { $0.kind == .messageState }
          try expect(states.count, equals: 1)
          try await store.engine.close()
        }
      },
      Check("one member's 131047 says nothing about the group's window") { store in
        let attempt = try await store.dispatchedToGroup("r1", group)
        _ = try await store.settle(attempt.attempt, .accepted("wamid.out"))
        try await store.hear([status(1, .failed, code: 131047), status(2, .sent)])
        let later = Store.start + .seconds(60)
        try await expect(
          store.window(group.rawValue, at: later).isOpen(at: later),
          equals: true
        )
      },
    ]
  }
}

extension Store {
  /// A request to a group inside its open window, reserved and claimed.
  fileprivate func dispatchedToGroup(
    _ id: RequestID,
    _ group: GroupID
  ) async throws -> AttemptReference {
    try await addNumber()
    try await hear([.ledger(Sample.opening("wamid.in", group: group))])
    let at = Self.start + .seconds(10)
    var draft = Sample.draft(id, at: at)
    draft.request = SendRequest(
      id: id,
      from: Self.number,
      to: .group(group),
      kind: .freeForm(type: "text"),
      sender: .program("crm"),
      at: at
    )
    _ = try await reserve(draft, at: at)
    return try await claim(id, at: at).reference()
  }
}
