import CustomerCare
import Storage

extension StorageConformance {
  /// Order and repetition do not matter, and a journal can be replayed.
  static var replay: [Check] {
    [
      Check("entries in any order, doubled, together or one by one, give the same state") { store in
        let story = Self.story
        try await store.addNumber()
        for (facts, at) in story { try await store.hear(facts, at: at) }
        let end = Store.start + .seconds(40_000)
        let wanted = try await store.canonical(at: end)
        try expect(wanted.split(separator: "\n").count > 20, wanted)
        for seed in 1...6 {
          let other = try await store.another()
          try await other.addNumber()
          var dice = Dice(seed: UInt64(seed))
          for (facts, at) in (story + story.prefix(7)).shuffled(using: &dice) {
            try await other.hear(facts, at: at, publishing: seed.isMultiple(of: 2))
          }
          let found = try await other.canonical(at: end)
          try expect(found == wanted, "seed \(seed): \(difference(found, wanted))")
          try await other.engine.close()
        }
      },
      Check("applying everything twice leaves every view equal") { store in
        try await store.addNumber()
        for (facts, at) in Self.story { try await store.hear(facts, at: at) }
        let end = Store.start + .seconds(40_000)
        let before = try await store.everything(at: end)
        for (facts, at) in Self.story { try await store.hear(facts, at: at) }
        let after = try await store.everything(at: end)
        try expect(after == before, difference(after, before))
      },
      Check("replaying the journal of a day with sends gives the same state, and publishes nothing")
      {
        store in
        let story = try await store.dayWithSends()
        let replayed = try await store.another()
        try await replayed.addNumber()
        try await replayed.write { unit in try Publish.register("inbox", in: unit) }
        let entries = try await store.read { unit in
          try Journal.page(after: nil, limit: 100, in: unit)
        }
        try expect(entries.filter { $0.source == .answer }.count, equals: 2)
        for entry in entries.reversed() {
          try await replayed.write { unit in
            let facts =
              entry.source == .answer
              ? AnswerRecord.facts(of: entry)
              : EntryFacts(
                of: entry,
                changes: [ChangeFacts(number: Store.number, facts: story[entry.body] ?? [])]
              )
            _ = try Apply.apply([facts], publishing: false, in: unit)
          }
        }
        let end = Store.start + .seconds(1_000)
        let (found, wanted) = try await (replayed.canonical(at: end), store.canonical(at: end))
        try expect(found == wanted, difference(found, wanted))
        try await replayed.write { unit in
          try Wait.silence(now: end + CareWindow.length, closingLead: Store.lead, in: unit)
        }
        _ = try await replayed.sweep(at: end + CareWindow.length)
        try await expect(replayed.events("inbox").map(\.id), equals: [])
      },
    ]
  }

  /// A day on which everything happens that can happen to a ledger and to identities.
  private static var story: [([CareFact], Instant)] {
    let phone = Alias.phone("491700000042")
    let user = Alias.bsuid("DE.5550001")
    let moved = Alias.phone("491799999999")
    func at(_ seconds: Int64) -> Instant { Store.start + .seconds(seconds) }
    let reference = AttemptReference(
      request: "r",
      number: 1,
      dispatchBeganAt: at(500),
      neededWindow: true
    )
    return [
      (Sample.written("wamid.1", from: phone, at: at(0)), at(1)),
      (
        Sample.written("wamid.2", from: user, at: at(100))
          + [.identity(.together(user, phone, at: at(100)))], at(100)
      ),
      (
        [
          .message(
            Sample.message(
              "wamid.3",
              from: user,
              at: at(200),
              content: .unsupported(type: nil, code: 131060)
            )
          ),
          .ledger(Sample.opening("wamid.3", from: user, at: at(200), kind: .unavailable)),
        ], at(200)
      ),
      (Sample.written("wamid.3", from: user, at: at(200)), at(260)),
      ([.ledger(Sample.opening("call.1", from: phone, at: at(330), kind: .userCall))], at(400)),
      ([.ledger(Sample.opening("call.1", from: phone, at: at(310), kind: .userCall))], at(390)),
      ([Sample.status("wamid.out", .sent, at: at(501), reference: reference)], at(502)),
      ([Sample.status("wamid.out", .delivered, at: at(503), reference: reference)], at(504)),
      (
        [Sample.status("wamid.bad", .failed, at: at(600), code: 131047, reference: reference)],
        at(601)
      ),
      ([.identity(.changed(from: phone, to: moved, at: at(10_000)))], at(10_001)),
      ([.identity(.changed(from: user, to: .bsuid("DE.5550002"), at: at(10_000)))], at(10_002)),
      (Sample.written("wamid.4", from: moved, at: at(20_000)), at(20_000)),
      (
        [
          .identity(.together(.bsuid("DE.777"), phone, at: at(30_000))),
          .ledger(Sample.opening("wamid.5", from: .bsuid("DE.777"), at: at(30_000))),
        ], at(30_000)
      ),
      (
        [
          .amendment(
            Amendment(id: "e1", target: "wamid.1", change: .revoked, at: at(900))
          ),
          .profile(ProfileFact(alias: phone, name: "Ada", username: nil, at: at(1))),
          .profile(ProfileFact(alias: phone, name: "Bea", username: nil, at: at(1))),
        ], at(900)
      ),
      ([.message(Sample.message("wamid.1", from: phone, at: at(0), origin: .history))], at(950)),
    ]
  }
}

extension Store {
  /// Conversations and messages of everybody, as text.
  fileprivate func everything(at now: Instant) async throws -> String {
    try await canonical(at: now)
      + read { unit in
        let list = try Conversations.list(numbers: nil, now: now, limit: 99, in: unit)
        let pages = try list.items.map { item in
          try Conversations.messages(
            number: item.conversation.number,
            customer: item.conversation.customer.rawValue,
            limit: 99,
            in: unit
          )?.items ?? []
        }
        return "\(list.items)\n\(pages)"
      }
  }

  /// Webhooks and sends; returns what each webhook's body said.
  fileprivate func dayWithSends() async throws -> [[UInt8]: [CareFact]] {
    var told: [[UInt8]: [CareFact]] = [:]
    func hear(_ facts: [CareFact], at: Instant) async throws {
      told[Array("\(facts)".utf8)] = facts
      try await self.hear(facts, at: at)
    }
    let dialled = Alias.phone("5511999990001")
    try await addNumber()
    try await hear(Sample.written("wamid.1", from: .phone("551199990001")), at: Self.start)
    _ = try await reserve(
      Sample.draft("r1", to: dialled, kind: .template(name: "hello", language: "pt_BR"))
    )
    let first = try await claim("r1", at: Self.start + .seconds(5)).reference()
    _ = try await settle(
      first.attempt,
      .accepted("wamid.out", waID: "551199990001"),
      at: Self.start + .seconds(6)
    )
    try await hear(
      [Sample.status("wamid.out", .sent, at: Self.start + .seconds(6), reference: first)],
      at: Self.start + .seconds(7)
    )
    _ = try await reserve(
      Sample.draft("r2", to: dialled, at: Self.start + .seconds(20)),
      at: Self.start + .seconds(20)
    )
    let second = try await claim("r2", at: Self.start + .seconds(20)).reference()
    _ = try await settle(
      second.attempt,
      .refused(MetaRefusal(code: 131047, title: "Re-engagement")),
      at: Self.start + .seconds(21)
    )
    return told
  }
}

/// The lines that only one of two texts has.
private func difference(_ found: String, _ wanted: String) -> String {
  let (found, wanted) = (Set(found.split(separator: "\n")), Set(wanted.split(separator: "\n")))
  return """
    only found: \(found.subtracting(wanted).sorted().joined(separator: "\n"))
    only wanted: \(wanted.subtracting(found).sorted().joined(separator: "\n"))
    """
}

/// Chance from a seed.
struct Dice: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) {
    state = seed &* 0x9E37_79B9_7F4A_7C15 | 1
  }

  mutating func next() -> UInt64 {
    state ^= state << 13
    state ^= state >> 7
    state ^= state << 17
    return state
  }
}
