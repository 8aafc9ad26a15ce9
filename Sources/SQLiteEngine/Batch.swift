import GRDB
import GRDBSQLite
import Storage

/// Units that share one transaction and one sync.
///
/// - Why: a sync costs about as much as fifty units.
/// - How: the units run one after the other. If one of them throws, all of it is rolled back and
///   they run again with a savepoint each, so that the one fails alone. Units rarely throw, and an
///   open savepoint copies every page that is touched, into a list that each statement walks.
/// - Otherwise: a unit with an effect beside its SQL would have it twice.
struct Batch {
  typealias Waiting = Backlog<QueuedUnit>.Waiting

  let options: SQLiteEngine.Options
  let elapsed: @Sendable () -> Duration
  let dialect: SQLDialect
  /// How long patient units may run while somebody urgent waits for this batch or the next.
  let allowance: Duration
  /// Whether somebody urgent waits for the next batch.
  let isUrgent: () -> Bool
  /// Takes who waits urgently by now, at most so many: they need not wait for another sync.
  let latecomers: (Int) -> [Waiting]

  /// What runs, in order.
  private var units: [Waiting]
  private var outcome = Outcome()

  init(
    _ units: [Waiting],
    options: SQLiteEngine.Options,
    elapsed: @escaping @Sendable () -> Duration,
    dialect: SQLDialect,
    allowance: Duration,
    isUrgent: @escaping () -> Bool,
    latecomers: @escaping (Int) -> [Waiting]
  ) {
    self.units = units
    self.options = options
    self.elapsed = elapsed
    self.dialect = dialect
    self.allowance = allowance
    self.isUrgent = isUrgent
    self.latecomers = latecomers
  }

  /// What came of a batch.
  struct Outcome {
    /// The units whose turn did not come: the batch had lasted long enough, or was lost.
    var rest: [Waiting] = []
    /// How long patient units ran.
    var patientTime: Duration = .zero
  }

  /// Runs the units and commits them.
  ///
  /// Every caller is answered after the commit, or told that nothing was stored: a unit that
  /// throws fails alone; when the transaction is lost, all that ran in it fail.
  ///
  /// - Parameter database: The writer's connection, outside any transaction.
  /// - Returns: What came of it.
  mutating func commit(on database: Database) -> Outcome {
    do {
      try commit(on: database, apart: false)
    } catch {
      do {
        try commit(on: database, apart: true)
      } catch {
        preconditionFailure("Units that run apart fail alone.")
      }
    }
    return outcome
  }

  private enum Answer {
    case stored(@Sendable () -> Void)
    case failed(QueuedUnit, StoreError)
  }

  /// A unit threw: what ran with it has to run again.
  private struct SomebodyThrew: Error {}

  private mutating func commit(on database: Database, apart: Bool) throws(SomebodyThrew) {
    do {
      try database.beginTransaction(.immediate)
    } catch {
      let error = StoreError(sqlite: error, attempting: "Beginning a transaction")
      for waiting in units { waiting.unit.fail(error) }
      return
    }
    var answers: [Answer] = []
    answers.reserveCapacity(options.unitsPerBatchMax)
    do {
      let end = elapsed() + options.batchTimeMax
      try run(&answers, apart: apart, until: end, on: database)
      if !apart {
        units += latecomers(options.unitsPerBatchMax - units.count)
        try run(&answers, apart: apart, until: end, on: database)
      }
      try database.commit()
    } catch let threw as SomebodyThrew {
      rollBack(database)
      throw threw
    } catch {
      rollBack(database)
      let error = StoreError(sqlite: error, attempting: "Committing")
      for waiting in units.prefix(answers.count) { waiting.unit.fail(error) }
      setAside(from: answers.count)
      return
    }
    for answer in answers {
      switch answer {
      case .stored(let tell): tell()
      case .failed(let unit, let error): unit.fail(error)
      }
    }
  }

  /// Runs the units that have no answer yet, and sets those aside whose turn does not come.
  ///
  /// - Throws: `SomebodyThrew`, or the error with which the whole transaction was lost.
  private mutating func run(
    _ answers: inout [Answer],
    apart: Bool,
    until end: Duration,
    on database: Database
  ) throws {
    var patientSince: Duration?
    defer { outcome.patientTime += patientSince.map { elapsed() - $0 } ?? .zero }
    while answers.count < units.count {
      let (unit, priority) = units[answers.count]
      let now = elapsed()
      if !priority.isUrgent, patientSince == nil { patientSince = now }
      if !answers.isEmpty {
        let patientTime = patientSince.map { now - $0 }
        if now >= end || patientTime.map({ isContested && $0 >= allowance }) ?? false {
          return setAside(from: answers.count)
        }
      }
      let access = SQLiteUnit(database, dialect: dialect)
      do {
        let tell = try apart ? access.savepoint { try unit.run(access) } : unit.run(access)
        answers.append(.stored(tell))
      } catch {
        if !apart, access.loss == nil, Self.loss(of: database) == nil { throw SomebodyThrew() }
        answers.append(
          .failed(unit, StoreError(sqlite: error, attempting: "Running a unit of work"))
        )
      }
      if let loss = access.loss ?? Self.loss(of: database) { throw loss }
    }
  }

  private mutating func setAside(from index: Int) {
    outcome.rest += units[index...]
    units.removeSubrange(index...)
  }

  /// Whether somebody urgent waits for this batch or the next.
  private var isContested: Bool { units.first?.priority.isUrgent == true || isUrgent() }

  /// SQLite ends the whole transaction by itself after some errors.
  private static func loss(of database: Database) -> StoreError? {
    guard sqlite3_get_autocommit(database.sqliteConnection) != 0 else { return nil }
    return StoreError(code: .notStored, message: "The transaction was lost")
  }

  private func rollBack(_ database: Database) {
    guard sqlite3_get_autocommit(database.sqliteConnection) == 0 else { return }
    // Nothing can be done about a rollback that fails too: SQLite rolls back when the file is
    // next opened, and nobody is told that anything was stored.
    try? database.rollback()
  }
}
