import GRDB
import GRDBSQLite
import Storage

/// Units that share one transaction and one sync, a savepoint each.
struct Batch {
  let units: [QueuedUnit]
  let options: SQLiteEngine.Options
  let elapsed: @Sendable () -> Duration
  let dialect: SQLDialect

  /// Runs the units and commits them.
  ///
  /// Every caller is answered after the commit, or told that nothing was stored: a unit that
  /// throws fails alone; when the transaction is lost, all that ran in it fail.
  ///
  /// - Returns: The units whose turn did not come: the batch had lasted long enough, or was lost.
  func commit(on database: Database) -> ArraySlice<QueuedUnit> {
    do {
      try database.beginTransaction(.immediate)
    } catch {
      let error = StoreError(sqlite: error, attempting: "Beginning a transaction")
      for unit in units { unit.fail(error) }
      return []
    }
    var answers: [Answer] = []
    answers.reserveCapacity(units.count)
    let end = elapsed() + options.batchTimeMax
    for unit in units {
      if !answers.isEmpty && elapsed() >= end { break }
      let access = SQLiteUnit(database, dialect: dialect)
      do {
        answers.append(.stored(try access.savepoint { try unit.run(access) }))
      } catch {
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

  private enum Answer {
    case stored(@Sendable () -> Void)
    case failed(QueuedUnit, StoreError)
  }

  /// SQLite ends the whole transaction by itself after some errors.
  private static func loss(of database: Database) -> StoreError? {
    guard sqlite3_get_autocommit(database.sqliteConnection) != 0 else { return nil }
    return StoreError(code: .notStored, message: "The transaction was lost")
  }

  private func fail(_ count: Int, with error: StoreError, on database: Database) {
    if sqlite3_get_autocommit(database.sqliteConnection) == 0 {
      // Nothing can be done about a rollback that fails too: SQLite rolls back when the file is
      // next opened, and nobody is told that anything was stored.
      try? database.rollback()
    }
    for unit in units.prefix(count) { unit.fail(error) }
  }
}
