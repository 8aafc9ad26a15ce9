import Storage
import Support
import Synchronization
import Testing

@testable import PostgresEngine

/// What the network between a node and its server may do.
@Suite(.timeLimit(.minutes(5))) struct `A network that fails` {
  typealias Counting = `PostgreSQL under several processes`

  /// Beside others, and alone after too many conflicts with them.
  @Test(arguments: PostgresProxy.Loss.allCases, [PostgresEngine.Options().triesMax, 0])
  func `at a COMMIT leaves nothing undone and nothing done twice`(
    _ loss: PostgresProxy.Loss,
    triesMax: Int
  ) async throws {
    try await Self.through { proxy, address in
      var options = PostgresEngine.Options()
      options.triesMax = triesMax
      let engine = try ScratchPostgres.engine(address, options: options)
      try await Counting.makeCounter(engine)
      let runs = Mutex(0)
      proxy.lose(loss)
      let answer = try await engine.write(.gate) { unit in
        runs.withLock { $0 += 1 }
        try Counting.increment(unit)
        return "the unit's own answer"
      }
      #expect(answer == "the unit's own answer")
      #expect(try await Counting.counter(engine) == 1)
      #expect(runs.withLock { $0 } == (loss == .answer ? 1 : 2))
      try await engine.close()
    }
  }

  @Test func `again and again under load costs nobody anything`() async throws {
    try await Self.through { proxy, address in
      let engine = try ScratchPostgres.engine(address)
      try await Counting.makeCounter(engine)
      let done = Tally()
      try await withThrowingTaskGroup { group in
        for worker in 0..<8 {
          group.addTask {
            for _ in 0..<25 {
              defer { done.raise() }
              try await Counting.increment(engine, worker % 2 == 0 ? .gate : .rest)
            }
          }
        }
        for round in 1...4 {
          await done.reaches(round * 40)
          proxy.cut()
          proxy.heal()
          proxy.lose(PostgresProxy.Loss.allCases[round % 3])
        }
        try await group.waitForAll()
      }
      #expect(try await Counting.counter(engine) == 200)
      try await engine.close()
    }
  }

  @Test func `that takes its time only takes time`() async throws {
    try await Self.through { proxy, address in
      let engine = try ScratchPostgres.engine(address)
      try await Counting.makeCounter(engine)
      proxy.delay(by: .milliseconds(20))
      for _ in 0..<3 { try await Counting.increment(engine, .gate) }
      #expect(try await Counting.counter(engine) == 3)
      try await engine.close()
    }
  }

  @Test func `without a word is given up in time, and found again`() async throws {
    try await Self.through { proxy, address in
      var options = PostgresEngine.Options()
      options.statementTimeout = .seconds(2)
      options.connectTimeout = .seconds(2)
      options.outageMax = .milliseconds(300)
      let engine = try ScratchPostgres.engine(address, options: options)
      try await Counting.makeCounter(engine)
      try await Counting.increment(engine, .gate)
      #expect(try await Counting.counter(engine) == 1)
      proxy.silence()
      // Both on connections that were in use, and on those that come after them.
      for _ in 0..<2 {
        async let written = #expect(throws: StoreError.self) {
          try await Counting.increment(engine, .gate)
        }
        async let read = #expect(throws: StoreError.self) { _ = try await Counting.counter(engine) }
        for error in [await written, await read] {
          #expect(
            [.unavailable, .unknownOutcome].contains(error?.code),
            "\(String(describing: error))"
          )
        }
      }
      proxy.heal()
      try await Counting.increment(engine, .gate)
      #expect(try await Counting.counter(engine) == 2)
      try await engine.close()
    }
  }

  @Test func `and swallows a transaction leaves no locks behind that anybody waits for`()
    async throws
  {
    try await Self.through { proxy, address in
      let engine = try ScratchPostgres.engine(address)
      try await Counting.makeCounter(engine)
      for round in 1...3 {
        proxy.lose(.requestUnheard)
        // What the server still holds is the row that is written again.
        try await Counting.increment(engine, .gate)
        #expect(try await Counting.counter(engine) == Int64(round))
      }
      try await engine.close()
    }
  }

  /// A proxy to a new database of the shared server.
  private static func through(
    _ body: (PostgresProxy, _ address: String) async throws -> Void
  ) async throws {
    let server = try PostgresServer.shared()
    let proxy = try await PostgresProxy(to: server)
    try await body(proxy, proxy.address(try server.makeDatabase()))
    try await proxy.close()
  }
}
