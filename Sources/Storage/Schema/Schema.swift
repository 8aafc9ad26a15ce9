package import CustomerCare

/// The tables, and how they came to be.
///
/// Migrations only go forward, and each is named by what it does. One that has been released is
/// never edited.
package enum Schema {
  /// One step from an older database to a newer one.
  struct Migration {
    /// What it does; unique, and kept in the database.
    let name: String
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
    /// A newer release made them; its last step.
    case newer(String)
  }

  /// How the tables of a database stand to this release; changes nothing.
  package static func standing(of engine: any SQLEngine) async throws(StoreError) -> Standing {
    try await engine.read { unit in standing(done: try done(in: unit)) }
  }

  private static func done(in unit: any SQLUnit) throws -> [String] {
    try unit.rows("SELECT name FROM migration ORDER BY position") { row in try row.text("name") }
  }

  private static func standing(done: [String]) -> Standing {
    let known = migrations.map(\.name)
    guard done == Array(known.prefix(done.count)) else { return .newer(done.last ?? "") }
    return done.count == known.count ? .current : .older(missing: known.count - done.count)
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
  /// Throws `StoreError` with code `newerSchema` when a newer CareWindow wrote the database.
  package static func migrate(_ engine: any SQLEngine, at now: Instant) async throws(StoreError) {
    try await engine.writeAlone { unit in
      try unit.run(
        """
        CREATE TABLE IF NOT EXISTS migration (
          position BIGINT PRIMARY KEY, name TEXT NOT NULL UNIQUE, applied_at BIGINT NOT NULL)
        """
      )
      let done = try done(in: unit)
      if case .newer(let last) = standing(done: done) {
        throw StoreError(
          code: .newerSchema,
          message: """
            The database was written by a newer CareWindow (\(last)); \
            run that version, or restore a backup made before the upgrade
            """
        )
      }
      for (position, migration) in migrations.enumerated().dropFirst(done.count) {
        for statement in migration.statements(unit.dialect) { try unit.run(statement) }
        try unit.run(
          "INSERT INTO migration (position, name, applied_at) VALUES ($position, $name, $now)",
          [
            "position": .integer(position), "name": .text(migration.name), "now": .instant(now),
          ]
        )
      }
    }
  }
}
