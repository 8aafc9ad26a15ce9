import Foundation
import Storage

/// Units in one transaction of the server's, run again when somebody was in the way.
///
/// - Why: the steps are written as if they were alone. SERIALIZABLE makes that true, at the price that a transaction
///   may be refused because another one came between; then all of it runs again. What needs less has less (`IsolationLevel`).
/// - How: at most `triesMax` times beside others; then once alone, while everybody else waits, so that nobody is
///   refused for ever. Everybody has a shared lock for that, and whoever runs alone has it to himself.
/// - Otherwise: a unit with an effect beside its SQL would have it twice.
struct Transaction {
  /// The lock: "carewind" in ASCII, so that it is no other program's.
  private static let lock = 0x6361_7265_7769_6E64

  /// How often the same units run again because their COMMIT was not heard: more often it is no accident.
  private static let lossesMax = 5
  /// How often they run again because the tables had changed under a prepared statement.
  private static let renewalsMax = 5

  let address: String
  let options: PostgresEngine.Options
  let elapsed: @Sendable () -> Duration

  /// Runs units and answers them: together, or each apart if one of them fails.
  func run(_ units: [QueuedUnit], at desk: Crew.Desk) {
    switch attempt(units, at: desk) {
    case .stored(let answers): for tell in answers { tell() }
    case .failed(let error) where units.count == 1 || !error.isOfOneUnit:
      for unit in units { unit.fail(error) }
    case .failed:
      // One of them is to blame: it fails alone.
      for unit in units { run([unit], at: desk) }
    }
  }

  /// Runs reads on one snapshot.
  func read(_ unit: QueuedUnit, at desk: Crew.Desk) {
    let end = elapsed() + options.outageMax
    var renewals = 0
    while true {
      do throws(StoreError) {
        let connection = try connect(desk, until: end)
        try connection.text("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
        let access = PostgresUnit(connection, .serializable)
        let outcome = Result { () throws(StoreError) in
          do { return try unit.run(access) } catch { throw StoreError(reporting: error) }
        }
        try connection.text("ROLLBACK")
        if case .failure(let error) = outcome { throw error }
        return try outcome.get()()
      } catch {
        // Nothing was written: it can be read again.
        if error.isOutdated, renewals < Self.renewalsMax {
          renewals += 1
          if renewStatements(at: desk) { continue }
        }
        if lose(desk), elapsed() < end { continue }
        return unit.fail(error)
      }
    }
  }
}

extension Transaction {
  private enum Outcome {
    case stored([@Sendable () -> Void])
    case failed(StoreError)
  }

  private func attempt(_ units: [QueuedUnit], at desk: Crew.Desk) -> Outcome {
    let began = elapsed()
    let end = began + options.outageMax
    var (tries, losses, renewals) = (0, 0, 0)
    var isIsolated = false
    while true {
      do throws(StoreError) {
        let connection = try connect(desk, until: end)
        if desk.mark.desk.isEmpty { desk.mark = try CommitMark(on: connection) }
        tries += 1
        let isAlone = tries > options.triesMax || units.contains { $0.isAlone }
        let level =
          isIsolated ? .serializable : IsolationLevel(of: units, isAlone: isAlone)
        if let answers = try once(units, level, alone: isAlone, on: connection, desk) {
          return .stored(answers)
        }
        losses += 1
        if losses > Self.lossesMax { return .failed(.cameToNothing) }
      } catch {
        if error.isOutdated, renewals < Self.renewalsMax {
          renewals += 1
          if renewStatements(at: desk) { continue }
        }
        if error.asksForIsolation {
          (isIsolated, tries) = (true, tries - 1)
          continue
        }
        if error.isConflict, tries <= options.triesMax {
          // Whoever was in the way needs a moment; longer each time.
          Thread.sleep(forTimeInterval: 0.001 * Double(1 << min(tries, 6)))
          continue
        }
        if error.isLockTimeout, desk.turn.giveUp(at: elapsed(), options) { continue }
        // Another node is changing the tables, and takes the time that this one would have had.
        if error.isLockTimeout, units.contains(where: { $0.isAlone }),
          elapsed() < began + options.migrationTimeout
        {
          continue
        }
        if error.isReadOnly { desk.connection = nil }
        if lose(desk), error.code != .unknownOutcome, elapsed() < end { continue }
        return .failed(error)
      }
    }
  }

  /// Runs the units once and commits them.
  ///
  /// - Returns: Their answers; nil if the connection was lost and nothing of them is stored.
  private func once(
    _ units: [QueuedUnit],
    _ level: IsolationLevel,
    alone: Bool,
    on connection: Connection,
    _ desk: Crew.Desk
  ) throws(StoreError) -> [@Sendable () -> Void]? {
    let turn = desk.turn.statements(for: units, alone: alone, at: elapsed(), options)
    if alone { try connection.text("SELECT pg_advisory_lock(\(Self.lock))") }
    defer {
      if alone, !connection.isLost {
        // Nothing can be done if this fails: the lock goes with the connection.
        _ = try? connection.text("SELECT pg_advisory_unlock(\(Self.lock))")
      }
    }
    let shared = alone ? "" : ", pg_advisory_xact_lock_shared(\(Self.lock))"
    let isMigration = units.contains { $0.isAlone }
    var id: String?
    var answers: [@Sendable () -> Void] = []
    let access = PostgresUnit(
      connection,
      level,
      isBesideOthers: !alone && units.contains { $0.priority == .gate || $0.priority == .apply },
      silence: isMigration ? options.migrationTimeout : nil
    )
    do {
      id =
        try connection.text(
          """
          BEGIN ISOLATION LEVEL \(level.rawValue); \(turn) \(desk.mark.next());
          SELECT pg_current_xact_id()::text\(shared)
          """
        ).firstText
      if isMigration {
        try connection.text(
          "SET LOCAL statement_timeout = \(options.migrationTimeout.milliseconds)"
        )
      }
      for unit in units { answers.append(try unit.run(access)) }
      if let loss = access.loss { throw loss }
    } catch {
      if connection.isLost {
        desk.remains = id.map { Crew.Remains(process: connection.process, transaction: $0) }
      } else {
        try connection.text("ROLLBACK")
      }
      throw access.loss ?? StoreError(reporting: error)
    }
    return try commit(connection, transaction: id ?? "", desk) ? answers : nil
  }

  /// Commits, and looks whether it was, if the answer is lost.
  private func commit(
    _ connection: Connection,
    transaction id: String,
    _ desk: Crew.Desk
  ) throws(StoreError) -> Bool {
    do throws(StoreError) {
      guard try connection.text("COMMIT").command == "COMMIT" else {
        throw StoreError.misuse("A unit went on after an error without going back to a savepoint")
      }
      return true
    } catch {
      guard connection.isLost else { throw error }
      // The server may have committed before its answer was lost.
      desk.connection = nil
      return try fate(of: id, on: connection, desk)
    }
  }

  /// Whether a transaction was committed whose answer was lost: then its mark is there.
  ///
  /// However long the answer was waited for, looking has the time of a whole outage.
  ///
  /// - Throws: `StoreError` with code `unknownOutcome` when nobody can tell: the server does not come back in time, or
  ///   another one took its place, which may not have all that the first one had.
  private func fate(
    of id: String,
    on lost: Connection,
    _ desk: Crew.Desk
  ) throws(StoreError) -> Bool {
    let end = elapsed() + options.outageMax
    let remains = Crew.Remains(process: lost.process, transaction: id)
    do throws(StoreError) {
      while elapsed() < end {
        let connection = try connect(desk, until: end)
        guard connection.timeline == lost.timeline else { break }
        do throws(StoreError) {
          guard try connection.text(remains.search()).firstText == nil else {
            // A session that has not even heard the COMMIT never will; one that is at it is waited for.
            try connection.text(remains.burial(ifIdle: true))
            Thread.sleep(forTimeInterval: 0.05)
            continue
          }
          return try connection.text(desk.mark.query).firstText == desk.mark.text
        } catch {
          guard lose(desk) else { throw error }
        }
      }
    } catch {
      throw StoreError.unknownOutcome
    }
    throw StoreError.unknownOutcome
  }

  /// The desk's connection, made anew if there is none.
  private func connect(_ desk: Crew.Desk, until end: Duration) throws(StoreError) -> Connection {
    while true {
      if let connection = desk.connection { return connection }
      do {
        let connection = try Connection(address, options)
        if let remains = desk.remains { try connection.text(remains.burial()) }
        desk.remains = nil
        desk.connection = connection
      } catch {
        guard elapsed() < end else { throw error }
        Thread.sleep(forTimeInterval: 0.1)
      }
    }
  }

  /// Has every statement prepared anew, after the tables were changed.
  ///
  /// - Returns: Whether there is a connection to go on with.
  private func renewStatements(at desk: Crew.Desk) -> Bool {
    do {
      try desk.connection?.forgetStatements()
    } catch {
      desk.connection = nil
    }
    return desk.connection != nil
  }

  /// Lets go of a connection that broke.
  ///
  /// - Returns: Whether there is none, so that the same may succeed on another one.
  private func lose(_ desk: Crew.Desk) -> Bool {
    if let connection = desk.connection, connection.isLost { desk.connection = nil }
    return desk.connection == nil
  }
}

extension StoreError {
  /// Whether the unit's own part is to blame, so that others in its transaction may succeed.
  fileprivate var isOfOneUnit: Bool {
    [.constraint, .unit, .misuse, .unreadable].contains(code)
  }

  /// The server went away before it committed, again and again: the same may succeed later.
  fileprivate static var cameToNothing: StoreError {
    StoreError(code: .busy, message: "The server went away before it committed, again and again")
  }

  /// It was committed, or it was not.
  fileprivate static var unknownOutcome: StoreError {
    StoreError(
      code: .unknownOutcome,
      message: "The server went away while it committed, and nobody can tell whether it did"
    )
  }
}
