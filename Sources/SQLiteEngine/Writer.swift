import Dispatch
import GRDB
import Storage
import Synchronization

/// The one writer: whoever arrives while a commit runs shares the next one.
///
/// Batching is natural, there is no timer: a lone unit commits at once, and under load a batch is
/// as large as what arrived during the commit before it.
final class Writer: Sendable {
  private struct State {
    var backlog = Backlog<QueuedUnit>()
    var pace: Pace
    /// True from the first unit that waits until the backlog is empty again.
    var isDraining = false
    var isClosed = false
    /// Whoever waits for the backlog to be empty before closing.
    var closing: CheckedContinuation<Void, Never>?
  }

  private let pool: DatabasePool
  private let options: SQLiteEngine.Options
  private let elapsed: @Sendable () -> Duration
  private let dialect: SQLDialect
  private let connections: Connections
  private let log: LogSync
  /// Called by every commit, so it lives as long as there may be one.
  private let checkpointer: Checkpointer
  private let state: Mutex<State>

  init(
    pool: DatabasePool,
    options: SQLiteEngine.Options,
    elapsed: @escaping @Sendable () -> Duration,
    dialect: SQLDialect,
    connections: Connections,
    log: LogSync,
    checkpointer: Checkpointer
  ) {
    self.pool = pool
    self.options = options
    self.elapsed = elapsed
    self.dialect = dialect
    self.connections = connections
    self.log = log
    self.checkpointer = checkpointer
    state = Mutex(State(pace: Pace(share: options.patientShare, limit: options.batchTimeMax)))
  }

  /// How many units wait for their turn.
  var waiting: Int { state.withLock { $0.backlog.count } }

  /// Lets a unit wait for its turn, and starts the writer when it rests.
  func enqueue(_ unit: QueuedUnit, _ priority: WritePriority) {
    let (closed, starts) = state.withLock { state in
      guard !state.isClosed else { return (true, false) }
      state.backlog.append(unit, priority)
      defer { state.isDraining = true }
      return (false, !state.isDraining)
    }
    if closed { unit.fail(.engineClosed) }
    if starts { schedule() }
  }

  /// Runs something on the writer's connection between two batches, outside any transaction.
  func outside(_ action: @escaping @Sendable (Database) -> Void) {
    pool.asyncWriteWithoutTransaction(action)
  }

  /// Takes no more units and returns when all that wait are committed.
  func finish() async {
    await withCheckedContinuation { continuation in
      let done = state.withLock { state in
        state.isClosed = true
        guard state.isDraining else { return true }
        state.closing = continuation
        return false
      }
      if done { continuation.resume() }
    }
  }

  /// How many batches follow each other before somebody else may use the writer's connection: a
  /// checkpoint can wait for some, and a change of threads costs as much as a small batch.
  private static let batchesPerTurn = 16

  private func schedule() {
    pool.asyncWriteWithoutTransaction { [self] database in
      for _ in 0..<Self.batchesPerTurn {
        guard commitBatch(on: database) else { return }
      }
      schedule()
    }
  }

  /// Commits the next batch.
  ///
  /// - Returns: Whether more units wait.
  private func commitBatch(on database: Database) -> Bool {
    let began = elapsed()
    var batch = Batch(
      options: options,
      elapsed: elapsed,
      dialect: dialect,
      connections: connections,
      log: log,
      allowance: state.withLock { $0.pace.allowance },
      next: { patientToo in self.state.withLock { $0.backlog.next(patientToo: patientToo) } }
    )
    batch.commit(on: database)
    let took = elapsed() - began
    let (again, closing) = state.withLock { state in
      state.pace.note(took, patient: batch.patientTime)
      guard state.backlog.isEmpty else { return (true, nil as CheckedContinuation<Void, Never>?) }
      state.isDraining = false
      defer { state.closing = nil }
      return (false, state.closing)
    }
    closing?.resume()
    return again
  }
}

extension StoreError {
  /// The engine has been closed.
  static var engineClosed: StoreError {
    StoreError(code: .closed, message: "The database has been closed")
  }
}
