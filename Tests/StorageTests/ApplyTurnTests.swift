import CustomerCare
import Dispatch
import PostgresEngine
import Storage
import Support
import Testing

/// How much the transactions of each kind of work are in each other's way.
@Suite(.timeLimit(.minutes(2))) struct `Transactions of PostgreSQL` {
  @Test func `nodes apply in turns, and are not in each other's way`() async throws {
    var options = PostgresEngine.Options()
    options.turnMax = .seconds(10)
    let address = try ScratchPostgres.address()
    let nodes = try (0..<3).map { _ in try ScratchPostgres.engine(address, options: options) }
    try await `PostgreSQL under several processes`.makeCounter(nodes[0])
    let runs = Tally()
    try await withThrowingTaskGroup { group in
      for index in 0..<150 {
        group.addTask {
          try await nodes[index % 3].write(.apply) { unit in
            runs.raise()
            try `PostgreSQL under several processes`.increment(unit)
          }
        }
      }
      try await group.waitForAll()
    }
    #expect(try await `PostgreSQL under several processes`.counter(nodes[0]) == 150)
    // Each ran once: none of them met another.
    #expect(runs.count == 150)
    for node in nodes { try await node.close() }
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
      goOn.wait()
    }
    defer { goOn.signal() }
    await holds.reaches(1)
    for _ in 0..<20 { try await `PostgreSQL under several processes`.increment(node, .apply) }
    #expect(try await `PostgreSQL under several processes`.counter(node) == 20)
    goOn.signal()
    try await holding
    for node in [node, hanging] { try await node.close() }
  }

  @Test func `whoever only appends is in nobody's way, whoever decides is as if alone`()
    async throws
  {
    let engine = try ScratchPostgres.engine()
    for (priority, level) in [
      (WritePriority.journal, "read committed"), (.gate, "serializable"), (.apply, "serializable"),
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
