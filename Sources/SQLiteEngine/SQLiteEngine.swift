import CSQLite
import Dispatch
import Foundation
import GRDB
import GRDBSQLite
package import Storage

/// The seam over SQLite: one file, one writer, any number of readers, no server.
///
/// - Why: a company with one machine needs no database server, and a commit of many small units
///   together costs one sync of the disk.
/// - Advice: one engine per file and process; verbs of the command line may open the same file
///   beside it.
/// - Otherwise: two engines on one file in one process still work, but no longer share commits.
package final class SQLiteEngine: SQLEngine {
  /// How an engine behaves; the defaults are for production.
  package struct Options: Sendable {
    /// How long a commit waits for another process, in elapsed time.
    ///
    /// Meta gives a webhook about 20 s: long enough for any verb, short enough to answer 503.
    package var busyTimeout: Duration = .seconds(5)
    /// How many units share one transaction at most: 256 keep a commit under 5 ms and make the
    /// cost of its sync vanish (docs/benchmarks.md).
    package var unitsPerBatchMax = 256
    /// How long units are added to one transaction at most; the first of them waits that long.
    package var batchTimeMax: Duration = .milliseconds(20)
    /// The share of the writer's time that units have whom nobody outside waits for, while somebody
    /// else is waited for: enough to fold half of what arrives at its fastest, and what is left soon
    /// after (docs/benchmarks.md).
    package var patientShare = 0.3
    /// How many connections read beside the writer.
    package var readers = 4
    /// Memory for pages of the writer, in KiB.
    ///
    /// Enough for the inner pages of a million customers and for what is written again and again.
    /// More would cost more than it saves: SQLite looks at every page it holds at the end of each
    /// commit that split one.
    package var writerCacheKiB = 16 * 1024
    /// After how many frames (pages of 4 KiB) of write-ahead log it is copied in the background.
    package var checkpointFrames = 8_192
    /// From how many frames on the log is started over: in 64 MiB a busy page is copied twice, not
    /// for every commit that touched it.
    package var restartFrames = 16_384
    /// The size the log's file is cut to when it starts over, in bytes.
    package var logBytesMax = 80 * 1024 * 1024
    /// How many pages the database may have; `nil`: as many as the disk takes.
    ///
    /// For tests of a full disk.
    package var pagesMax: Int?

    /// The defaults.
    package init() {}
  }

  /// How SQLite writes what databases write differently.
  package let dialect = SQLDialect(
    identityColumn: "INTEGER PRIMARY KEY",
    bytesColumn: "BLOB",
    keyedTable: "WITHOUT ROWID"
  )

  /// One process serves a file.
  package let isShared = false

  private let pool: DatabasePool
  private let writer: Writer
  private let log: LogSync
  private let checkpointer: Checkpointer
  private let connections = Connections()

  /// Opens a database, and creates it when there is none.
  ///
  /// - Parameters:
  ///   - path: The file. It is created for this user only (0600).
  ///   - options: How the engine behaves.
  ///   - elapsed: Elapsed time since any fixed instant; measures how long a batch is open.
  /// - Throws: `StoreError`: `foreignOwner`, `unavailable`, `damaged`.
  package init(
    path: String,
    options: Options = Options(),
    elapsed: @escaping @Sendable () -> Duration
  ) throws(StoreError) {
    Self.tuned
    try DatabaseFile(path: path).prepare()
    do {
      var configuration = Self.configuration(options)
      configuration.prepareDatabase { [connections] in connections.opened($0) }
      pool = try DatabasePool(path: path, configuration: configuration)
      try pool.writeWithoutTransaction { database in
        try Self.prepare(database, options)
      }
      checkpointer = try Checkpointer(path: path, pool: pool, options: options)
      checkpointer.start()
      log = try LogSync(path: path, configuration: Self.configuration(options))
      writer = Writer(
        pool: pool,
        options: options,
        elapsed: elapsed,
        dialect: dialect,
        connections: connections,
        log: log,
        checkpointer: checkpointer
      )
    } catch {
      throw StoreError(sqlite: error, attempting: "Opening the database \(path)")
    }
  }

  /// What is said to SQLite once, before the first connection.
  ///
  /// Whoever used SQLite before keeps its account; only speed depends on it.
  private static let tuned: Void = { _ = sqliteKeepNoAccountOfMemory() }()

  /// Runs a unit on the one writer; it has reached the disk when its answer comes.
  package func write<Answer: Sendable>(
    _ priority: WritePriority,
    _ unit: @escaping @Sendable (any SQLUnit) throws -> Answer,
    answered: @escaping @Sendable (Result<Answer, StoreError>) -> Void
  ) {
    writer.enqueue(QueuedUnit(unit, answered: answered), priority)
  }

  /// Runs a unit as every other: SQLite has one writer at a time, whatever the process.
  package func writeAlone<Answer: Sendable>(
    _ unit: @escaping @Sendable (any SQLUnit) throws -> Answer
  ) async throws(StoreError) -> Answer {
    try await write(.rest, unit)
  }

  /// Runs a unit on a connection that cannot write, over what was committed when it began.
  package func read<Answer: Sendable>(
    _ unit: @escaping @Sendable (any SQLUnit) throws -> Answer
  ) async throws(StoreError) -> Answer {
    let (dialect, connections) = (dialect, connections)
    let result: Result<Answer, StoreError> = await withCheckedContinuation { continuation in
      pool.asyncRead { access in
        continuation.resume(
          returning: Result { () throws(StoreError) in
            do {
              return try unit(
                SQLiteUnit(try access.get(), connections, dialect: dialect, memory: UnitMemory())
              )
            } catch {
              throw StoreError(sqlite: error, attempting: "Reading")
            }
          }
        )
      }
    }
    return try result.get()
  }

  /// Differs from an earlier answer when another process has committed since.
  package func changeToken() async throws(StoreError) -> Int64 {
    // The writer is the only connection of this process that commits, so what moves its
    // data_version are commits of other processes, and checkpoints never do.
    let result: Result<Int64, StoreError> = await withCheckedContinuation { continuation in
      writer.outside { database in
        continuation.resume(
          returning: Result { () throws(StoreError) in
            do {
              return try Int64.fetchOne(database, sql: "PRAGMA data_version") ?? 0
            } catch {
              throw StoreError(sqlite: error, attempting: "Looking for changes by others")
            }
          }
        )
      }
    }
    return try result.get()
  }

  /// Ends the units that wait, copies the log into the file, and lets go of it.
  package func close() async throws(StoreError) {
    await writer.finish()
    log.finish()
    // Whoever copies the one file after a clean stop has all of it. Beside another process that
    // reads, the log stays, and the next who opens the file finds it.
    _ = try? await pool.writeWithoutTransaction { try $0.checkpoint(.truncate) }
    do {
      try checkpointer.close()
      connections.close()
      try pool.close()
      // The last to close takes the log's file away, if it may write: readers may not.
      try log.close()
    } catch {
      throw StoreError(sqlite: error, attempting: "Closing the database")
    }
  }

  /// Writes a consistent copy of the database while it is in use.
  ///
  /// - Parameter path: A file that does not exist yet; it is created for this user only (0600).
  /// - Throws: `StoreError`.
  package func backup(to path: String) async throws(StoreError) {
    guard !FileManager.default.fileExists(atPath: path) else {
      throw StoreError(
        code: .unavailable,
        message: "The file \(path) exists already; name one that does not"
      )
    }
    try DatabaseFile(path: path).prepare()
    let pool = pool
    let result: Result<Void, StoreError> = await withCheckedContinuation { continuation in
      DispatchQueue.global().async {
        continuation.resume(
          returning: Result { () throws(StoreError) in
            do {
              let copy = try DatabaseQueue(path: path)
              try pool.backup(to: copy)
              try copy.close()
            } catch {
              throw StoreError(sqlite: error, attempting: "Copying the database to \(path)")
            }
          }
        )
      }
    }
    try result.get()
  }

  /// How many units of work wait for the writer.
  package var waiting: Int { writer.waiting }

  private static func configuration(_ options: Options) -> Configuration {
    var configuration = Configuration()
    configuration.busyMode = .timeout(options.busyTimeout / .seconds(1))
    configuration.maximumReaderCount = options.readers
    configuration.foreignKeysEnabled = true
    return configuration
  }

  private static func prepare(_ database: Database, _ options: Options) throws {
    // The log is synced before it is copied, and each commit in it by `LogSync` before it is answered.
    try database.execute(sql: "PRAGMA synchronous = NORMAL")
    let level = try Int.fetchOne(database, sql: "PRAGMA synchronous")
    precondition(level == 1, "a checkpoint must sync the log first")
    let mode = try String.fetchOne(database, sql: "PRAGMA journal_mode")
    precondition(mode == "wal", "the database must have a write-ahead log")
    // A savepoint keeps the pages it may have to give back in a file of its own unless told otherwise.
    try database.execute(sql: "PRAGMA temp_store = MEMORY")
    // Debian's SQLite overwrites what is deleted; do so only where it costs no further page.
    _ = try String.fetchOne(database, sql: "PRAGMA secure_delete = FAST")
    try database.execute(sql: "PRAGMA cache_size = -\(options.writerCacheKiB)")
    try database.execute(sql: "PRAGMA journal_size_limit = \(options.logBytesMax)")
    if let pagesMax = options.pagesMax {
      _ = try Int.fetchOne(database, sql: "PRAGMA max_page_count = \(pagesMax)")
    }
  }
}
