import CustomerCare
import Dispatch
import PostgresEngine
import Storage
import Support
import Testing

/// A callback that is removed on one node while another one promises it something.
@Suite struct CallbackRaceTests {
  private static let now = Instant(seconds: 1_795_255_200)
  private static let callback = CallbackRecord(
    id: "cb_1",
    url: "https://crm.example.com",
    kinds: [.messageReceived],
    sealedSecret: [1],
    createdAt: now
  )

  /// Promises what every callback is owed, as publishing does; `pause` runs once, at one of two places.
  private static func promise(
    pausing: Bool,
    _ pause: () -> Void,
    in unit: any SQLUnit
  ) throws {
    let promises = try Callbacks.list(in: unit).map { callback in
      Deliver.Promise(
        callback: callback.id,
        id: "evt_1",
        kind: .messageReceived,
        lane: "a",
        body: [1]
      )
    }
    if !pausing { pause() }
    try Deliver.promise(promises, at: now, in: unit)
    if pausing { pause() }
  }

  @Test(arguments: [false, true])
  func `leaves nothing behind that nobody will ever deliver`(isPromisedFirst: Bool) async throws {
    let address = try ScratchPostgres.address()
    let nodes = [try ScratchPostgres.engine(address), try ScratchPostgres.engine(address)]
    try await Schema.migrate(nodes[0], at: Self.now)
    try await nodes[0].write(.rest) { unit in try Callbacks.add(Self.callback, in: unit) }
    let (halfway, removed) = (DispatchSemaphore(value: 0), DispatchSemaphore(value: 0))
    let runs = Tally()
    try await withThrowingTaskGroup { group in
      group.addTask {
        try await nodes[0].write(.rest) { unit in
          runs.raise()
          let isFirst = runs.count == 1
          try Self.promise(
            pausing: isPromisedFirst,
            {
              guard isFirst else { return }
              halfway.signal()
              removed.wait()
            },
            in: unit
          )
        }
      }
      group.addTask {
        try await nodes[1].write(.rest) { unit in
          // The other one has read that there is a callback.
          if runs.count < 2 { halfway.wait() }
          halfway.signal()
          return try Callbacks.remove("cb_1", in: unit)
        }
        removed.signal()
      }
      try await group.waitForAll()
    }
    let left = try await nodes[0].read { unit in
      try unit.first("SELECT COUNT(*) AS count FROM callback_delivery") {
        try $0.integer("count")
      }
    }
    #expect(left == 0)
    #expect(runs.count == 2, "the promise was made anew, and found nobody")
    for node in nodes { try await node.close() }
  }
}
