import CustomerCare
import Storage

extension StorageConformance {
  /// Persons that turn out to be one, and what is on its way to them.
  static var merging: [Check] {
    let phone = Alias.phone("491700000042")
    let user = Alias.bsuid("DE.5550001")
    let merge: [CareFact] = [.identity(.together(user, phone, at: Store.start))]
    return [
      Check("an address book of thousands of contacts splits nobody") { store in
        try await store.addNumber()
        let contacts = (0..<5_100).map { index in
          (Alias.bsuid("DE.\(100_000 + index)"), Alias.phone("49170\(100_000 + index)"))
        }
        try await store.hear(Sample.written("wamid.1", from: contacts[0].1))
        try await store.hear(
          contacts.map { .identity(.together($0.0, $0.1, at: Store.start)) }
        )
        let persons = try await store.read { unit in
          try unit.first("SELECT COUNT(DISTINCT customer_id) AS count FROM holding") { row in
            try row.integer("count")
          }
        }
        try expect(persons, equals: 5_100)
        try await expect(
          store.window(contacts[0].0.value, at: Store.start).isOpen(at: Store.start),
          equals: true
        )
      },
      Check("after a merge one message is in flight, and the oldest goes next") { store in
        let first = try await store.dispatched("r1", to: user)
        _ = try await store.reserve(Sample.draft("r2", to: user), at: Store.start)
        try await store.hear(merge)
        let later = Store.start + .milliseconds(5)
        _ = try await store.reserve(Sample.draft("r3", to: phone, at: later), at: later)
        try await expect(store.claim("r3", at: later).isBusy, equals: true)
        try await expect(store.dispatchable(at: later), equals: [])
        _ = try await store.settle(first.attempt, .accepted("wamid.out"))
        try await expect(store.claim("r3", at: later).isBusy, equals: true)
        try await expect(store.dispatchable(at: later), equals: ["r2"])
      },
      Check("two in flight when a merge comes are both waited for, and both end with their lease") {
        store in
        let first = try await store.dispatched("r1", to: user)
        try await store.hear(Sample.written("wamid.in2", from: phone))
        _ = try await store.reserve(Sample.draft("r2", to: phone))
        let second = try await store.claim("r2", lease: .seconds(90)).reference()
        try await store.hear(merge)
        _ = try await store.reserve(Sample.draft("r3", to: phone))
        let later = Store.start + .seconds(1)
        for attempt in [second, first] {
          try await expect(store.claim("r3", at: later).isBusy, equals: true)
          try await expect(store.dispatchable(at: later), equals: [])
          _ = try await store.settle(attempt.attempt, .unknown(reason: "timeout"), at: later)
        }
        _ = try await store.claim("r3", at: later).reference()
        try await expect(
          store.sweep(at: Store.start + .seconds(120)).unknown,
          equals: ["r3"]
        )
      },
      Check("a message on its way to somebody nobody knew is in flight to whom it reaches") {
        store in
        try await store.addNumber()
        let template = MessageKind.template(name: "hello", language: "de")
        _ = try await store.reserve(Sample.draft("r1", to: user, kind: template))
        _ = try await store.claim("r1").reference()
        try await store.hear(Sample.written("wamid.in", from: user) + merge)
        _ = try await store.reserve(Sample.draft("r2", to: phone))
        try await expect(store.claim("r2").isBusy, equals: true)
      },
    ]
  }
}

extension Claim.Outcome {
  fileprivate var isBusy: Bool { if case .busy = self { true } else { false } }
}
