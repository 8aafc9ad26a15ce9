import Dispatch
import SQLiteEngine
import Storage
import Testing

@Suite struct `A stored unit is on disk` {
  private let path = ScratchDatabase.path()

  private func engine(_ options: SQLiteEngine.Options = .init()) async throws -> SQLiteEngine {
    WatchedDisk.install
    let engine = try ScratchDatabase.engine(path, options: options)
    try await engine.write(.rest) { unit in
      try unit.run("CREATE TABLE scratch (id TEXT PRIMARY KEY)")
    }
    return engine
  }

  private func insert(_ id: String, _ engine: SQLiteEngine) async throws {
    try await engine.write(.journal) { unit in
      try unit.run("INSERT INTO scratch (id) VALUES ($id)", ["id": .text(id)])
    }
  }

  private func ids(_ engine: SQLiteEngine) async throws -> [String] {
    try await engine.read { unit in
      try unit.rows("SELECT id FROM scratch ORDER BY id") { try $0.text("id") }
    }
  }

  @Test func `every unit that is acknowledged was followed by a sync first`() async throws {
    let engine = try await engine()
    for index in 0..<10 {
      let before = WatchedDisk.logSyncs(path)
      try await insert("\(index)", engine)
      #expect(WatchedDisk.logSyncs(path) > before)
    }
    #expect(try engine.synchronousLevel() == 2)
  }

  @Test func `units that arrive together share one sync, and all wait for it`() async throws {
    // On a busy machine a hundred units may take longer than a batch is meant to.
    var options = SQLiteEngine.Options()
    options.batchTimeMax = .seconds(600)
    let engine = try await engine(options)
    let (begun, begin) = AsyncStream<Void>.makeStream()
    let mayEnd = DispatchSemaphore(value: 0)
    async let first: Void = engine.write(.rest) { _ in
      begin.finish()
      mayEnd.wait()
    }
    for await _ in begun {}
    let before = WatchedDisk.logSyncs(path)
    let syncsAtAnswer = try await withThrowingTaskGroup(of: Int.self) { group in
      for index in 0..<100 {
        group.addTask {
          try await insert("\(index)", engine)
          return WatchedDisk.logSyncs(path) - before
        }
      }
      // The writer is still held; let the hundred arrive behind it.
      while engine.waiting < 100 { await Task.yield() }
      mayEnd.signal()
      return try await group.reduce(into: []) { $0.append($1) }
    }
    try await first
    #expect(syncsAtAnswer == [Int](repeating: 1, count: 100))
    #expect(WatchedDisk.logSyncs(path) - before == 1)
  }

  @Test func `a full disk fails the unit, keeps what was stored, and ends when there is room`()
    async throws
  {
    let engine = try await engine()
    try await insert("before", engine)
    WatchedDisk.set(.full, path)
    await #expect {
      try await insert("lost", engine)
    } throws: { error in
      (error as? StoreError)?.code == .notStored
    }
    #expect(try await ids(engine) == ["before"])
    WatchedDisk.set(.well, path)
    try await insert("after", engine)
    #expect(try await ids(engine) == ["after", "before"])
  }

  @Test func `a database at its size limit says that nothing was stored`() async throws {
    var options = SQLiteEngine.Options()
    options.pagesMax = 20
    let engine = try await engine(options)
    var stored = 0
    await #expect {
      for index in 0..<1_000 {
        try await insert(String(repeating: "\(index)", count: 400), engine)
        stored += 1
      }
    } throws: { error in
      (error as? StoreError)?.code == .notStored
    }
    #expect(try await ids(engine).count == stored)
  }

  @Test func `a sync that fails fails every caller of the batch, and nobody else`() async throws {
    let engine = try await engine()
    let (begun, begin) = AsyncStream<Void>.makeStream()
    let mayEnd = DispatchSemaphore(value: 0)
    async let first: Void = engine.write(.rest) { _ in
      begin.finish()
      mayEnd.wait()
    }
    for await _ in begun {}
    let failures = try await withThrowingTaskGroup(of: Bool.self) { group in
      for index in 0..<50 {
        group.addTask {
          do {
            try await insert("\(index)", engine)
            return false
          } catch let error as StoreError {
            return error.code == .notStored
          }
        }
      }
      while engine.waiting < 50 { await Task.yield() }
      WatchedDisk.set(.broken, path)
      mayEnd.signal()
      return try await group.reduce(0) { $0 + ($1 ? 1 : 0) }
    }
    // The unit that held the writer wrote nothing, so that its commit needed no sync.
    try await first
    #expect(failures == 50)
    WatchedDisk.set(.well, path)
    try await insert("after", engine)
    #expect(try await ids(engine) == ["after"])
  }

  @Test func `what was acknowledged is there when the file is opened again`() async throws {
    let engine = try await engine()
    try await withThrowingTaskGroup(of: Void.self) { group in
      for index in 0..<300 { group.addTask { try await insert("\(index)", engine) } }
      try await group.waitForAll()
    }
    // Not closed: as after a crash, everything is in the log.
    let reopened = try ScratchDatabase.engine(path)
    #expect(try await ids(reopened).count == 300)
    try await reopened.close()
  }

  @Test func `a busy writer's log is started over, and its file stays short`() async throws {
    var options = SQLiteEngine.Options()
    options.checkpointFrames = 50
    options.restartFrames = 200
    let engine = try await engine(options)
    let text = String(repeating: "x", count: 2_000)
    for round in 0..<300 {
      try await engine.write(.journal) { unit in
        for index in 0..<10 {
          try unit.run(
            "INSERT INTO scratch (id) VALUES ($id)",
            ["id": .text("\(round) \(index) \(text)")]
          )
        }
      }
    }
    let bytes = try #require(ScratchDatabase.bytes(path + "-wal"))
    // About 300 rounds of 10 frames were written; a log that never restarts would hold them all.
    #expect(bytes < 1_500 * 4_096, "\(bytes / 4_096) frames")
    #expect(try await ids(engine).count == 3_000)
    try await engine.close()
  }
}
