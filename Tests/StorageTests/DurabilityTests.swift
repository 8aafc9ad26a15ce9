import Dispatch
import Foundation
import SQLiteEngine
import Storage
import Synchronization
import Testing

@Suite struct `A stored unit is on disk` {
  /// Who was answered, in order.
  private final class Answered: Sendable {
    private let state = Mutex<[String]>([])
    var names: [String] { state.withLock { $0 } }
    func note(_ name: String) { state.withLock { $0.append(name) } }
  }

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

  @Test func `a sync that fails fails every caller of the batch, and everybody after it`()
    async throws
  {
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
    // The unit that held the writer shared their transaction, or came before it and wrote nothing.
    _ = try? await first
    #expect(failures == 50)
    // The kernel forgets what it could not write, so a sync that succeeds later proves nothing.
    WatchedDisk.set(.well, path)
    await #expect {
      try await insert("after", engine)
    } throws: { error in
      (error as? StoreError)?.code == .notStored
    }
    let reopened = try ScratchDatabase.engine(path)
    try await insert("reopened", reopened)
    #expect(try await ids(reopened).contains("reopened"))
    #expect(try await !ids(reopened).contains("after"))
    try await reopened.close()
  }

  @Test func `the writer goes on while a commit is synced, and answers nobody before`() async throws
  {
    let engine = try await engine()
    let disk = DispatchSemaphore(value: 0)
    let before = WatchedDisk.logSyncs(path)
    WatchedDisk.set(.held(disk), path)
    let answered = Answered()
    await withTaskGroup { group in
      for name in ["first", "second"] {
        let (ran, run) = AsyncStream<Void>.makeStream()
        group.addTask {
          try? await engine.write(.journal) { unit in
            try unit.run("INSERT INTO scratch (id) VALUES ($id)", ["id": .text(name)])
            run.finish()
          }
          answered.note(name)
        }
        // The second runs although the first is still being synced.
        for await _ in ran {}
      }
      #expect(answered.names == [])
      #expect(WatchedDisk.logSyncs(path) == before)
      WatchedDisk.set(.well, path)
      disk.signal()
    }
    #expect(answered.names.sorted() == ["first", "second"])
    #expect(try await ids(engine) == ["first", "second"])
  }

  @Test func `a unit that writes nothing costs no sync, and waits for one that runs`() async throws
  {
    let engine = try await engine()
    try await insert("known", engine)
    let before = WatchedDisk.logSyncs(path)
    for _ in 0..<10 { try await engine.write(.rest) { _ in } }
    #expect(WatchedDisk.logSyncs(path) == before)
    let disk = DispatchSemaphore(value: 0)
    WatchedDisk.set(.held(disk), path)
    let (ran, run) = AsyncStream<Void>.makeStream()
    async let writing: Void = engine.write(.journal) { unit in
      try unit.run("INSERT INTO scratch (id) VALUES ('new')")
      run.finish()
    }
    for await _ in ran {}
    let answered = Answered()
    let (looked, look) = AsyncStream<Void>.makeStream()
    async let reading: Void = {
      try await engine.write(.gate) { unit in
        let found = try unit.rows("SELECT id FROM scratch WHERE id = 'new'") { try $0.text("id") }
        #expect(found == ["new"])
        look.finish()
      }
      answered.note("reader")
    }()
    for await _ in looked {}
    #expect(answered.names == [])
    WatchedDisk.set(.well, path)
    disk.signal()
    _ = try await (writing, reading)
    #expect(WatchedDisk.logSyncs(path) == before + 1)
  }

  @Test func `an engine that nobody holds any more lets go of its files`() async throws {
    func openFiles() throws -> [String] {
      let folder = "/proc/self/fd"
      return try FileManager.default.contentsOfDirectory(atPath: folder)
        .compactMap {
          try? FileManager.default.destinationOfSymbolicLink(atPath: "\(folder)/\($0)")
        }
        .filter { $0.contains(path) }
    }
    do {
      let engine = try await engine()
      try await insert("forgotten", engine)
      #expect(try await ids(engine) == ["forgotten"])
      #expect(try !openFiles().isEmpty)
    }
    // Its threads may still be on their way out.
    for _ in 0..<10_000 where try !openFiles().isEmpty { await Task.yield() }
    #expect(try openFiles() == [])
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
