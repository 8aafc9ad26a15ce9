package import CustomerCare

/// The tables, and how they came to be.
///
/// Migrations only go forward, and each is named by what it does. One that has been released is
/// never edited.
///
/// Nodes are upgraded one after the other, so the tables of a release must do for the release before it as well: a
/// column is added with a default, or may be null; it is taken away, or asked for, one release later.
package enum Schema {
  /// One step from an older database to a newer one.
  struct Migration {
    /// What it does; unique, and kept in the database.
    let name: String
    /// How many migrations a release must know to work with the tables as they are after this one: as many as the
    /// release before has.
    let needs: Int
    /// Its statements, in the words of an engine.
    let statements: @Sendable (SQLDialect) -> [String]
  }

  /// All migrations, the first first.
  static var migrations: [Migration] { [.createWhatTheFirstReleaseRemembers] }

  /// How a database's tables stand to this release.
  package enum Standing: Sendable, Hashable {
    /// They are this release's.
    case current
    /// So many steps are still to be made; whoever opens the database to work on it makes them.
    case older(missing: Int)
    /// The next release made the last step, this one; they do for this release, too.
    case ahead(String)
    /// A newer release made them; its last step.
    case newer(String)
  }

  /// How the tables of a database stand to this release; changes nothing.
  package static func standing(of engine: any SQLEngine) async throws(StoreError) -> Standing {
    try await engine.read { unit in standing(done: try done(in: unit), of: migrations) }
  }

  /// A step that was made, and how many a release must know to work with the tables after it.
  private typealias Done = (name: String, needs: Int64)

  private static func done(in unit: any SQLUnit) throws -> [Done] {
    try unit.rows("SELECT name, needs FROM migration ORDER BY position") { row in
      (try row.text("name"), try row.integer("needs"))
    }
  }

  private static func standing(done: [Done], of migrations: [Migration]) -> Standing {
    let last = done.last?.name ?? ""
    let isOurs = zip(done, migrations).allSatisfy { $0.name == $1.name }
    guard isOurs, done.allSatisfy({ $0.needs <= migrations.count }) else { return .newer(last) }
    if done.count > migrations.count { return .ahead(last) }
    return done.count == migrations.count
      ? .current : .older(missing: migrations.count - done.count)
  }

  /// Whether a database has tables of ours.
  package static func isThere(in engine: any SQLEngine) async throws(StoreError) -> Bool {
    do {
      return try await engine.read { unit in
        try unit.first("SELECT COUNT(*) AS count FROM migration") { try $0.integer("count") } ?? 0
      } > 0
    } catch {
      guard error.code == .misuse else { throw error }
      return false
    }
  }

  /// Brings a database up to date; one that is already is left alone.
  ///
  /// - Returns: What the newest migration did, if a newer release has made it and its tables do for this one, too.
  /// - Throws: `StoreError`, with code `newerSchema` when a newer release has changed the tables too far for this one.
  @discardableResult
  package static func migrate(
    _ engine: any SQLEngine,
    at now: Instant
  ) async throws(StoreError) -> String? {
    try await migrate(engine, by: migrations, at: now)
  }

  /// Brings a database up to date with a list of migrations.
  ///
  /// One that is up to date is only looked at: nodes start while others work, and who goes alone stops them all.
  @discardableResult
  static func migrate(
    _ engine: any SQLEngine,
    by migrations: [Migration],
    at now: Instant
  ) async throws(StoreError) -> String? {
    if try await isThere(in: engine) {
      let found = try await engine.read { unit in standing(done: try done(in: unit), of: migrations)
      }
      switch found {
      case .current: return nil
      case .ahead(let last): return last
      case .newer(let last): throw .newerSchema(last)
      case .older: break
      }
    }
    return try await engine.writeAlone { unit in
      try unit.run(
        """
        CREATE TABLE IF NOT EXISTS migration (
          position BIGINT PRIMARY KEY, name TEXT NOT NULL UNIQUE, needs BIGINT NOT NULL,
          applied_at BIGINT NOT NULL)
        """
      )
      let done = try done(in: unit)
      switch standing(done: done, of: migrations) {
      case .current, .older: break
      case .ahead(let last): return last
      case .newer(let last): throw StoreError.newerSchema(last)
      }
      for (position, migration) in migrations.enumerated().dropFirst(done.count) {
        for statement in migration.statements(unit.dialect) { try unit.run(statement) }
        try unit.run(
          """
          INSERT INTO migration (position, name, needs, applied_at)
          VALUES ($position, $name, $needs, $now)
          """,
          [
            "position": .integer(position), "name": .text(migration.name),
            "needs": .integer(migration.needs), "now": .instant(now),
          ]
        )
      }
      return nil
    }
  }
}

extension StoreError {
  /// A newer release has changed the tables too far for this one; `last` is what its last step did.
  fileprivate static func newerSchema(_ last: String) -> StoreError {
    StoreError(
      code: .newerSchema,
      message: """
        The database was written by a newer CareWindow (\(last)); \
        run that version, or restore a backup made before the upgrade
        """
    )
  }
}
