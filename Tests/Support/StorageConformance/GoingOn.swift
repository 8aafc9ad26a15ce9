import CustomerCare
import Storage

extension StorageConformance {
  /// Messages that Meta took and then did not deliver because of the window, and what must not follow from that.
  static var goingOn: [Check] {
    [
      Check("its failure is nobody's news while it goes on, and its sender learns of one end") {
        store in
        let version = try await store.taken("r1", key: true)
        try await store.write { unit in
          try Publish.register("inbox", in: unit)
          try Callbacks.add(Self.listener, in: unit)
        }
        try await store.refuse(version, at: 20)
        try await expect(store.states("inbox"), equals: [])
        let again = Store.start + .seconds(40)
        let second = try await store.claim("r1", at: again).reference()
        let refusal = MetaRefusal(code: 131047, title: "Re-engagement")
        let ended = try await store.settle(second.attempt, .refused(refusal), at: again)
        try expect(ended.state, equals: .refused)
        try expect(ended.takenBefore, equals: "wamid.1")
        try expect(ended.goesOn(after: 1), "Meta's own failure would be a second one")
        try await expect(store.promisedEnds(), equals: ["raw_r1_failed"])
        // Its sender was answered 200: the same key is not a new message.
        guard
          case .existing(let same, _) = try await store.reserve(
            Sample.draft("r9", at: again, key: Self.key),
            at: again
          )
        else { throw NotTrue(description: "the key is free") }
        try expect(same.request.id, equals: "r1")
      },
      Check("of a second attempt that Meta took and failed, the end is told by the first one's id")
      { store in
        let first = try await store.taken("r1", key: true)
        try await store.write { unit in try Callbacks.add(Self.listener, in: unit) }
        try await store.refuse(first, at: 20)
        let again = Store.start + .seconds(40)
        let second = try await store.claim("r1", at: again).reference()
        _ = try await store.settle(second.attempt, .accepted("wamid.2"), at: again)
        try await expect(store.promisedEnds(), equals: [])
        try await store.refuse(second, as: "wamid.2", at: 50)
        try await expect(store.request("r1").state, equals: .handedOver)
        try await expect(store.request("r1").goesOn(after: 2), equals: true)
        try await expect(store.promisedEnds(), equals: ["raw_r1_failed"])
      },
      Check("what was delivered is not sent again, whatever order its statuses come in") { store in
        for order in [[Delivery.delivered, .failed], [.failed, .delivered]] {
          let store = try await store.another()
          let attempt = try await store.taken("r1", key: true)
          let facts = order.map { delivery in
            Sample.status(
              "wamid.1",
              delivery,
              code: delivery == .failed ? 131047 : nil,
              reference: attempt
            )
          }
          // In one webhook, or one after the other: once it goes on it is not in two minds.
          try await store.hear([facts[0]], at: Store.start + .seconds(20))
          guard order[0] == .delivered else { continue }
          try await store.hear([facts[1]], at: Store.start + .seconds(20))
          try await expect(store.request("r1").state, equals: .handedOver)
        }
      },
      Check("whoever settles an attempt late leaves the next one its lease") { store in
        let first = try await store.taken("r1", key: true, settles: false)
        _ = try await store.sweep(at: Store.start + .seconds(80))
        try await store.refuse(first, at: 81)
        let again = Store.start + .seconds(82)
        let second = try await store.claim("r1", at: again).reference()
        try expect(second.number, equals: 2)
        _ = try await store.settle(first.attempt, .unknown(reason: "timeout"), at: again)
        guard case .gone = try await store.claim("r1", at: again) else {
          throw NotTrue(description: "claimed twice")
        }
        try await expect(store.sweep(at: again + .seconds(60)).unknown, equals: ["r1"])
      },
      Check("what has a time of its own goes then, although another clock was ahead") { store in
        try await store.addNumber()
        try await store.hear(Sample.written("wamid.in"))
        let ahead = Store.start + .seconds(3_600)
        _ = try await store.reserve(
          Sample.draft("r1", at: ahead, sendAt: ahead + .seconds(3_600)),
          at: ahead
        )
        let sendAt = Store.start + .seconds(600)
        _ = try await store.reserve(Sample.draft("r2", sendAt: sendAt))
        try await expect(store.sweep(at: sendAt).begun, equals: ["r2"])
        _ = try await store.claim("r2", at: sendAt).reference()
      },
      Check("what is for the same time goes in the order in which it was asked for") { store in
        try await store.addNumber()
        try await store.hear(Sample.written("wamid.in"))
        let sendAt = Store.start + .seconds(600)
        for id: RequestID in ["r3", "r2", "r1"] {
          _ = try await store.reserve(Sample.draft(id, sendAt: sendAt))
        }
        _ = try await store.sweep(at: sendAt)
        for id: RequestID in ["r3", "r2", "r1"] {
          try await expect(store.dispatchable(at: sendAt), equals: [id])
          let attempt = try await store.claim(id, at: sendAt).reference()
          _ = try await store.settle(attempt.attempt, .accepted(MessageID("\(id)")), at: sendAt)
        }
      },
      Check("what waited before Meta took it is known by our id, whatever comes then") { store in
        try await store.addNumber()
        var draft = Sample.draft("r1", ifClosed: .park)
        draft.version = "v24.0"
        _ = try await store.reserve(draft)
        let opened = Store.start + .seconds(60)
        try await store.hear(Sample.written("wamid.in", at: opened), at: opened)
        let first = try await store.claim("r1", at: opened + .seconds(10)).reference()
        _ = try await store.settle(first.attempt, .accepted("wamid.1"), at: opened + .seconds(10))
        try await store.refuse(first, at: 80)
        let record = try await store.request("r1")
        try expect(record.state, equals: .accepted)
        try expect(record.hasWaited && record.takenBefore == nil)
        try expect(record.goesOn(after: 1))
      },
    ]
  }

  private static let key = IdempotencyKey(token: "crm", key: "k", digest: [1])

  private static var listener: CallbackRecord {
    CallbackRecord(
      id: "cb_1",
      url: "https://a.example",
      kinds: [.metaRaw],
      numbers: nil,
      sealedSecret: [1],
      createdAt: Store.start
    )
  }
}

extension Store {
  /// A text that counts at the commit, from a program that speaks Cloud API, and that Meta took as `wamid.1`.
  fileprivate func taken(
    _ id: RequestID,
    key hasKey: Bool,
    settles: Bool = true
  ) async throws -> AttemptReference {
    try await addNumber()
    try await hear(Sample.written("wamid.in"))
    let at = Self.start + .seconds(10)
    let key = hasKey ? IdempotencyKey(token: "crm", key: "k", digest: [1]) : nil
    var draft = Sample.draft(id, at: at, key: key)
    draft.version = "v24.0"
    _ = try await reserve(draft, at: at)
    let attempt = try await claim(id, at: at).reference()
    if settles { _ = try await settle(attempt.attempt, .accepted("wamid.1"), at: at) }
    return attempt
  }

  /// Meta says by a status that the window was closed.
  fileprivate func refuse(
    _ attempt: AttemptReference,
    as message: String = "wamid.1",
    at second: Int64
  ) async throws {
    try await hear(
      [Sample.status(message, .failed, code: 131047, reference: attempt)],
      at: Self.start + .seconds(second)
    )
  }

  /// The ends of requests that callbacks are owed.
  fileprivate func promisedEnds() async throws -> [String] {
    try await read { unit in
      try unit.rows(
        "SELECT delivery_id FROM callback_delivery WHERE request_id IS NOT NULL ORDER BY delivery_id"
      ) { row in try row.text("delivery_id") }
    }
  }
}
