import CustomerCare
import Dispatch
import Storage
import Support
import Synchronization
import Testing

@testable import PostgresEngine

@Suite struct `A statement's names become numbers` {
  @Test(arguments: [
    ("SELECT $a, $b, $a", "SELECT $1, $2, $1", ["a", "b"]),
    ("SELECT '$a', \"$b\", $c", "SELECT '$a', \"$b\", $1", ["c"]),
    ("SELECT 'it''s $a', $from_at", "SELECT 'it''s $a', $1", ["from_at"]),
    ("SELECT $entry0, $entry10, $entry1", "SELECT $1, $2, $3", ["entry0", "entry10", "entry1"]),
    ("SELECT 1", "SELECT 1", []),
    ("SELECT 'ä' || $x", "SELECT 'ä' || $1", ["x"]),
  ])
  func `each once, in the order of their first appearance, and none in quotes`(
    _ named: String,
    _ sql: String,
    _ names: [String]
  ) {
    let statement = NumberedStatement(named)
    #expect(statement.sql == sql)
    #expect(statement.names == names)
  }
}

@Suite struct `PostgreSQL under several processes` {
  @Test func `what two read and write at once is as if one came after the other`() async throws {
    let address = try ScratchPostgres.address()
    let nodes = [try ScratchPostgres.engine(address), try ScratchPostgres.engine(address)]
    try await Self.makeCounter(nodes[0])
    try await withThrowingTaskGroup { group in
      for index in 0..<200 {
        group.addTask { try await Self.increment(nodes[index % 2], index % 3 == 0 ? .gate : .rest) }
      }
      try await group.waitForAll()
    }
    #expect(try await Self.counter(nodes[0]) == 200)
    for node in nodes { try await node.close() }
  }

  @Test func `who goes alone goes alone, whatever the others do`() async throws {
    let address = try ScratchPostgres.address()
    let nodes = [try ScratchPostgres.engine(address), try ScratchPostgres.engine(address)]
    try await Self.makeCounter(nodes[0])
    try await withThrowingTaskGroup { group in
      for index in 0..<40 {
        group.addTask {
          if index % 4 == 0 {
            try await nodes[index % 2].writeAlone { unit in try Self.increment(unit) }
          } else {
            try await Self.increment(nodes[index % 2], .gate)
          }
        }
      }
      try await group.waitForAll()
    }
    #expect(try await Self.counter(nodes[1]) == 40)
    for node in nodes { try await node.close() }
  }

  @Test func `nodes that start together migrate once`() async throws {
    let address = try ScratchPostgres.address()
    let nodes = try (0..<4).map { _ in try ScratchPostgres.engine(address) }
    try await withThrowingTaskGroup { group in
      for node in nodes {
        group.addTask { try await Schema.migrate(node, at: Instant(milliseconds: 0)) }
      }
      try await group.waitForAll()
    }
    for node in nodes { try await node.close() }
  }

  @Test func `a node starts while another is in the middle of something`() async throws {
    var options = PostgresEngine.Options()
    options.lockTimeout = .milliseconds(100)
    let address = try ScratchPostgres.address()
    let other = try ScratchPostgres.engine(address)
    try await Schema.migrate(other, at: Instant(milliseconds: 0))
    let holds = Tally()
    let goOn = DispatchSemaphore(value: 0)
    // A node that was cut off in a transaction looks like this until the server gives it up.
    async let holding: Void = other.write(.rest) { _ in
      holds.raise()
      goOn.pass()
    }
    await holds.reaches(1)
    let node = try ScratchPostgres.engine(address, options: options)
    #expect(try await Schema.migrate(node, at: Instant(milliseconds: 0)) == nil)
    goOn.signal()
    try await holding
    for node in [node, other] { try await node.close() }
  }

  @Test func `more units than connections wait for their turn, and all are done`() async throws {
    var options = PostgresEngine.Options()
    options.urgentWriters = 1
    options.patientWriters = 1
    options.readers = 1
    let engine = try ScratchPostgres.engine(options: options)
    try await Self.makeCounter(engine)
    try await withThrowingTaskGroup { group in
      for _ in 0..<60 {
        group.addTask { try await Self.increment(engine, .gate) }
        group.addTask { _ = try await Self.counter(engine) }
      }
      try await group.waitForAll()
    }
    #expect(try await Self.counter(engine) == 60)
    try await engine.close()
  }

  @Test func `who waited too long for its turn is told so, and its connection goes on`()
    async throws
  {
    var options = PostgresEngine.Options()
    options.urgentWriters = 1
    options.lockTimeout = .milliseconds(100)
    let address = try ScratchPostgres.address()
    let engine = try ScratchPostgres.engine(address, options: options)
    let other = try ScratchPostgres.engine(address)
    try await Self.makeCounter(engine)
    let holds = DispatchSemaphore(value: 0)
    let goOn = DispatchSemaphore(value: 0)
    async let alone: Void = other.writeAlone { _ in
      holds.signal()
      goOn.pass()
    }
    await withCheckedContinuation { continuation in
      DispatchQueue.global().async {
        holds.wait()
        continuation.resume()
      }
    }
    let error = await #expect(throws: StoreError.self) { try await Self.increment(engine, .gate) }
    #expect(error?.code == .busy)
    goOn.signal()
    try await alone
    try await Self.increment(engine, .gate)
    #expect(try await Self.counter(engine) == 1)
    for node in [engine, other] { try await node.close() }
  }

  @Test func `a statement that takes too long is ended, and its connection goes on`() async throws {
    var options = PostgresEngine.Options()
    options.statementTimeout = .seconds(1)
    options.urgentWriters = 1
    let address = try ScratchPostgres.address()
    let engine = try ScratchPostgres.engine(address, options: options)
    let other = try ScratchPostgres.engine(address)
    try await Self.makeCounter(engine)
    let holds = Tally()
    let goOn = DispatchSemaphore(value: 0)
    // Another session, a person's perhaps, that holds the row.
    async let holding: Void = other.write(.rest) { unit in
      try unit.run("UPDATE counter SET amount = amount + 10")
      holds.raise()
      goOn.pass()
    }
    await holds.reaches(1)
    let error = await #expect(throws: StoreError.self) { try await Self.increment(engine, .gate) }
    #expect(error?.code == .busy)
    #expect(error?.message.contains("statement timeout (57014)") == true)
    goOn.signal()
    try await holding
    try await Self.increment(engine, .gate)
    #expect(try await Self.counter(engine) == 11)
    for node in [engine, other] { try await node.close() }
  }

  /// Beside others, and alone after too many conflicts with them.
  @Test(arguments: [PostgresEngine.Options().triesMax, 0])
  func `a table that changes under a prepared statement costs nobody anything`(
    triesMax: Int
  ) async throws {
    let address = try ScratchPostgres.address()
    var options = PostgresEngine.Options()
    options.triesMax = triesMax
    let engine = try ScratchPostgres.engine(address, options: options)
    let newer = try ScratchPostgres.engine(address)
    try await Self.makeCounter(engine)
    @Sendable func columns(_ unit: any SQLUnit) throws -> [Int] {
      try unit.rows("SELECT * FROM counter") { $0.columns.count }
    }
    for count in 3...6 {
      // On every connection, a reader's and a writer's.
      for _ in 0..<8 {
        async let read = engine.read { unit in try columns(unit) }
        async let written = engine.write(.gate) { unit in
          let found = try columns(unit)
          try Self.increment(unit)
          return found
        }
        let found = try await [read, written]
        #expect(found == [[count - 1], [count - 1]])
      }
      _ = try await newer.writeAlone { unit in
        try unit.run("ALTER TABLE counter ADD COLUMN extra\(count) BIGINT NOT NULL DEFAULT 0")
      }
    }
    #expect(try await Self.counter(engine) == 32)
    for node in [engine, newer] { try await node.close() }
  }

  @Test func `units go on while another node changes the tables`() async throws {
    let address = try ScratchPostgres.address()
    let engine = try ScratchPostgres.engine(address)
    let newer = try ScratchPostgres.engine(address)
    try await Self.makeCounter(engine)
    let done = Tally()
    try await withThrowingTaskGroup { group in
      for index in 0..<6 {
        group.addTask {
          for _ in 0..<30 {
            if index % 3 == 0 {
              try await engine.read { unit in try unit.each("SELECT * FROM counter", [:]) { _ in } }
            } else {
              try await engine.write(index % 3 == 1 ? .gate : .rest) { unit in
                try unit.each("SELECT * FROM counter", [:]) { _ in }
                try Self.increment(unit)
              }
            }
            done.raise()
          }
        }
      }
      for step in 1...3 {
        await done.reaches(step * 40)
        _ = try await newer.writeAlone { unit in
          try unit.run("ALTER TABLE counter ADD COLUMN extra\(step) BIGINT NOT NULL DEFAULT 0")
        }
      }
      try await group.waitForAll()
    }
    #expect(try await Self.counter(engine) == 120)
    for node in [engine, newer] { try await node.close() }
  }

  static func makeCounter(_ engine: PostgresEngine) async throws {
    try await engine.write(.rest) { unit in
      try unit.run("CREATE TABLE counter (id TEXT PRIMARY KEY, amount BIGINT NOT NULL)")
      try unit.run("INSERT INTO counter (id, amount) VALUES ('one', 0)")
    }
  }

  static func increment(_ engine: PostgresEngine, _ priority: WritePriority) async throws {
    try await engine.write(priority) { unit in try increment(unit) }
  }

  /// Reads, and then writes what follows from it: wrong whenever somebody writes in between.
  static func increment(_ unit: any SQLUnit) throws {
    let amount = try unit.first("SELECT amount FROM counter") { try $0.integer("amount") } ?? -1
    try unit.run(
      "UPDATE counter SET amount = $amount WHERE id = 'one'",
      ["amount": .integer(amount + 1)]
    )
  }

  static func counter(_ engine: PostgresEngine) async throws -> Int64? {
    try await engine.read { unit in
      try unit.first("SELECT amount FROM counter") { try $0.integer("amount") }
    }
  }
}

@Suite struct `A server that goes away` {
  /// PostgreSQL gives the number of a transaction out again of which nothing had reached the disk.
  @Test func `is not taken at its word on a transaction whose number somebody else has now`()
    async throws
  {
    let server = try PostgresServer(
      settings: ["fsync = off", "wal_writer_delay = '10s'", "autovacuum = off"]
    )
    let engine = try ScratchPostgres.engine(server.address(try server.makeDatabase()))
    try await `PostgreSQL under several processes`.makeCounter(engine)
    let numbers = Mutex<[String]>([])
    try await engine.write(.gate) { unit in
      try `PostgreSQL under several processes`.increment(unit)
      let number = try unit.first("SELECT pg_current_xact_id()::text AS id") { try $0.text("id") }
      let isFirst = numbers.withLock { numbers in
        numbers.append(number ?? "")
        return numbers.count == 1
      }
      guard isFirst else { return }
      // Right before the COMMIT. The number is given to others, who commit.
      try server.crash()
      try server.start()
      for _ in 0..<20 { try server.sql("CREATE TEMPORARY TABLE t (a INT); SELECT 1") }
      let said = try server.sql("SELECT pg_xact_status('\(number ?? "")')")
      #expect(said == "committed", "The server did not give the number out again")
    }
    #expect(numbers.withLock { $0.count } == 2)
    #expect(try await `PostgreSQL under several processes`.counter(engine) == 1)
    try await engine.close()
  }

  @Test func `and comes back costs nobody anything who can wait`() async throws {
    let server = try PostgresServer()
    let database = try server.makeDatabase()
    let engine = try ScratchPostgres.engine(server.address(database))
    try await `PostgreSQL under several processes`.makeCounter(engine)
    let began = DispatchSemaphore(value: 0)
    let goOn = DispatchSemaphore(value: 0)
    async let counted: Void = engine.write(.gate) { unit in
      began.signal()
      goOn.pass()
      try `PostgreSQL under several processes`.increment(unit)
    }
    await withCheckedContinuation { continuation in
      DispatchQueue.global().async {
        began.wait()
        continuation.resume()
      }
    }
    try server.crash()
    for _ in 0..<8 { goOn.signal() }
    try server.start()
    try await counted
    #expect(try await `PostgreSQL under several processes`.counter(engine) == 1)
    try await engine.close()
  }

  @Test func `and stays away is said so after a while, and nothing hangs`() async throws {
    let server = try PostgresServer()
    var options = PostgresEngine.Options()
    options.outageMax = .milliseconds(300)
    let address = server.address(try server.makeDatabase())
    let engine = try ScratchPostgres.engine(address, options: options)
    try await `PostgreSQL under several processes`.makeCounter(engine)
    try server.crash()
    for _ in 0..<2 {
      await #expect(throws: StoreError.self) {
        try await `PostgreSQL under several processes`.increment(engine, .journal)
      }
      await #expect(throws: StoreError.self) {
        try await `PostgreSQL under several processes`.counter(engine)
      }
    }
    try await engine.close()
  }

  @Test func `and is replaced by one that followed it is found by itself`() async throws {
    let primary = try PostgresServer()
    let database = try primary.makeDatabase()
    let standby = try PostgresServer(following: primary)
    let both = "postgres://carewindow@/\(database)?host=\(primary.folder),\(standby.folder)"
    let engine = try ScratchPostgres.engine(both)
    try await `PostgreSQL under several processes`.makeCounter(engine)
    try primary.sql("SELECT pg_current_wal_lsn()")
    var stored: Int64 = 0
    for _ in 0..<10 {
      try await `PostgreSQL under several processes`.increment(engine, .gate)
      stored += 1
    }
    try primary.crash()
    try standby.promote()
    try await `PostgreSQL under several processes`.increment(engine, .gate)
    stored += 1
    let kept = try #require(try await `PostgreSQL under several processes`.counter(engine))
    // The standby follows without anybody waiting for it, so it may be a little behind; it invents nothing.
    #expect(kept <= stored && kept >= 1)
    try await engine.close()
  }

  @Test func `a database with another order of text is refused with what to do`() throws {
    let server = try PostgresServer.shared()
    try server.sql(
      "CREATE DATABASE latin TEMPLATE template0 ENCODING 'SQL_ASCII' LOCALE 'C'"
    )
    let error = #expect(throws: StoreError.self) {
      try ScratchPostgres.engine(server.address("latin"))
    }
    #expect(error?.message.contains("CREATE DATABASE carewindow TEMPLATE template0") == true)
  }

  @Test func `an address at which nobody answers is said so, without its password`() {
    let error = #expect(throws: StoreError.self) {
      try ScratchPostgres.engine("postgres://somebody:hush@127.0.0.1:9/nothing")
    }
    #expect(error?.code == .unavailable)
    #expect(error?.description.contains("hush") == false)
  }
}
