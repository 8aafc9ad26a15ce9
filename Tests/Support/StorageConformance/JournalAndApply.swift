import CustomerCare
import Storage

extension StorageConformance {
  /// The first flow's two writes.
  static var journal: [Check] {
    [
      Check("a body is kept byte by byte, waits, and is counted") { store in
        let body: [UInt8] = [0, 255, 10, 0x7B]
        try await store.write { unit in
          try Journal.append(body, receivedAt: Store.start, in: unit)
          try Journal.append([], receivedAt: Store.start, in: unit)
        }
        let (pending, counts) = try await store.read { unit in
          (try Journal.pending(limit: 10, in: unit), try Journal.counts(in: unit))
        }
        try expect(pending.map(\.body), equals: [body, []])
        try expect(pending.map(\.receivedAt), equals: [Store.start, Store.start])
        try expect(
          counts,
          equals: JournalCounts(entries: 2, unapplied: 2, flagged: 0, unclaimed: 0)
        )
      },
      Check("what waits is read in pages, bounded by entries and by bytes") { store in
        let sizes = [3, 3, 3, 100, 1]
        try await store.write { unit in
          for size in sizes {
            try Journal.append(
              [UInt8](repeating: 7, count: size),
              receivedAt: Store.start,
              in: unit
            )
          }
        }
        for (limit, bytes, pages) in [
          (10, Int.max, [5]), (2, Int.max, [2, 2, 1]), (10, 7, [2, 1, 1, 1]),
          (10, 0, [1, 1, 1, 1, 1]),
          (10, 101, [3, 2]),
        ] {
          var found: [Int] = []
          var last: JournalEntryID?
          while true {
            let after = last
            let page = try await store.read { unit in
              try Journal.pending(after: after, limit: limit, bytesMax: bytes, in: unit)
            }
            guard let end = page.last else { break }
            found.append(page.count)
            last = end.id
          }
          try expect(found, equals: pages)
        }
      },
      Check("nodes that share a journal have different entries in hand, until their time is up") {
        store in
        try await store.write { unit in
          for byte in 0..<10 as Range<UInt8> {
            try Journal.append([byte], receivedAt: Store.start, in: unit)
          }
        }
        func claim(_ owner: String, _ limit: Int, at now: Instant) async throws -> [JournalEntry] {
          try await store.write { unit in
            let lease = Claim.Lease(owner: owner, until: now + .seconds(15))
            return try Journal.claim(lease, now: now, limit: limit, in: unit)
          }
        }
        let start = Store.start
        let first = try await claim("a", 4, at: start)
        try expect(first.map(\.body), equals: (0..<4).map { [$0] })
        let second = try await claim("b", 4, at: start)
        try expect(second.map(\.body), equals: (4..<8).map { [$0] })
        try await expect(claim("a", 4, at: start).map(\.body), equals: [[8], [9]])
        try await expect(claim("b", 4, at: start).isEmpty)
        // Whoever is done gives back; what was not applied meanwhile is free again, in its place.
        let mine = try need(first.first).id
        try await store.write { unit in
          try Journal.release(from: mine, of: "b", in: unit)
        }
        try await expect(claim("b", 4, at: start).isEmpty, "somebody else's claim was given back")
        try await store.write { unit in
          try Journal.release(from: mine, of: "a", in: unit)
        }
        try await expect(claim("b", 9, at: start).map(\.body), equals: (0..<4).map { [$0] })
        // Whoever died has entries in hand for so long, and not a moment longer.
        try await expect(claim("c", 20, at: start + .seconds(14)).isEmpty)
        try await expect(claim("c", 20, at: start + .seconds(15)).count, equals: 10)
      },
      Check("an entry in parts waits until its last part was folded") { store in
        try await store.addNumber()
        let facts = try await store.write { unit in
          try Journal.append([1], receivedAt: Store.start, in: unit)
          let entry = try need(try Journal.pending(limit: 1, in: unit).first)
          return EntryFacts(
            of: entry,
            changes: [
              ChangeFacts(
                number: Store.number,
                facts: (1...3).flatMap { Sample.written("wamid.\($0)") }
              )
            ],
            flag: "one could not be read"
          )
        }
        let parts = facts.parts(factsMax: 2)
        try expect(parts.count > 2)
        try expect(parts.flatMap { $0.changes.flatMap(\.facts) }, equals: facts.changes[0].facts)
        for part in parts {
          let before = try await store.read { unit in try Journal.attention(in: unit) }
          try expect(before.unapplied, equals: 1)
          try expect(before.flagged, equals: 0)
          _ = try await Apply.apply([part], publishing: true, on: store.engine)
        }
        let after = try await store.read { unit in try Journal.attention(in: unit) }
        try expect(after.unapplied, equals: 0)
        try expect(after.flagged, equals: 1)
      },
      Check("a flagged entry waits for replay, and comes back late") { store in
        try await store.write { unit in
          try Journal.append([1], receivedAt: Store.start, in: unit)
          let entry = try need(try Journal.pending(limit: 1, in: unit).first)
          try Journal.flag(entry.id, reason: "no JSON", in: unit)
        }
        let before = try await store.read { unit in try Journal.pending(limit: 1, in: unit) }
        try expect(before.isEmpty)
        try await expect(
          store.read { unit in try Journal.counts(in: unit).flagged },
          equals: 1
        )
        try await expect(store.write { unit in try Journal.releaseFlagged(in: unit) }, equals: 1)
        let after = try await store.read { unit in try Journal.pending(limit: 1, in: unit) }
        try expect(after.map(\.isLate), equals: [true])
      },
      Check("the journal is read in pages without gaps") { store in
        try await store.write { unit in
          for byte in 0..<5 { try Journal.append([UInt8(byte)], receivedAt: Store.start, in: unit) }
        }
        var found: [UInt8] = []
        var last: JournalEntryID?
        while true {
          let after = last
          let page = try await store.read { unit in
            try Journal.page(after: after, limit: 2, in: unit)
          }
          guard let end = page.last else { break }
          found += page.flatMap(\.body)
          last = end.id
        }
        try expect(found, equals: [0, 1, 2, 3, 4])
      },
    ]
  }

  static var apply: [Check] {
    [
      Check("a message opens the window for 24 hours from Meta's timestamp") { store in
        try await store.addNumber()
        let at = Store.start - .seconds(3_600)
        try await store.hear(Sample.written("wamid.1", at: at, receivedAt: Store.start))
        let window = try await store.window("491700000042", at: Store.start)
        guard case .open(let until, let because) = window.state else {
          throw NotTrue(description: "\(window.state)")
        }
        try expect(until, equals: at + CareWindow.length)
        try expect(because.eventID, equals: "wamid.1")
        try await expect(
          store.window("491700000042", at: until).isOpen(at: until),
          equals: false
        )
      },
      Check("what a number nobody added is told is kept, and applied when it is added") { store in
        let report = try await store.hear(Sample.written("wamid.1"))
        try expect(report.unclaimed, equals: [Store.number])
        let counts = try await store.read { unit in try Journal.counts(in: unit) }
        try expect(
          counts,
          equals: JournalCounts(entries: 1, unapplied: 0, flagged: 0, unclaimed: 1)
        )
        try await store.addNumber()
        let waiting = try await store.read { unit in try Journal.pending(limit: 9, in: unit) }
        try expect(waiting.count, equals: 1)
        let now = try await store.read { unit in try Journal.counts(in: unit).unclaimed }
        try expect(now, equals: 0)
      },
      Check("an entry that cannot be applied is flagged and harms no neighbour") { store in
        try await store.addNumber()
        let report = try await store.write { unit in
          for byte in 0..<3 { try Journal.append([UInt8(byte)], receivedAt: Store.start, in: unit) }
          // What the middle entry says violates a constraint of its own.
          try unit.run("CREATE UNIQUE INDEX trap ON message (origin) WHERE origin = 'phone'")
          try unit.run(
            """
            INSERT INTO message (phone_number_id, wamid, subject, alias, direction, origin, type,
              content, at, received_at)
            VALUES ('n', 'w', 's', 'a', 'out', 'phone', 't', '{}', 0, 0)
            """
          )
          let entries = try Journal.pending(limit: 3, in: unit)
          let trapped = Sample.message("wamid.2", origin: .phone, direction: .outbound)
          let told = [Sample.written("wamid.1"), [.message(trapped)], Sample.written("wamid.3")]
          return try Apply.apply(
            zip(entries, told).map { entry, facts in
              EntryFacts(of: entry, changes: [ChangeFacts(number: Store.number, facts: facts)])
            },
            publishing: true,
            in: unit
          )
        }
        try expect(report.applied, equals: 2)
        try expect(report.flagged.count, equals: 1)
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
        try expect(page.items.map(\.message.id), equals: ["wamid.3", "wamid.1"])
      },
      Check("content displaces a placeholder in either order, and the window becomes certain") {
        store in
        let placeholder: [CareFact] = [
          .message(Sample.message("wamid.1", content: .unsupported(type: nil, code: 131060))),
          .ledger(Sample.opening("wamid.1", kind: .unavailable)),
        ]
        for order in [
          [placeholder, Sample.written("wamid.1")],
          [Sample.written("wamid.1"), placeholder],
        ] {
          let store = try await store.another()
          try await store.addNumber()
          for facts in order { try await store.hear(facts) }
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
          try expect(page.items.map(\.message.content), equals: [.text("Hello")])
          try await expect(
            store.window("491700000042", at: Store.start).isOpen(at: Store.start),
            equals: true
          )
          try await store.engine.close()
        }
      },
      Check("a group's message opens the group's window and no member's own") { store in
        try await store.addNumber()
        let group: GroupID = "Z3JvdXA6aW52"
        try await store.hear([
          .message(Sample.message("wamid.1", group: group)),
          .ledger(Sample.opening("wamid.1", group: group)),
        ])
        try await expect(
          store.window(group.rawValue, at: Store.start).isOpen(at: Store.start),
          equals: true
        )
        try await expect(
          store.window("491700000042", at: Store.start).state,
          equals: .neverOpened
        )
      },
      Check(
        "a customer nobody knows has a window that was never opened; a number nobody added none"
      ) {
        store in
        try await store.addNumber()
        for customer in ["4915100000000", "DE.55501234", "group-id", "c_unknown"] {
          try await expect(
            store.window(customer, at: Store.start).state,
            equals: .neverOpened
          )
        }
        let none = try await store.read { unit in
          try Windows.window(number: "1", customer: "4915", now: Store.start, in: unit)
        }
        try expect(none, equals: nil)
      },
    ]
  }

  /// Who is who.
  static var identities: [Check] {
    let phone = Alias.phone("491700000042")
    let user = Alias.bsuid("DE.5550001")
    return [
      Check("phone number and user id in one event are one customer with one window") { store in
        try await store.addNumber()
        try await store.hear(Sample.written("wamid.1", from: user))
        try await store.hear(Sample.written("wamid.2", from: phone, at: Store.start + .seconds(5)))
        try await store.hear([.identity(.together(user, phone, at: Store.start))])
        let windows = try await [
          store.window("491700000042", at: Store.start + .seconds(9)),
          store.window("DE.5550001", at: Store.start + .seconds(9)),
        ]
        try expect(windows[0].state, equals: windows[1].state)
        let board = try await store.read { unit in
          try Windows.board(BoardFilter(), now: Store.start + .seconds(9), limit: 9, in: unit)
        }
        try expect(board.items.count, equals: 1)
        try expect(board.items.first?.aliases ?? [], equals: [user, phone])
        let page = try await need(
          store.read { unit in
            try Conversations.messages(
              number: Store.number,
              customer: "DE.5550001",
              limit: 9,
              in: unit
            )
          }
        )
        try expect(page.items.map(\.message.id), equals: ["wamid.2", "wamid.1"])
      },
      Check("a recycled phone number is somebody else, who inherits no window") { store in
        try await store.addNumber()
        try await store.hear(
          Sample.written("wamid.1", from: user) + [
            .identity(.together(user, phone, at: Store.start))
          ]
        )
        let later = Store.start + .seconds(7_200)
        let newcomer = Alias.bsuid("DE.5559999")
        try await store.hear(
          [.identity(.together(newcomer, phone, at: later))],
          at: later
        )
        try await expect(
          store.window("491700000042", at: later).state,
          equals: .neverOpened
        )
        try await expect(
          store.window("DE.5550001", at: later).isOpen(at: later),
          equals: true
        )
      },
      Check("after a number change the window is inherited with doubt") { store in
        try await store.addNumber()
        try await store.hear(Sample.written("wamid.1", from: phone))
        let change = Store.start + .seconds(60)
        try await store.hear(
          [.identity(.changed(from: phone, to: .phone("491799999999"), at: change))],
          at: change
        )
        let window = try await store.window("491799999999", at: change)
        guard case .uncertain(let doubt, _) = window.state else {
          throw NotTrue(description: "\(window.state)")
        }
        try expect(doubt.reason, equals: .inherited)
      },
    ]
  }
}
