import CustomerCare
import Storage

extension StorageConformance {
  /// A row that cannot be read harms itself only.
  static var unreadable: [Check] {
    [
      Check("a name of any characters is the same name when it is read again") { store in
        try await store.addNumber()
        for (index, name) in ["\u{301}x", "a:b", ":", "\u{200D}", "\u{FFFD}"].enumerated() {
          let alias = Alias.bsuid(name)
          for part in 0..<2 {
            try await store.hear(Sample.written("w.\(index).\(part)", from: alias))
          }
          let person = try await need(
            store.read { unit in
              try Windows.board(BoardFilter(), now: Store.start, limit: 9, in: unit).items
                .first { $0.aliases == [alias] }
            }
          )
          try expect(person.window.isOpen(at: Store.start))
        }
      },
      Check("an entry that meets an unreadable row is flagged, and what stands behind it applied") {
        store in
        try await store.addNumber()
        try await store.hear(Sample.written("wamid.1"))
        try await store.write { unit in
          try unit.run("UPDATE ledger SET alias = 'nobody' WHERE event_id = 'wamid.1'")
          for byte in 0..<2 { try Journal.append([UInt8(byte)], receivedAt: Store.start, in: unit) }
        }
        let entries = try await store.read { unit in try Journal.pending(limit: 9, in: unit) }
        let other = Alias.phone("491700000043")
        // An older message: the newest entry alone is read where it says all.
        let told = [
          Sample.written("wamid.2", at: Store.start - .seconds(9)),
          Sample.written("wamid.3", from: other),
        ]
        let report = try await Apply.apply(
          zip(entries, told).map { entry, facts in
            EntryFacts(of: entry, changes: [ChangeFacts(number: Store.number, facts: facts)])
          },
          publishing: true,
          on: store.engine
        )
        try expect(report.applied, equals: 1)
        try expect(report.flagged.map(\.entry), equals: [entries[0].id])
        try await expect(
          store.window(other.value, at: Store.start).isOpen(at: Store.start),
          equals: true
        )
        let end = Store.start + CareWindow.length
        for now in [end - Store.lead, end] { _ = try await store.sweep(at: now) }
        try await expect(
          store.read { unit in try Windows.openCount(now: Store.start, in: unit) },
          equals: 0
        )
      },
      Check("an unreadable request ends when it is due, and the others with it") { store in
        try await store.addNumber()
        let other = Alias.phone("491700000043")
        try await store.hear(Sample.written("wamid.1") + Sample.written("wamid.2", from: other))
        let lapse = Store.start + .seconds(100)
        for (id, alias) in [("r1", Alias.phone("491700000042")), ("r2", other)] {
          _ = try await store.reserve(Sample.draft(RequestID(id), to: alias, expiresAt: lapse))
        }
        _ = try await store.reserve(Sample.draft("r3", isDurable: false))
        _ = try await store.claim("r1").reference()
        _ = try await store.write { unit in
          try unit.run("UPDATE request SET alias = 'nobody' WHERE id = 'r1' OR id = 'r3'")
        }
        let report = try await store.sweep(at: lapse)
        try expect(report.unknown, equals: ["r1"])
        try expect(report.failed, equals: ["r3"])
        try expect(report.expired, equals: ["r2"])
        let states = try await store.read { unit in
          try unit.rows("SELECT state FROM request ORDER BY id") { row in try row.text("state") }
        }
        try expect(states, equals: ["unknown", "expired", "failed"])
      },
      Check("a request that ends unread frees its key if it certainly was not sent") { store in
        try await store.addNumber()
        try await store.hear(Sample.written("wamid.1"))
        let key = IdempotencyKey(token: "crm", key: "k", digest: [1])
        let other = IdempotencyKey(token: "crm", key: "other", digest: [1])
        let lapse = Store.start + .seconds(100)
        _ = try await store.reserve(Sample.draft("r1", key: other))
        _ = try await store.claim("r1").reference()
        _ = try await store.reserve(Sample.draft("r2", key: key, expiresAt: lapse))
        _ = try await store.write { unit in
          try unit.run("UPDATE request SET alias = 'nobody'")
        }
        _ = try await store.sweep(at: lapse)
        let spent = try await store.read { unit in
          try unit.rows("SELECT key FROM idempotency") { row in try row.text("key") }
        }
        try expect(spent, equals: ["other"])
        guard case .reserved = try await store.reserve(Sample.draft("r3", key: key)) else {
          throw NotTrue(description: "the key is spent")
        }
      },
    ]
  }
}
