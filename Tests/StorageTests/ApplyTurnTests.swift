import CustomerCare
import Dispatch
import PostgresEngine
import Storage
import Support
import Testing

/// How much the transactions of each kind of work are in each other's way.
@Suite(.timeLimit(.minutes(2))) struct `Transactions of PostgreSQL` {
  @Test func `one node applies at a time, and the next when its transaction has ended`()
    async throws
  {
    var options = PostgresEngine.Options()
    options.turnMax = .seconds(10)
    let address = try ScratchPostgres.address()
    let first = try ScratchPostgres.engine(address, options: options)
    let second = try ScratchPostgres.engine(address, options: options)
    try await `PostgreSQL under several processes`.makeCounter(first)
    let (holds, began, goOn) = (Tally(), Tally(), DispatchSemaphore(value: 0))
    defer { goOn.signal() }
    async let one: Void = first.write(.apply) { unit in
      holds.raise()
      goOn.pass()
      try `PostgreSQL under several processes`.increment(unit)
    }
    await holds.reaches(1)
    async let other: Void = second.write(.apply) { unit in
      began.raise()
      try `PostgreSQL under several processes`.increment(unit)
    }
    // Until the second is seen to wait, or not to.
    while try await Self.waiting(at: first) == 0, began.count == 0 {}
    #expect(began.count == 0)
    goOn.signal()
    try await one
    try await other
    #expect(try await `PostgreSQL under several processes`.counter(first) == 2)
    for node in [first, second] { try await node.close() }
  }

  /// How many transactions wait for their turn.
  private static func waiting(at engine: PostgresEngine) async throws -> Int64 {
    try await engine.read { unit in
      try unit.first(
        """
        SELECT COUNT(*) AS n FROM pg_locks
        WHERE relation = CAST('apply_turn' AS regclass) AND NOT granted
        """
      ) { try $0.integer("n") } ?? 0
    }
  }

  @Test func `whoever keeps the turn of applying holds nobody up for long`() async throws {
    var options = PostgresEngine.Options()
    options.turnMax = .milliseconds(50)
    let address = try ScratchPostgres.address()
    let node = try ScratchPostgres.engine(address, options: options)
    let hanging = try ScratchPostgres.engine(address, options: options)
    try await `PostgreSQL under several processes`.makeCounter(node)
    let holds = Tally()
    let goOn = DispatchSemaphore(value: 0)
    async let holding: Void = hanging.write(.apply) { _ in
      holds.raise()
      goOn.pass()
    }
    defer { goOn.signal() }
    await holds.reaches(1)
    for _ in 0..<20 { try await `PostgreSQL under several processes`.increment(node, .apply) }
    #expect(try await `PostgreSQL under several processes`.counter(node) == 20)
    goOn.signal()
    try await holding
    for node in [node, hanging] { try await node.close() }
  }

  /// Two who each look at both rows, and change one of them if both are there.
  @Test func `a unit that asks to be isolated sees what another one changes beside it`()
    async throws
  {
    let engine = try ScratchPostgres.engine()
    try await engine.write(.rest) { unit in
      try unit.run("CREATE TABLE guard (id TEXT PRIMARY KEY, awake BIGINT NOT NULL)")
    }
    for round in 0..<20 {
      try await engine.write(.rest) { unit in
        try unit.run("DELETE FROM guard")
        try unit.run("INSERT INTO guard (id, awake) VALUES ('a', 1), ('b', 1)")
      }
      let looked = ["a": DispatchSemaphore(value: 0), "b": DispatchSemaphore(value: 0)]
      try await withThrowingTaskGroup { group in
        for (id, other) in [("a", "b"), ("b", "a")] {
          let tries = Tally()
          group.addTask {
            try await engine.write(.gate) { unit in
              try unit.isolate()
              let awake = try unit.first("SELECT COUNT(*) AS n FROM guard WHERE awake = 1") {
                try $0.integer("n")
              }
              tries.raise()
              if tries.count == 1 {
                // Nobody goes on before both have looked.
                looked[other]?.signal()
                looked[id]?.wait()
              }
              guard awake == 2 else { return }
              try unit.run("UPDATE guard SET awake = 0 WHERE id = $id", ["id": .text(id)])
            }
          }
        }
        try await group.waitForAll()
      }
      let awake = try await engine.read { unit in
        try unit.first("SELECT COUNT(*) AS n FROM guard WHERE awake = 1") { try $0.integer("n") }
      }
      #expect(awake == 1, "round \(round)")
    }
    try await engine.close()
  }

  @Test func `two who insert the same row in sends come one after the other`() async throws {
    let address = try ScratchPostgres.address()
    let nodes = [try ScratchPostgres.engine(address), try ScratchPostgres.engine(address)]
    try await nodes[0].write(.rest) { unit in
      try unit.run("CREATE TABLE once (id TEXT PRIMARY KEY)")
    }
    let inserted = Tally()
    try await withThrowingTaskGroup { group in
      for index in 0..<100 {
        group.addTask {
          let isFirst = try await nodes[index % 2].write(.gate) { unit in
            let key: SQLParameters = ["id": .text("\(index / 10)")]
            let isThere = try unit.first("SELECT id FROM once WHERE id = $id", key) { _ in true }
            guard isThere == nil else { return false }
            try unit.run("INSERT INTO once (id) VALUES ($id)", key)
            return true
          }
          if isFirst { inserted.raise() }
        }
      }
      try await group.waitForAll()
    }
    #expect(inserted.count == 10)
    for node in nodes { try await node.close() }
  }

  @Test func `whoever only appends is in nobody's way, whoever decides is as if alone`()
    async throws
  {
    let engine = try ScratchPostgres.engine()
    for (priority, level) in [
      (WritePriority.journal, "read committed"), (.gate, "repeatable read"),
      (.apply, "serializable"),
      (.rest, "serializable"),
    ] {
      let found = try await engine.write(priority) { unit in
        try unit.first("SELECT current_setting('transaction_isolation') AS level") {
          try $0.text("level")
        }
      }
      #expect(found == level)
    }
    try await engine.close()
  }
}
