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
  let units: [Backlog<QueuedUnit>.Waiting]
  let options: SQLiteEngine.Options
  let elapsed: @Sendable () -> Duration
  let dialect: SQLDialect
  /// How long patient units may run while somebody urgent waits for this batch or the next.
  let allowance: Duration
  /// Whether somebody urgent waits for the next batch.
  let isUrgent: () -> Bool

  /// What came of a batch.
  struct Outcome {
    /// The units whose turn did not come: the batch had lasted long enough, or was lost.
    var rest: ArraySlice<Backlog<QueuedUnit>.Waiting> = []
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
  func commit(on database: Database) -> Outcome {
    do {
      return try commit(on: database, apart: false)
    } catch is SomebodyThrew {
      do {
        return try commit(on: database, apart: true)
      } catch {
        preconditionFailure("Units that run apart fail alone.")
      }
    } catch {
      preconditionFailure("A batch answers its callers itself.")
    }
  }

  private struct SomebodyThrew: Error {}

  private enum Answer {
    case stored(@Sendable () -> Void)
    case failed(QueuedUnit, StoreError)
  }

  private func commit(on database: Database, apart: Bool) throws -> Outcome {
    do {
      try database.beginTransaction(.immediate)
    } catch {
      let error = StoreError(sqlite: error, attempting: "Beginning a transaction")
      for waiting in units { waiting.unit.fail(error) }
      return Outcome()
    }
    var answers: [Answer] = []
    answers.reserveCapacity(units.count)
    let end = elapsed() + options.batchTimeMax
    var patientSince: Duration?
    for (unit, priority) in units {
      let now = elapsed()
      if !priority.isUrgent, patientSince == nil { patientSince = now }
      if !answers.isEmpty {
        let patientTime = patientSince.map { now - $0 }
        if now >= end || patientTime.map({ isContested && $0 >= allowance }) ?? false { break }
      }
      let access = SQLiteUnit(database, dialect: dialect)
      do {
        let tell = try apart ? access.savepoint { try unit.run(access) } : unit.run(access)
        answers.append(.stored(tell))
      } catch {
        if !apart, access.loss == nil, Self.loss(of: database) == nil {
          rollBack(database)
          // Alone there is nobody else to keep anything of.
          guard units.count > 1 else {
            units[0].unit.fail(StoreError(sqlite: error, attempting: "Running a unit of work"))
            return Outcome()
          }
          throw SomebodyThrew()
        }
        answers.append(
          .failed(unit, StoreError(sqlite: error, attempting: "Running a unit of work"))
        )
      }
      if let loss = access.loss ?? Self.loss(of: database) {
        fail(answers.count, with: loss, on: database)
        return Outcome(rest: units[answers.count...])
      }
    }
    let patientTime = patientSince.map { elapsed() - $0 } ?? .zero
    do {
      try database.commit()
    } catch {
      fail(answers.count, with: StoreError(sqlite: error, attempting: "Committing"), on: database)
      return Outcome(rest: units[answers.count...], patientTime: patientTime)
    }
    for answer in answers {
      switch answer {
      case .stored(let tell): tell()
      case .failed(let unit, let error): unit.fail(error)
      }
    }
    return Outcome(rest: units[answers.count...], patientTime: patientTime)
  }

  /// Whether somebody urgent waits for this batch or the next.
  private var isContested: Bool { units.first?.priority.isUrgent == true || isUrgent() }

  /// SQLite ends the whole transaction by itself after some errors.
  private static func loss(of database: Database) -> StoreError? {
    guard sqlite3_get_autocommit(database.sqliteConnection) != 0 else { return nil }
    return StoreError(code: .notStored, message: "The transaction was lost")
  }

  private func fail(_ count: Int, with error: StoreError, on database: Database) {
    rollBack(database)
    for waiting in units.prefix(count) { waiting.unit.fail(error) }
  }

  private func rollBack(_ database: Database) {
    guard sqlite3_get_autocommit(database.sqliteConnection) == 0 else { return }
    // Nothing can be done about a rollback that fails too: SQLite rolls back when the file is
    // next opened, and nobody is told that anything was stored.
    try? database.rollback()
  }
}
