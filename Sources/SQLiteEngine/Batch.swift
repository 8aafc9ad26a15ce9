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
  /// Whether somebody urgent waits for the next batch.
  let isUrgent: () -> Bool

  /// Runs the units and commits them.
  ///
  /// Every caller is answered after the commit, or told that nothing was stored: a unit that
  /// throws fails alone; when the transaction is lost, all that ran in it fail.
  ///
  /// - Parameter database: The writer's connection, outside any transaction.
  /// - Returns: The units whose turn did not come: the batch had lasted long enough, or was lost.
  func commit(on database: Database) -> ArraySlice<Backlog<QueuedUnit>.Waiting> {
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

  private func commit(on database: Database, apart: Bool) throws -> ArraySlice<
    Backlog<QueuedUnit>.Waiting
  > {
    do {
      try database.beginTransaction(.immediate)
    } catch {
      let error = StoreError(sqlite: error, attempting: "Beginning a transaction")
      for waiting in units { waiting.unit.fail(error) }
      return []
    }
    var answers: [Answer] = []
    answers.reserveCapacity(units.count)
    var time = TimeSpent(began: elapsed(), options: options)
    for (unit, priority) in units {
      if !answers.isEmpty, time.isUp(for: priority, at: elapsed(), isUrgent) { break }
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
            return []
          }
          throw SomebodyThrew()
        }
        answers.append(
          .failed(unit, StoreError(sqlite: error, attempting: "Running a unit of work"))
        )
      }
      if let loss = access.loss ?? Self.loss(of: database) {
        fail(answers.count, with: loss, on: database)
        return units[answers.count...]
      }
    }
    do {
      try database.commit()
    } catch {
      fail(answers.count, with: StoreError(sqlite: error, attempting: "Committing"), on: database)
      return units[answers.count...]
    }
    for answer in answers {
      switch answer {
      case .stored(let tell): tell()
      case .failed(let unit, let error): unit.fail(error)
      }
    }
    return units[answers.count...]
  }

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

/// How long a transaction has been open, and for whom.
private struct TimeSpent {
  let began: Duration
  let options: SQLiteEngine.Options
  private var somebodyWaits = false
  private var patientSince: Duration?

  init(began: Duration, options: SQLiteEngine.Options) {
    self.began = began
    self.options = options
  }

  /// Whether a unit has to wait for the next transaction.
  ///
  /// One patient unit always finds its place, so that urgent ones never stop it.
  mutating func isUp(
    for priority: WritePriority,
    at now: Duration,
    _ isUrgent: () -> Bool
  ) -> Bool {
    if now - began >= options.batchTimeMax { return true }
    if priority.isUrgent {
      somebodyWaits = true
      return false
    }
    guard let since = patientSince else {
      patientSince = now
      return false
    }
    return now - since >= options.patientTimeMax && (somebodyWaits || isUrgent())
  }
}
