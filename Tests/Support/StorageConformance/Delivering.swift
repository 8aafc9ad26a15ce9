import CustomerCare
import Storage

extension StorageConformance {
  /// Callbacks, and what they are owed.
  static var delivering: [Check] { promising + claimingDeliveries + settlingDeliveries }

  private static let one = callback("cb_1", [.messageReceived, .windowClosed], ["1", "2"])
  private static let raw = callback("cb_raw", [.metaRaw])

  private static func callback(
    _ id: CallbackID,
    _ kinds: Set<CallbackKind>,
    _ numbers: Set<PhoneNumberID>? = nil,
    at: Instant = Store.start
  ) -> CallbackRecord {
    CallbackRecord(
      id: id,
      url: "https://crm.example.com/hook",
      kinds: kinds,
      numbers: numbers,
      sealedSecret: [7, 0, 255],
      createdAt: at
    )
  }

  private static var promising: [Check] {
    [
      Check("a callback is kept as it was added, until it is removed with what it is owed") {
        store in
        try await store.add(raw, one)
        try await expect(store.read { try Callbacks.list(in: $0) }, equals: [one, raw])
        try await expect(store.read { try Callbacks.find("cb_1", in: $0) }, equals: one)
        try await store.promise("a", "b")
        try await expect(store.write { try Callbacks.remove("cb_1", in: $0) }, equals: true)
        try await expect(store.write { try Callbacks.remove("cb_1", in: $0) }, equals: false)
        try await expect(store.due(at: Store.start), equals: [])
        try await expect(store.deliveries(), equals: [])
      },
      Check("events are written exactly while a callback asks for some") { store in
        try await store.addNumber()
        func heard() async throws -> Int {
          try await store.read { try Publish.pending(Callbacks.consumer, limit: 9, in: $0).count }
        }
        try await store.add(raw)
        try await store.hear([.message(Sample.message("m1"))])
        try await expect(heard(), equals: 0)
        try await store.add(one)
        try await store.hear([.message(Sample.message("m2"))])
        try await expect(heard() > 0)
        _ = try await store.write { try Callbacks.remove("cb_1", in: $0) }
        try await store.hear([.message(Sample.message("m3"))])
        try await expect(heard(), equals: 0)
      },
      Check("what an entry says about a number is owed once, to those who asked for that number") {
        store in
        try await store.addNumber()
        try await store.add(
          raw,
          callback("cb_same", [.metaRaw], [Store.number]),
          callback("cb_other", [.metaRaw], ["1"]),
          one
        )
        try await store.hear([.message(Sample.message("m1"))])
        try await expect(
          store.read { unit in
            try unit.rows("SELECT callback_id FROM callback_delivery ORDER BY callback_id") {
              try $0.text("callback_id")
            }
          },
          equals: ["cb_raw", "cb_same"]
        )
        let claimed = try await store.claimDeliveries(of: "cb_raw", at: Store.start)
        try expect(claimed.map(\.kind), equals: [.metaRaw])
        guard case .entry(let body, let subject)? = claimed.first?.content else {
          throw NotTrue(description: "found \(claimed)")
        }
        try expect(subject, equals: Store.number.rawValue)
        try expect(!body.isEmpty)
        try await store.write { unit in
          let entry = try need(try Journal.page(after: nil, limit: 1, in: unit).first)
          let facts = EntryFacts(of: entry, changes: [ChangeFacts(number: Store.number, facts: [])])
          for _ in 1...2 { _ = try Apply.apply([facts], publishing: true, in: unit) }
        }
        try await expect(store.deliveries(of: "cb_raw").count, equals: 1)
      },
      Check("the end of a request nobody knew of is owed once, to those who know it by our id") {
        store in
        try await store.addNumber()
        try await store.add(raw, one, callback("cb_other", [.metaRaw], ["1"]))
        try await store.hear(Sample.written("wamid.1"))
        for (index, version) in ["v24.0", nil].enumerated() {
          var draft = Sample.draft(
            RequestID("r\(index)"),
            at: Store.start + .milliseconds(Int64(index))
          )
          draft.version = version
          _ = try await store.reserve(draft)
          _ = try await store.claim(draft.request.id)
          _ = try await store.settle(AttemptID("r\(index).1"), .unknown(reason: "timeout"))
        }
        let end = Store.start + Wait.unknownFor
        try await expect(store.sweep(at: end).failed, equals: ["r0", "r1"])
        let claimed = try await store.claimDeliveries(of: "cb_raw", at: end)
          .filter { $0.id.hasSuffix("_failed") }
        try expect(claimed.map(\.id), equals: ["raw_r0_failed"])
        try expect(claimed.map(\.content), equals: [.end(of: "r0", at: end)])
        try await expect(store.deliveries(of: "cb_other").count, equals: 0)
        try await expect(store.sweep(at: end + .seconds(1)).failed, equals: [])
      },
      Check("what is promised twice is owed once") { store in
        try await store.add(one)
        try await store.promise("a", "b")
        try await store.promise("b", "c")
        try await expect(store.deliveries().map(\.id), equals: ["c", "b", "a"])
      },
    ]
  }

  private static var claimingDeliveries: [Check] {
    [
      Check("one delivery of a conversation goes after the other, and conversations side by side") {
        store in
        try await store.add(one)
        try await store.promise("a1", "a2", "b1")
        let first = try await store.claimDeliveries(at: Store.start)
        try expect(first.map(\.id), equals: ["a1", "b1"])
        try await expect(store.claimDeliveries(at: Store.start).map(\.id), equals: [])
        try await store.settle(first[0], .delivered)
        try await expect(store.claimDeliveries(at: Store.start).map(\.id), equals: ["a2"])
      },
      Check("two who saw the same delivery do not both get it") { store in
        try await store.add(one)
        try await store.promise("a1")
        let seen = try await store.due(at: Store.start)
        try expect(seen.count, equals: 1)
        let counts = try await withThrowingTaskGroup(of: Int.self) { group in
          for _ in 1...2 {
            group.addTask {
              try await store.write { unit in
                try Deliver.claim(
                  seen,
                  now: Store.start,
                  until: Store.start + .seconds(60),
                  in: unit
                ).count
              }
            }
          }
          return try await group.reduce(into: []) { $0.append($1) }
        }
        try expect(counts.sorted(), equals: [0, 1])
      },
      Check("a delivery whose owner died is due again when the lease is over, under the same id") {
        store in
        try await store.add(one)
        try await store.promise("a1")
        let dead = try await store.claimDeliveries(at: Store.start)
        let end = Store.start + .seconds(60)
        try await expect(
          store.claimDeliveries(at: end - .milliseconds(1)).map(\.id),
          equals: []
        )
        let next = try await store.claimDeliveries(at: end)
        try expect(next.map(\.id), equals: ["a1"])
        try expect(next.map(\.attempt), equals: [2])
        // Whoever had it before comes too late.
        try await expect(store.settle(dead[0], .dead), equals: false)
        try await expect(store.settle(next[0], .delivered), equals: true)
      },
    ]
  }

  private static var settlingDeliveries: [Check] {
    [
      Check("what waits behind a failure waits with it, and goes on when that one is dead") {
        store in
        try await store.add(one)
        try await store.promise("a1", "a2", "b1")
        let retry = Store.start + .seconds(5)
        let claimed = try await store.claimDeliveries(at: Store.start)
        try await store.settle(claimed[0], .retry(at: retry))
        try await store.settle(claimed[1], .delivered)
        try await expect(
          store.claimDeliveries(at: retry - .milliseconds(1)).map(\.id),
          equals: []
        )
        let again = try await store.claimDeliveries(at: retry)
        try expect(again.map(\.id), equals: ["a1"])
        try await store.settle(again[0], .dead)
        try await expect(store.claimDeliveries(at: retry).map(\.id), equals: ["a2"])
      },
      Check("dead deliveries are shown and counted, and delivered again on demand") { store in
        try await store.add(one)
        try await store.promise("a1", "b1", "c1")
        let claimed = try await store.claimDeliveries(at: Store.start)
        try await store.settle(claimed[0], .dead)
        try await store.settle(claimed[1], .delivered)
        let shown = try await store.deliveries(state: .dead)
        try expect(shown.map(\.id), equals: ["a1"])
        try expect(shown.first?.result, equals: "word")
        let counts = try await store.read { try CallbackDeliveries.counts(in: $0)["cb_1"] }
        try expect(counts?.pending, equals: 1)
        try expect(counts?.dead, equals: 1)
        let later = Store.start + .seconds(600)
        func redeliver(_ id: String?) async throws -> Int {
          try await store.write {
            try CallbackDeliveries.redeliver(id, of: "cb_1", now: later, in: $0)
          }
        }
        try await expect(redeliver(nil), equals: 1)
        try await expect(redeliver("b1"), equals: 1)
        try await expect(redeliver("b1"), equals: 0)
        let again = try await store.claimDeliveries(at: later)
        try expect(Set(again.map(\.id)), equals: ["a1", "b1", "c1"])
        try expect(again.first { $0.id == "a1" }?.since, equals: later)
        try expect(again.first { $0.id == "a1" }?.attempt, equals: 1)
      },
      Check("pages of deliveries follow each other without gap or overlap") { store in
        try await store.add(one)
        try await store.promise("a1", "a2", "a3", "a4", "a5")
        var pages: [[String]] = []
        var cursor: Cursor?
        repeat {
          let after = cursor
          let page = try await store.read {
            try CallbackDeliveries.list(of: "cb_1", after: after, limit: 2, in: $0)
          }
          pages.append(page.items.map(\.id))
          cursor = page.next
        } while cursor != nil
        try expect(pages, equals: [["a5", "a4"], ["a3", "a2"], ["a1"]])
      },
      Check("deliveries that ended are forgotten in time, and others never") { store in
        try await store.add(one)
        try await store.promise("a1", "b1", "c1")
        let claimed = try await store.claimDeliveries(at: Store.start)
        try await store.settle(claimed[0], .delivered)
        try await store.settle(claimed[1], .dead)
        for (age, left) in [
          (Deliver.rememberedFor, ["c1", "b1", "a1"]),
          (Deliver.rememberedFor + .milliseconds(1), ["c1", "b1"]),
          (Deliver.deadFor + .milliseconds(1), ["c1"]),
        ] {
          try await store.write { unit in
            try Deliver.forget(now: Store.start + age, limit: 10, in: unit)
          }
          try await expect(store.deliveries().map(\.id), equals: left)
        }
      },
    ]
  }
}

extension Store {
  fileprivate func add(_ callbacks: CallbackRecord...) async throws {
    try await write { unit in
      for callback in callbacks { try Callbacks.add(callback, in: unit) }
    }
  }

  /// Promises deliveries whose lanes are the first letters of their ids.
  fileprivate func promise(_ ids: String...) async throws {
    try await write { unit in
      try Deliver.promise(
        ids.map { id in
          Deliver.Promise(
            callback: "cb_1",
            id: id,
            kind: .messageReceived,
            lane: String(id.prefix(1)),
            body: Array("{}".utf8)
          )
        },
        at: Self.start,
        in: unit
      )
    }
  }

  fileprivate func due(
    of callback: CallbackID = "cb_1",
    at now: Instant
  ) async throws -> [Deliver.Position] {
    try await read { unit in try Deliver.due(callback, now: now, limit: 10, in: unit) }
  }

  fileprivate func claimDeliveries(
    of callback: CallbackID = "cb_1",
    at now: Instant
  ) async throws -> [Deliver.Claimed] {
    let due = try await due(of: callback, at: now)
    return try await write { unit in
      try Deliver.claim(due, now: now, until: now + .seconds(60), in: unit)
    }
  }

  @discardableResult
  fileprivate func settle(
    _ claimed: Deliver.Claimed,
    _ settlement: Deliver.Settlement
  ) async throws -> Bool {
    try await write { unit in
      try Deliver.settle(claimed, as: settlement, result: "word", now: Self.start, in: unit)
    }
  }

  fileprivate func deliveries(
    of callback: CallbackID = "cb_1",
    state: DeliveryView.State? = nil
  ) async throws -> [DeliveryView] {
    try await read { unit in
      try CallbackDeliveries.list(of: callback, state: state, limit: 100, in: unit).items
    }
  }
}
