import CustomerCare
import Storage

extension StorageConformance {
  /// Reserve and claim.
  static var gate: [Check] {
    [
      Check("inside the window a request is accepted, outside it is refused, and both are kept") {
        store in
        try await store.addNumber()
        guard case .reserved(let refused, _) = try await store.reserve(Sample.draft("r1")) else {
          throw NotTrue(description: "not reserved")
        }
        try expect(refused.state, equals: .refused)
        guard case .refused(let refusal) = refused.verdict else {
          throw NotTrue(description: "\(refused.verdict)")
        }
        try expect(refusal.code, equals: "never_opened")
        try await store.hear(Sample.written("wamid.1"))
        guard case .reserved(let accepted, let window) = try await store.reserve(Sample.draft("r2"))
        else { throw NotTrue(description: "not reserved") }
        try expect(accepted.state, equals: .accepted)
        try expect(window.isOpen(at: Store.start))
        try await expect(store.request("r2"), equals: accepted)
        try await expect(store.request("r1").verdict, equals: refused.verdict)
      },
      Check(
        "a key gives its first request again, another body a conflict, a refusal leaves it free"
      ) {
        store in
        try await store.addNumber()
        let key = IdempotencyKey(token: "crm", key: "order-1", digest: [1])
        _ = try await store.reserve(Sample.draft("r1", key: key))
        try await store.hear(Sample.written("wamid.1"))
        _ = try await store.reserve(Sample.draft("r2", key: key))
        guard case .existing(let record, _) = try await store.reserve(Sample.draft("r3", key: key))
        else { throw NotTrue(description: "not the existing request") }
        try expect(record.request.id, equals: "r2")
        let other = IdempotencyKey(token: "crm", key: "order-1", digest: [2])
        guard case .keyConflict = try await store.reserve(Sample.draft("r4", key: other)) else {
          throw NotTrue(description: "no conflict")
        }
        let stranger = IdempotencyKey(token: "shop", key: "order-1", digest: [2])
        guard case .reserved = try await store.reserve(Sample.draft("r5", key: stranger)) else {
          throw NotTrue(description: "keys of two tokens meet")
        }
      },
      Check("the same key reserved by many at once is one request") { store in
        try await store.addNumber()
        try await store.hear(Sample.written("wamid.1"))
        let key = IdempotencyKey(token: "crm", key: "k", digest: [1])
        let reserved = try await withThrowingTaskGroup(of: Bool.self) { group in
          for index in 0..<20 {
            group.addTask {
              let outcome = try await store.reserve(
                Sample.draft(RequestID("r\(index)"), key: key)
              )
              if case .reserved = outcome { return true } else { return false }
            }
          }
          return try await group.reduce(0) { $0 + ($1 ? 1 : 0) }
        }
        try expect(reserved, equals: 1)
      },
      Check("a claim decides again: a window that closed meanwhile refuses") { store in
        try await store.addNumber()
        try await store.hear(Sample.written("wamid.1"))
        _ = try await store.reserve(Sample.draft("r1"))
        let late = Store.start + CareWindow.length
        guard case .refused(let record, let refusal, _) = try await store.claim("r1", at: late)
        else { throw NotTrue(description: "not refused") }
        try expect(refusal.code, equals: "window_closed")
        try expect(record.state, equals: .refused)
        try expect(record.attempts.isEmpty)
      },
      Check("one message of a conversation is in flight, the oldest first; others are free") {
        store in
        try await store.addNumber()
        let other = Alias.phone("491700000043")
        try await store.hear(Sample.written("wamid.1") + Sample.written("wamid.2", from: other))
        _ = try await store.reserve(Sample.draft("r1"))
        _ = try await store.reserve(Sample.draft("r2", at: Store.start + .milliseconds(1)))
        _ = try await store.reserve(Sample.draft("r3", to: other))
        guard case .busy = try await store.claim("r2") else {
          throw NotTrue(description: "the younger went first")
        }
        let first = try await store.claim("r1").reference()
        guard case .busy(let until) = try await store.claim("r2") else {
          throw NotTrue(description: "two in flight")
        }
        try expect(until, equals: Store.start + .seconds(60))
        guard case .gone = try await store.claim("r1") else {
          throw NotTrue(description: "claimed twice")
        }
        _ = try await store.claim("r3").reference()
        _ = try await store.settle(first.attempt, .accepted("wamid.out"))
        _ = try await store.claim("r2").reference()
      },
      Check("a request that was not durable is abandoned once its time to begin is over") {
        store in
        try await store.addNumber()
        try await store.hear(Sample.written("wamid.1"))
        try await store.write { unit in try Publish.register("inbox", in: unit) }
        _ = try await store.reserve(Sample.draft("r1", isDurable: false))
        guard case .ended(let record) = try await store.claim("r1", at: Store.start + .seconds(31))
        else { throw NotTrue(description: "not ended") }
        try expect(record.failure, equals: "abandoned")
        try await expect(store.states("inbox"), equals: ["failed"])
      },
      Check("a key is free again once it is certain that nothing was sent, and not before") {
        store in
        try await store.addNumber()
        try await store.hear(Sample.written("wamid.1"))
        let key = IdempotencyKey(token: "crm", key: "k", digest: [1])
        let endings: [(RequestID, DispatchOutcome, Instant?, Bool)] = [
          ("r1", .notSent(reason: "refused connection"), nil, true),
          ("r2", .notSent(reason: "refused connection"), Store.start, false),
          ("r2", .notSent(reason: "refused connection"), nil, true),
          ("r3", .refused(MetaRefusal(code: 131026, title: "Undeliverable")), nil, false),
        ]
        for (id, outcome, retryAt, isFree) in endings {
          _ = try await store.reserve(Sample.draft(id, key: key))
          let attempt = try await store.claim(id).reference()
          _ = try await store.settle(attempt.attempt, outcome, retryAt: retryAt)
          let number = Store.number
          let spent = try await store.read { unit in
            try unit.first(
              "SELECT request_id FROM idempotency WHERE phone_number_id = $number",
              ["number": .id(number)]
            ) { row in try row.text("request_id") }
          }
          try expect(spent == nil, equals: isFree)
        }
      },
      Check("a window that closed before the claim leaves the key free") { store in
        try await store.addNumber()
        try await store.hear(Sample.written("wamid.1"))
        let key = IdempotencyKey(token: "crm", key: "k", digest: [1])
        _ = try await store.reserve(Sample.draft("r1", key: key))
        let late = Store.start + CareWindow.length
        _ = try await store.claim("r1", at: late)
        try await store.hear(Sample.written("wamid.2", at: late), at: late)
        guard
          case .reserved = try await store.reserve(Sample.draft("r2", at: late, key: key), at: late)
        else { throw NotTrue(description: "the key is spent") }
      },
    ]
  }

  /// Settle, and the statuses that settle.
  static var settlement: [Check] {
    [
      Check("an accepted message is handed over, in the conversation, and found by its id") {
        store in
        let attempt = try await store.dispatched("r1")
        let record = try await store.settle(attempt.attempt, .accepted("wamid.out"))
        try expect(record.state, equals: .handedOver)
        try expect(record.message, equals: "wamid.out")
        try expect(record.answer, equals: AnswerBytes(status: 200, body: [1, 2]))
        let again = try await store.settle(attempt.attempt, .unknown(reason: "late"))
        try expect(again.state, equals: .handedOver)
        let page = try await need(
          store.read { unit in
            try Conversations.messages(
              number: Store.number,
              customer: "491700000042",
              limit: 9,
              in: unit
            )
          }
        )
        let out = try need(page.items.first { $0.direction == .outbound })
        try expect(out.message.origin, equals: .api)
        try expect(out.request, equals: "r1")
      },
      Check("a status that comes before the answer settles the attempt, and the answer agrees") {
        store in
        let attempt = try await store.dispatched("r1")
        try await store.hear([Sample.status("wamid.out", .delivered, reference: attempt)])
        try await expect(store.request("r1").state, equals: .handedOver)
        let record = try await store.settle(attempt.attempt, .accepted("wamid.out"))
        try expect(record.delivery, equals: .delivered)
        try expect(record.attempts.count, equals: 1)
      },
      Check("an unknown outcome is settled by the status that brings our reference back") { store in
        let attempt = try await store.dispatched("r1")
        let unknown = try await store.settle(attempt.attempt, .unknown(reason: "timeout"))
        try expect(unknown.state, equals: .unknown)
        guard case .gone = try await store.claim("r1") else {
          throw NotTrue(description: "sent again")
        }
        try await store.hear([Sample.status("wamid.out", .sent, reference: attempt)])
        let record = try await store.request("r1")
        try expect(record.state, equals: .handedOver)
        try expect(record.message, equals: "wamid.out")
      },
      Check("what was certainly not sent goes again when it may, and at most five times") { store in
        var reference = try await store.dispatched("r1")
        for number in 1...5 {
          try expect(reference.number, equals: number)
          let retryAt = Store.start + .seconds(Int64(number))
          let record = try await store.settle(
            reference.attempt,
            .notSent(reason: "refused connection"),
            retryAt: retryAt
          )
          if number == 5 { return try expect(record.state, equals: .failed) }
          try expect(record.state, equals: .accepted)
          guard case .busy(let until) = try await store.claim("r1", at: retryAt - .milliseconds(1))
          else { throw NotTrue(description: "went too early") }
          try expect(until, equals: retryAt)
          reference = try await store.claim("r1", at: retryAt).reference()
        }
      },
      Check("what the carrier proves counts although the lease had ended, and is not tried again") {
        store in
        let proofs: [(DispatchOutcome, RequestState, String)] = [
          (.notSent(reason: "refused connection"), .failed, "not_sent"),
          (.refused(MetaRefusal(code: 131026, title: "Undeliverable")), .refused, "refused"),
          (.accepted("wamid.out"), .handedOver, "accepted"),
          (.unknown(reason: "timeout"), .unknown, "unknown"),
        ]
        for (outcome, state, word) in proofs {
          let store = try await store.another()
          let attempt = try await store.dispatched("r1")
          _ = try await store.sweep(at: Store.start + .seconds(60))
          try await expect(store.request("r1").state, equals: .unknown)
          let late = Store.start + .seconds(61)
          let record = try await store.settle(attempt.attempt, outcome, retryAt: late, at: late)
          try expect(record.state, equals: state)
          try expect(record.attempts.last?.outcome, equals: word)
        }
      },
      Check("a status long after its request was given up changes nothing that was told") { store in
        let attempt = try await store.dispatched("r1")
        try await store.write { unit in try Publish.register("inbox", in: unit) }
        _ = try await store.settle(attempt.attempt, .unknown(reason: "timeout"))
        _ = try await store.sweep(at: Store.start + Wait.unknownFor)
        try await store.hear([Sample.status("wamid.out", .read, reference: attempt)])
        try await expect(store.request("r1").state, equals: .failed)
        try await expect(store.states("inbox").contains("handed_over"), equals: false)
      },
      Check("131047 bears on the window, at once or by status; the first is tried once more") {
        store in
        let attempt = try await store.dispatched("r1", at: Store.start + .seconds(10))
        let record = try await store.settle(
          attempt.attempt,
          .refused(MetaRefusal(code: 131047, title: "Re-engagement")),
          at: Store.start + .seconds(11)
        )
        try expect(record.state, equals: .accepted)
        guard case .busy(let until) = try await store.claim("r1", at: Store.start + .seconds(12))
        else { throw NotTrue(description: "tried at once") }
        try expect(until, equals: Store.start + .seconds(40))
        let doubted = try await store.window("491700000042", at: Store.start + .seconds(20))
        guard case .uncertain(let doubt, _) = doubted.state else {
          throw NotTrue(description: "\(doubted.state)")
        }
        try expect(doubt.reason, equals: .reported131047)
        let second = AttemptReference(
          request: "elsewhere",
          number: 1,
          dispatchBeganAt: Store.start + .seconds(60),
          neededWindow: true
        )
        try await store.hear(
          [Sample.status("wamid.other", .failed, code: 131047, reference: second)],
          at: Store.start + .seconds(61)
        )
        let closed = try await store.window("491700000042", at: Store.start + .seconds(70))
        guard case .closed(let since, _) = closed.state else {
          throw NotTrue(description: "\(closed.state)")
        }
        try expect(since, equals: Store.start + .seconds(60))
      },
      Check("a template's fate says nothing about the window") { store in
        let attempt = try await store.dispatched("r1", kind: .template(name: "a", language: "de"))
        _ = try await store.settle(
          attempt.attempt,
          .refused(MetaRefusal(code: 131047, title: "Re-engagement"))
        )
        try await store.hear([
          Sample.status("wamid.x", .failed, code: 131047, reference: attempt),
          Sample.status("wamid.y", .sent, reference: attempt),
        ])
        let ledger = try await need(
          store.read { unit in
            try Windows.ledger(
              number: Store.number,
              customer: "491700000042",
              limit: 9,
              in: unit
            )
          }
        )
        try expect(ledger.items.map(\.eventID), equals: ["wamid.in"])
      },
      Check("digits as dialled lead to the customer they reach, message and refusal included") {
        store in
        let dialled = Alias.phone("5511999990001")
        let reached = "551199990001"
        let attempt = try await store.dispatched(
          "r1",
          to: dialled,
          kind: .template(name: "hello", language: "pt_BR")
        )
        _ = try await store.settle(
          attempt.attempt,
          .accepted("wamid.out", waID: reached, userID: "BR.1")
        )
        let person = try await need(
          store.read { unit in
            try Windows.window(
              number: Store.number,
              customer: reached,
              now: Store.start,
              in: unit
            )
          }
        )
        try expect(person.aliases.contains(.dialled("5511999990001")), "\(person.aliases)")
        let kept = try await store.read { unit in try Journal.page(after: nil, limit: 9, in: unit) }
        try expect(kept.map(\.source).contains(.answer))
        try expect(AnswerRecord.facts(of: try need(kept.last)).changes.count, equals: 1)

        let later = Store.start + .seconds(60)
        try await store.hear(
          Sample.written("wamid.back", from: .phone(reached), at: later),
          at: later
        )
        _ = try await store.reserve(
          Sample.draft("r2", to: dialled, at: later),
          at: later + .seconds(30)
        )
        let second = try await store.claim("r2", at: later + .seconds(30)).reference()
        _ = try await store.settle(
          second.attempt,
          .refused(MetaRefusal(code: 131047, title: "Re-engagement"))
        )
        let window = try await store.window(reached, at: later + .seconds(31))
        guard case .uncertain = window.state else {
          throw NotTrue(description: "\(window.state)")
        }
        let page = try await need(
          store.read { unit in
            try Conversations.messages(
              number: Store.number,
              customer: reached,
              limit: 9,
              in: unit
            )
          }
        )
        try expect(page.items.map(\.message.id), equals: ["wamid.back", "wamid.out"])
      },
      Check("a reference survives its journey, and somebody else's text is none of ours") { _ in
        let reference = AttemptReference(
          request: "r1",
          number: 2,
          dispatchBeganAt: Store.start,
          neededWindow: true
        )
        try expect(AttemptReference(text: reference.text), equals: reference)
        for text in ["", "cw1", "job:8812", "cw1/r/1/x/w", "cw2/r/1/1/w", "cw1/r/1/1/w/phone:1"] {
          try expect(AttemptReference(text: text), equals: nil)
        }
      },
    ]
  }
}

extension Store {
  /// A request inside an open window, reserved and claimed.
  func dispatched(
    _ id: RequestID,
    to alias: Alias = .phone("491700000042"),
    at: Instant = start,
    kind: MessageKind = .freeForm(type: "text")
  ) async throws -> AttemptReference {
    try await addNumber()
    try await hear(Sample.written("wamid.in", from: alias))
    _ = try await reserve(Sample.draft(id, to: alias, at: at, kind: kind), at: at)
    return try await claim(id, at: at).reference()
  }
}
