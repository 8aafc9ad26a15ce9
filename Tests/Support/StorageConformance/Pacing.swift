import CustomerCare
import Storage

extension StorageConformance {
  /// Meta's limits on speed, as rows.
  static var pacing: [Check] {
    [
      Check("one customer gets 44 messages at once, and the next when Meta takes it") { store in
        try await store.addPaced(throughput: 1000)
        for index in 0..<44 { _ = try await store.leaves(RequestID("r\(index)")) }
        let key = IdempotencyKey(token: "tok", key: "k", digest: [1])
        let late = Sample.template("late", key: key)
        let delay = try await store.waits(late)
        try expect(
          [delay.limit == .pair, delay.until == Store.start + .seconds(6)],
          equals: [true, true]
        )
        try await expect(store.read { try Requests.find("late", in: $0) == nil })
        // Another customer is not concerned.
        _ = try await store.leaves("other", to: .phone("491700000043"))
        let early = Store.start + .seconds(6) - .milliseconds(1)
        try await expect(store.waits(late, at: early).until, equals: Store.start + .seconds(6))
        _ = try await store.leaves("r44", at: Store.start + .seconds(6))
      },
      Check("the budgets of numbers, and what was taken of them") { store in
        try await store.addPaced()
        let customers = (0..<12).map { Alias.phone("49170000\(1000 + $0)") }
        for index in 0..<8 {
          _ = try await store.leaves(RequestID("r\(index)"), to: customers[index])
        }
        let next = Store.start + .milliseconds(16)
        let delay = try await store.waits(Sample.template("r8", to: customers[8]))
        try expect(delay.limit, equals: .throughput)
        try expect(delay.slots, equals: [next])
        // Who brings the slot along leaves then; nobody else has it.
        _ = try await store.leaves("r8", to: customers[8], with: .slot(next), at: next)
        try await expect(
          store.waits(Sample.template("r9", to: customers[9]), at: next).until,
          equals: Store.start + .milliseconds(32)
        )
        let rested = Store.start + .seconds(2)
        let claimed = try await store.leaves(
          "r10",
          to: customers[10],
          with: .take(100),
          at: rested
        )
        try expect(claimed.spareSlots, equals: Array(repeating: rested, count: 7))
        try await expect(
          store.waits(Sample.template("r11", to: customers[11]), at: rested).until > rested
        )
      },
      Check("what Meta said of a limit holds for everybody") { store in
        try await store.addPaced()
        let (one, other) = (Alias.phone("491700000042"), Alias.phone("491700000043"))
        let until = Store.start + .seconds(4)
        try await store.refused("r1", to: one, hold: (.pair, until))
        let held = try await store.waits(Sample.template("r2", to: one))
        try expect([held.limit == .pair, held.until == until], equals: [true, true])
        try await store.refused("r3", to: other, hold: (.throughput, until))
        try await expect(
          store.waits(Sample.template("r4", to: .phone("491700000044"))).limit,
          equals: .throughput
        )
        // Its first slot was taken just now.
        _ = try await store.leaves("r5", to: one, at: until + .milliseconds(16))
      },
      Check("what was accepted is put off while its slot is far, and then found again") { store in
        try await store.addPaced()
        let until = Store.start + .seconds(16)
        _ = try await store.reserve(Sample.template("r3"))
        try await store.refused("r4", to: .phone("491700000044"), hold: (.throughput, until))
        guard case .paced(let delay, _, _) = try await store.claim("r3") else {
          throw NotTrue(description: "not paced")
        }
        try expect(delay.until, equals: until)
        let early = until - .milliseconds(1)
        try await expect(
          store.read { try Wait.dispatchable(now: early, limit: 10, in: $0) },
          equals: []
        )
        try await expect(
          store.read { try Wait.dispatchable(now: until, limit: 10, in: $0) },
          equals: ["r3"]
        )
        _ = try await store.claim("r3", at: until).reference()
      },
    ]
  }
}

extension Sample {
  /// A template, which needs no window.
  static func template(
    _ id: RequestID,
    to alias: Alias = .phone("491700000042"),
    key: IdempotencyKey? = nil
  ) -> RequestDraft {
    draft(id, to: alias, key: key, kind: .template(name: "hello", language: "de"))
  }
}

extension Store {
  /// Adds the number with a pace.
  fileprivate func addPaced(throughput: Int? = nil) async throws {
    let facts = NumberFacts(
      phoneNumberID: Self.number,
      wabaID: Self.waba,
      displayPhoneNumber: "+4930000001",
      addedAt: Self.start - .seconds(864_000),
      throughput: throughput
    )
    _ = try await write { unit in try Numbers.add(NumberRecord(facts: facts), in: unit) }
  }

  private func take(
    _ draft: RequestDraft,
    with ticket: Pace.Ticket,
    at now: Instant
  ) async throws -> Reserve.Outcome {
    let lease = Claim.Lease(owner: "node", until: now + .seconds(60))
    return try await engine.write(.gate) { unit in
      try Reserve.reserve(
        draft,
        claiming: lease,
        with: ticket,
        writing: Reengage.onPaper,
        now: now,
        margin: Self.margin,
        in: unit
      )
    }
  }

  /// A message that leaves, and is handed over.
  fileprivate func leaves(
    _ id: RequestID,
    to alias: Alias = .phone("491700000042"),
    with ticket: Pace.Ticket = .take(1),
    at now: Instant = start
  ) async throws -> Claim.Claimed {
    let outcome = try await take(Sample.template(id, to: alias), with: ticket, at: now)
    guard case .claimed(let claimed) = outcome else {
      throw NotTrue(description: "\(id) did not leave: \(outcome)")
    }
    _ = try await settle(
      claimed.attempt.attempt,
      .accepted(MessageID("wamid.\(id)")),
      at: now
    )
    return claimed
  }

  /// Why a message does not leave.
  fileprivate func waits(
    _ draft: RequestDraft,
    at now: Instant = start
  ) async throws -> Pace.Delay {
    let outcome = try await take(draft, with: .take(1), at: now)
    guard case .paced(let delay, _) = outcome else {
      throw NotTrue(description: "\(draft.request.id) did not wait: \(outcome)")
    }
    return delay
  }

  /// A message that Meta does not take, because a limit is exceeded.
  fileprivate func refused(
    _ id: RequestID,
    to alias: Alias,
    hold: (limit: PaceLimit, until: Instant)
  ) async throws {
    guard
      case .claimed(let claimed) = try await take(
        Sample.template(id, to: alias),
        with: .take(1),
        at: Self.start
      )
    else { throw NotTrue(description: "\(id) did not leave") }
    _ = try await engine.write(.gate) { unit in
      try Settle.settle(
        claimed.attempt.attempt,
        outcome: .notSent(reason: "a limit"),
        answer: nil,
        hold: hold,
        writing: Reengage.onPaper,
        now: Self.start,
        in: unit
      )
    }
  }
}
