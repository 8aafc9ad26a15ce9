import Foundation
import GRDB
import GRDBSQLite
import Storage

/// Units that share one transaction.
///
/// - Why: a commit and its sync cost about as much as fifty units.
/// - How: the units run one after the other. If one of them throws, all of it is rolled back and
///   they run again with a savepoint each, so that the one fails alone. Units rarely throw, and an
///   open savepoint copies every page that is touched, into a list that each statement walks.
/// - Otherwise: a unit with an effect beside its SQL would have it twice.
struct Batch {
  typealias Waiting = (unit: QueuedUnit, priority: WritePriority)

  let options: SQLiteEngine.Options
  let elapsed: @Sendable () -> Duration
  let dialect: SQLDialect
  let connections: Connections
  let log: LogSync
  /// How long patient units may run while somebody urgent waits.
  let allowance: Duration
  /// Takes the next unit that waits, if any: a patient one only if told so.
  let next: (_ patientToo: Bool) -> Waiting?

  /// What ran, in order.
  private var units: [Waiting] = []
  private var answers: [Answer] = []
  /// Whether somebody outside waits for this transaction.
  private var isUrgent = false
  /// How long patient units ran.
  private(set) var patientTime: Duration = .zero

  private enum Answer {
    case stored(@Sendable () -> Void)
    case failed(StoreError)
  }

  /// A unit threw: what ran with it has to run again.
  private struct SomebodyThrew: Error {}

  init(
    options: SQLiteEngine.Options,
    elapsed: @escaping @Sendable () -> Duration,
    dialect: SQLDialect,
    connections: Connections,
    log: LogSync,
    allowance: Duration,
    next: @escaping (_ patientToo: Bool) -> Waiting?
  ) {
    self.options = options
    self.elapsed = elapsed
    self.dialect = dialect
    self.connections = connections
    self.log = log
    self.allowance = allowance
    self.next = next
  }

  /// Takes units, runs them and commits them.
  ///
  /// Every caller is answered once the commit is durable, or told that nothing was stored: a unit that
  /// throws fails alone; when the transaction is lost, all that ran in it fail.
  ///
  /// - Parameter database: The writer's connection, outside any transaction.
  mutating func commit(on database: Database) {
    let end = elapsed() + options.batchTimeMax
    do {
      try commit(on: database) { batch throws in
        while let waiting = batch.take(until: end) {
          batch.units.append(waiting)
          try batch.run(waiting, apart: false, on: database)
        }
      }
    } catch {
      answers = []
      do {
        try commit(on: database) { batch throws in
          for waiting in batch.units { try batch.run(waiting, apart: true, on: database) }
        }
      } catch {
        preconditionFailure("Units that run apart fail alone.")
      }
    }
  }

  private mutating func commit(
    on database: Database,
    _ run: (inout Batch) throws -> Void
  ) throws(SomebodyThrew) {
    do {
      if let failure = log.failure { throw failure }
      try database.beginTransaction(.immediate)
      try connections.statements(of: database).recall(on: database)
    } catch {
      rollBack(database)
      // Whoever waits behind them would only wait as long again.
      while units.count < options.unitsPerBatchMax, let waiting = next(true) {
        units.append(waiting)
      }
      return fail(StoreError(sqlite: error, attempting: "Beginning a transaction"))
    }
    let pagesBefore = Self.pagesWritten(by: database)
    do {
      try run(&self)
      try database.commit()
    } catch let threw as SomebodyThrew {
      rollBack(database)
      throw threw
    } catch {
      rollBack(database)
      return fail(StoreError(sqlite: error, attempting: "Committing"))
    }
    let wrote = Self.pagesWritten(by: database) != pagesBefore
    log.sync(wrote: wrote) { [units, answers] lost in
      for (waiting, answer) in zip(units, answers) {
        switch answer {
        case .stored(let tell): if let lost { waiting.unit.fail(lost) } else { tell() }
        case .failed(let error): waiting.unit.fail(error)
        }
      }
    }
    // Whoever syncs has little to do and much depends on it: it goes first.
    if isUrgent { sched_yield() }
  }

  private func fail(_ error: StoreError) {
    for waiting in units { waiting.unit.fail(error) }
  }

  /// Takes the next unit of this transaction; `nil` when it is time to commit.
  private mutating func take(until end: Duration) -> Waiting? {
    guard units.isEmpty || units.count < options.unitsPerBatchMax && elapsed() < end else {
      return nil
    }
    return next(patientTime < allowance || !isUrgent)
  }

  /// Runs a unit.
  ///
  /// - Throws: `SomebodyThrew`, or the error with which the whole transaction was lost.
  private mutating func run(_ waiting: Waiting, apart: Bool, on database: Database) throws {
    let (unit, priority) = waiting
    let began = elapsed()
    defer { if !priority.isUrgent { patientTime += elapsed() - began } }
    if priority.isUrgent {
      isUrgent = true
    } else {
      // This takes long: whoever carries webhooks to and fro goes first.
      sched_yield()
    }
    let access = SQLiteUnit(
      database,
      connections,
      dialect: dialect,
      memory: connections.statements(of: database).memory
    )
    do {
      let tell = try apart ? access.savepoint { try unit.run(access) } : unit.run(access)
      answers.append(.stored(tell))
    } catch {
      if !apart, access.loss == nil, Self.loss(of: database) == nil { throw SomebodyThrew() }
      answers.append(.failed(StoreError(sqlite: error, attempting: "Running a unit of work")))
    }
    if let loss = access.loss ?? Self.loss(of: database) { throw loss }
  }

  /// How many pages a connection has written into the log, ever.
  private static func pagesWritten(by database: Database) -> CInt {
    var count: CInt = 0
    var highest: CInt = 0
    _ = sqlite3_db_status(
      database.sqliteConnection,
      SQLITE_DBSTATUS_CACHE_WRITE,
      &count,
      &highest,
      0
    )
    return count
  }

  /// SQLite ends the whole transaction by itself after some errors.
  private static func loss(of database: Database) -> StoreError? {
    guard sqlite3_get_autocommit(database.sqliteConnection) != 0 else { return nil }
    return StoreError(code: .notStored, message: "The transaction was lost")
  }

  private func rollBack(_ database: Database) {
    connections.statements(of: database).memory.forget()
    guard sqlite3_get_autocommit(database.sqliteConnection) == 0 else { return }
    // Nothing can be done about a rollback that fails too: SQLite rolls back when the file is
    // next opened, and nobody is told that anything was stored.
    try? database.rollback()
  }
}
