import GRDB
import GRDBSQLite
import Storage
import Synchronization

/// Makes commits durable while the writer goes on with the next, and then answers their callers.
///
/// - Why: a sync takes as long as folding ten messages. A writer that waits for it does nothing else,
///   and neither does whoever waits for the writer.
/// - How: a commit writes into the write-ahead log and returns (`synchronous = NORMAL`). The log is
///   synced here, on a connection and a thread of its own, and nobody is answered before. Commits that
///   arrive while a sync runs share the next one.
/// - Otherwise: what is read may be ahead of the disk by one sync, but nobody was told that it is kept.
///   A power cut takes it back, as if it had come that moment earlier.
///
/// A sync that fails is final: the kernel may have dropped what it could not write, and the next sync
/// would say that all is well. So whoever waits is told that nothing was stored, nothing is written any
/// more, and the next start finds out what the disk has.
/// Source: "Fsync Errors", PostgreSQL wiki, read 2026-11-21.
final class LogSync: Sendable {
  /// Answers the callers of a commit: it is durable, or why it is not.
  typealias Answer = @Sendable (StoreError?) -> Void

  private struct State {
    var waiting: [Answer] = []
    /// Whether one of those who wait has written anything.
    var isDirty = false
    var isSyncing = false
    var failure: StoreError?
  }

  private let connection: DatabaseQueue
  private let state = Mutex(State())

  init(path: String, configuration: Configuration) throws {
    connection = try DatabaseQueue(path: path, configuration: configuration)
    try connection.writeWithoutTransaction { database in
      sqlite3_wal_autocheckpoint(database.sqliteConnection, 0)
      // A connection opens the log's file when it first reads.
      _ = try Int.fetchOne(database, sql: "SELECT COUNT(*) FROM sqlite_schema")
    }
  }

  /// Why nothing can be made durable any more; `nil` while all is well.
  var failure: StoreError? { state.withLock(\.failure) }

  /// Has a commit answered as soon as it, and every one before it, is durable.
  ///
  /// `wrote` is false for one that changed nothing: it needs no sync of its own.
  func sync(wrote: Bool, _ answer: @escaping Answer) {
    let (isSyncing, failure) = state.withLock { state in
      let isSyncing = state.isSyncing
      if wrote || isSyncing {
        state.waiting.append(answer)
        state.isDirty = state.isDirty || wrote
        state.isSyncing = true
      }
      return (isSyncing, state.failure)
    }
    guard !isSyncing else { return }
    guard wrote else { return answer(failure) }
    connection.asyncWriteWithoutTransaction { [self] database in
      while syncOnce(database) {}
    }
  }

  /// Returns whether anybody waited for it.
  private func syncOnce(_ database: Database) -> Bool {
    let (waiting, isDirty, known) = state.withLock { state in
      defer {
        state.isSyncing = !state.waiting.isEmpty
        state.waiting = []
        state.isDirty = false
      }
      return (state.waiting, state.isDirty, state.failure)
    }
    guard !waiting.isEmpty else { return false }
    let failure = isDirty && known == nil ? Self.sync(database) : known
    state.withLock { $0.failure = failure }
    for answer in waiting { answer(failure) }
    return true
  }

  private static func sync(_ database: Database) -> StoreError? {
    var log: UnsafeMutablePointer<sqlite3_file>?
    let found = sqlite3_file_control(
      database.sqliteConnection,
      "main",
      SQLITE_FCNTL_JOURNAL_POINTER,
      &log
    )
    guard found == SQLITE_OK, let log, let methods = log.pointee.pMethods else {
      return StoreError(code: .notStored, message: "The log has no file to sync (\(found))")
    }
    let code = methods.pointee.xSync(log, SQLITE_SYNC_NORMAL)
    guard code != SQLITE_OK else { return nil }
    return StoreError(
      code: .notStored,
      message: "The disk did not keep what was written (\(code)). Nothing is stored any more: look "
        + "after the disk, then start again"
    )
  }

  /// Returns when everything that was committed is synced and answered.
  func finish() {
    connection.writeWithoutTransaction { _ in }
  }

  /// Ends what waits and lets go of the file; nothing may be committed afterwards.
  func close() throws {
    try connection.close()
  }
}
