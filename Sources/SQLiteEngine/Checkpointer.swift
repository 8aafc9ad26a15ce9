import GRDB
import GRDBSQLite
import Storage
import Synchronization

/// Copies the write-ahead log into the database, and keeps the log short.
///
/// - Why: a checkpoint on the writer costs every sender 12 to 18 ms at p99; one in the background
///   alone never catches the last frames of a busy writer, so the log grows for ever.
/// - How: after every `checkpointFrames` frames the log is copied in the background (PASSIVE, on a
///   connection of its own). When it has grown past `restartFrames`, the few frames that are left
///   are copied on the writer between two batches, so that the next commit starts the log over.
/// - Otherwise: a reader that stays open for long keeps the log from starting over; it then grows
///   until that reader is done, and is cut to `logBytesMax` afterwards.
final class Checkpointer: Sendable {
  private struct State {
    /// Frames the log had when it was last copied.
    var copied = 0
    var isCopying = false
  }

  private let pool: DatabasePool
  private let background: DatabaseQueue
  private let options: SQLiteEngine.Options
  private let state = Mutex(State())

  init(path: String, pool: DatabasePool, options: SQLiteEngine.Options) throws {
    self.pool = pool
    self.options = options
    background = try DatabaseQueue(path: path)
    try background.writeWithoutTransaction { database in
      sqlite3_wal_autocheckpoint(database.sqliteConnection, 0)
      try database.execute(sql: "PRAGMA synchronous = NORMAL")
    }
  }

  /// Begins to look at the log after each commit of the writer.
  ///
  /// The connection does not keep this object alive: whoever commits on it must, until `close`.
  func start() {
    let watcher = Unmanaged.passUnretained(self).toOpaque()
    pool.writeWithoutTransaction { database in
      // The hook replaces SQLite's own checkpoint on the writer.
      _ = sqlite3_wal_hook(
        database.sqliteConnection,
        { watcher, _, _, frames in
          if let watcher {
            Unmanaged<Checkpointer>.fromOpaque(watcher).takeUnretainedValue().grown(to: Int(frames))
          }
          return SQLITE_OK
        },
        watcher
      )
    }
  }

  /// Stops looking at the log, and closes the connection that copied it.
  func close() throws {
    pool.writeWithoutTransaction { database in
      _ = sqlite3_wal_hook(database.sqliteConnection, nil, nil)
    }
    try background.close()
  }

  /// Called by SQLite after each commit of the writer.
  private func grown(to frames: Int) {
    let due = state.withLock { state in
      if frames < state.copied { state.copied = 0 }  // The log was started over.
      guard !state.isCopying, frames - state.copied >= options.checkpointFrames else {
        return false
      }
      state.isCopying = true
      state.copied = frames
      return true
    }
    guard due else { return }
    background.asyncWriteWithoutTransaction { [self] database in
      let frames = Self.checkpoint(database)
      guard frames > options.restartFrames else { return done() }
      pool.asyncWriteWithoutTransaction { [self] database in
        _ = Self.checkpoint(database)
        done()
      }
    }
  }

  private func done() {
    state.withLock { $0.isCopying = false }
  }

  /// Copies what can be copied without waiting for anybody.
  ///
  /// - Returns: How many frames the log has. A failure is not reported: the log keeps what could
  ///   not be copied, the next commit asks again, and a disk that fails is seen by the commit.
  private static func checkpoint(_ database: Database) -> Int {
    var frames: CInt = 0
    var copied: CInt = 0
    _ = sqlite3_wal_checkpoint_v2(
      database.sqliteConnection,
      nil,
      SQLITE_CHECKPOINT_PASSIVE,
      &frames,
      &copied
    )
    return Int(frames)
  }
}
