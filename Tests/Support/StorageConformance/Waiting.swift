import CustomerCare
import Storage

extension StorageConformance {
  /// What time does.
  static var waiting: [Check] {
    [
      Check("a window is announced as closing and as closed, once each") { store in
        try await store.addNumber()
        try await store.write { unit in try Publish.register("inbox", in: unit) }
        try await store.hear(Sample.written("wamid.1"))
        let end = Store.start + CareWindow.length
        for (now, kinds) in [
          (Store.start, ["message.received", "window.opened"]),
          (end - Store.lead - .milliseconds(1), []), (end - Store.lead, ["window.closing"]),
          (end - .milliseconds(1), []), (end, ["window.closed"]), (end + .seconds(60), []),
        ] as [(Instant, [String])] {
          _ = try await store.sweep(at: now)
          let events = try await store.events("inbox")
          try expect(events.map(\.kind.rawValue).sorted(), equals: kinds)
          let done = events.map(\.id)
          try await store.write { unit in try Publish.done("inbox", done, in: unit) }
        }
      },
      Check("a customer who writes again moves the closing, and opens nothing anew") { store in
        try await store.addNumber()
        try await store.write { unit in try Publish.register("inbox", in: unit) }
        try await store.hear(Sample.written("wamid.1"))
        let later = Store.start + .seconds(3_600)
        try await store.hear(Sample.written("wamid.2", at: later), at: later)
        _ = try await store.sweep(at: Store.start + CareWindow.length)
        let kinds = try await store.events("inbox").map(\.kind)
        try expect(kinds.filter { $0 == .windowOpened }.count, equals: 1)
        try expect(kinds.contains(.windowClosed), equals: false)
        let due = try await store.read { unit in
          try Wait.nextDue(closingLead: .zero, in: unit)
        }
        try expect(due, equals: later + CareWindow.length)
      },
      Check("a lease that ends leaves an unknown outcome, which ends failed after 7 days") {
        store in
        _ = try await store.dispatched("r1")
        try await expect(
          store.sweep(at: Store.start + .milliseconds(59_999)).unknown,
          equals: []
        )
        let ended = Store.start + .seconds(60)
        try await expect(store.sweep(at: ended).unknown, equals: ["r1"])
        try await expect(store.request("r1").attempts.last?.outcome, equals: "unknown")
        try await expect(
          store.sweep(at: ended + Wait.unknownFor - .milliseconds(1)).failed,
          equals: []
        )
        try await expect(store.sweep(at: ended + Wait.unknownFor).failed, equals: ["r1"])
        try await expect(store.request("r1").failure, equals: "outcome_never_known")
      },
      Check("what nobody waits for any more is abandoned, what lapsed expires") { store in
        try await store.addNumber()
        try await store.hear(Sample.written("wamid.1"))
        _ = try await store.reserve(Sample.draft("r1", isDurable: false))
        _ = try await store.reserve(
          Sample.draft("r2", expiresAt: Store.start + .seconds(100))
        )
        try await expect(store.sweep(at: Store.start + .seconds(30)).failed, equals: [])
        try await expect(store.sweep(at: Store.start + .seconds(31)).failed, equals: ["r1"])
        try await expect(store.sweep(at: Store.start + .seconds(99)).expired, equals: [])
        try await expect(store.sweep(at: Store.start + .seconds(100)).expired, equals: ["r2"])
        try await expect(store.request("r2").state, equals: .expired)
      },
      Check("durable requests are found again, one per conversation, the oldest first") { store in
        try await store.addNumber()
        let other = Alias.phone("491700000043")
        try await store.hear(Sample.written("wamid.1") + Sample.written("wamid.2", from: other))
        _ = try await store.reserve(Sample.draft("r1"))
        _ = try await store.reserve(Sample.draft("r2", at: Store.start + .milliseconds(1)))
        _ = try await store.reserve(
          Sample.draft("r3", to: other, at: Store.start + .milliseconds(2))
        )
        _ = try await store.reserve(Sample.draft("r4", to: .phone("49"), isDurable: false))
        let later = Store.start + .seconds(1)
        try await expect(store.dispatchable(at: later), equals: ["r1", "r3"])
        _ = try await store.claim("r1")
        try await expect(store.dispatchable(at: later), equals: ["r3"])
      },
      Check("a key is forgotten after 7 days, and not before its request has ended") { store in
        let key = IdempotencyKey(token: "crm", key: "k", digest: [1])
        try await store.addNumber()
        try await store.hear(Sample.written("wamid.in"))
        _ = try await store.reserve(Sample.draft("r1", key: key))
        let week = Store.start + Wait.unknownFor
        try await expect(store.sweep(at: week).keysForgotten, equals: 0)
        let attempt = try await store.claim("r1").reference()
        _ = try await store.settle(attempt.attempt, .accepted("wamid.out"))
        try await expect(store.sweep(at: week - .milliseconds(1)).keysForgotten, equals: 0)
        try await expect(store.sweep(at: week).keysForgotten, equals: 1)
      },
    ]
  }

  /// The outbox of events.
  static var publishing: [Check] {
    [
      Check("every consumer gets an event until it has seen to it, and none that came before it") {
        store in
        try await store.addNumber()
        try await store.write { unit in try Publish.register("early", in: unit) }
        try await store.hear([.message(Sample.message("wamid.1"))])
        try await store.write { unit in try Publish.register("late", in: unit) }
        try await store.hear([.message(Sample.message("wamid.2"))])
        let early = try await store.events("early")
        try await expect(
          store.events("late").map(\.id),
          equals: ["message.received/900800700/wamid.2@1795255200000"]
        )
        try expect(early.count, equals: 2)
        let first = [early[0].id]
        try await store.write { unit in try Publish.done("early", first, in: unit) }
        try await expect(store.events("early").map(\.id), equals: [early[1].id])
        try await expect(store.events("late").count, equals: 1)
      },
      Check("the same thing heard twice is published once, a state when it changes") { store in
        let attempt = try await store.dispatched("r1")
        try await store.write { unit in try Publish.register("inbox", in: unit) }
        _ = try await store.settle(attempt.attempt, .accepted("wamid.out"))
        for delivery in [Delivery.read, .sent, .read, .delivered] {
          try await store.hear([Sample.status("wamid.out", delivery)])
        }
        let states = try await store.events("inbox").filter { $0.kind == .messageState }
        try expect(
          Set(
            states.map {
              $0.id.split(separator: "/").last?.split(separator: "@").first.map(String.init) ?? ""
            }
          ),
          equals: ["handed_over", "read"]
        )
      },
      Check("history, late openings and replays are silent") { store in
        try await store.addNumber()
        try await store.write { unit in try Publish.register("inbox", in: unit) }
        let old = Store.start - .seconds(90_000)
        try await store.hear([.message(Sample.message("wamid.1", origin: .history))])
        try await store.hear([.ledger(Sample.opening("wamid.2", at: old, receivedAt: Store.start))])
        try await store.hear(Sample.written("wamid.3"), publishing: false)
        try await expect(store.events("inbox").map(\.id), equals: [])
      },
    ]
  }
}
