import CustomerCare
import PostgresEngine
import SQLiteEngine
import Testing

@testable import Storage

/// Releases beside each other on one database.
@Suite(.timeLimit(.minutes(5))) struct `An upgrade, one node after the other` {
  private static let now = Instant(seconds: 1_795_255_200)

  /// Releases, the first with one migration, each with one more that adds a column.
  private static let releases: [[Schema.Migration]] = (0..<4).map { last in
    (0...last).map { step in
      Schema.Migration(name: "step \(step)", needs: max(step, 1)) { _ in
        step == 0
          ? ["CREATE TABLE shop (id TEXT PRIMARY KEY)"]
          : ["ALTER TABLE shop ADD COLUMN step_\(step) BIGINT NOT NULL DEFAULT 0"]
      }
    }
  }

  private enum Kind: String, CaseIterable { case sqlite, postgres }

  private static func engines(_ kind: Kind) throws -> (any SQLEngine, any SQLEngine) {
    switch kind {
    case .sqlite:
      let path = ScratchDatabase.path()
      return (try ScratchDatabase.engine(path), try ScratchDatabase.engine(path))
    case .postgres:
      let address = try ScratchPostgres.address()
      return (try ScratchPostgres.engine(address), try ScratchPostgres.engine(address))
    }
  }

  private static func trade(_ id: String, _ engine: any SQLEngine) async throws -> [String] {
    try await engine.write(.rest) { unit in
      try unit.run("INSERT INTO shop (id) VALUES ($id)", ["id": .text(id)])
      return try unit.rows("SELECT * FROM shop ORDER BY id") { try $0.text("id") }
    }
  }

  @Test(arguments: Kind.allCases)
  private func `the older node goes on, and may even start again, for one release`(
    _ kind: Kind
  ) async throws {
    let (old, new) = try Self.engines(kind)
    #expect(try await Schema.migrate(old, by: Self.releases[0], at: Self.now) == nil)
    #expect(try await Self.trade("a", old) == ["a"])
    #expect(try await Schema.migrate(new, by: Self.releases[1], at: Self.now) == nil)
    #expect(try await Self.trade("b", new) == ["a", "b"])
    #expect(try await Self.trade("c", old) == ["a", "b", "c"])
    #expect(try await Schema.migrate(old, by: Self.releases[0], at: Self.now) == "step 1")
    #expect(try await Self.trade("d", old) == ["a", "b", "c", "d"])
    for engine in [old, new] { try await engine.close() }
  }

  @Test(arguments: Kind.allCases)
  private func `two releases apart they are not let near each other, with what to do`(
    _ kind: Kind
  ) async throws {
    let (old, new) = try Self.engines(kind)
    _ = try await Schema.migrate(old, by: Self.releases[0], at: Self.now)
    _ = try await Schema.migrate(new, by: Self.releases[2], at: Self.now)
    let error = await #expect(throws: StoreError.self) {
      try await Schema.migrate(old, by: Self.releases[0], at: Self.now)
    }
    #expect(error?.code == .newerSchema)
    #expect(error?.message.contains("(step 2); run that version, or restore a backup") == true)
    #expect(try await Schema.migrate(old, by: Self.releases[1], at: Self.now) == "step 2")
    #expect(try await Schema.migrate(old, by: Self.releases[3], at: Self.now) == nil)
    for engine in [old, new] { try await engine.close() }
  }

  @Test func `nodes of two releases that start together leave one database`() async throws {
    let address = try ScratchPostgres.address()
    let nodes = try (0..<4).map { _ in try ScratchPostgres.engine(address) }
    try await withThrowingTaskGroup { group in
      for (index, node) in nodes.enumerated() {
        group.addTask {
          try await Schema.migrate(node, by: Self.releases[index % 2], at: Self.now)
        }
      }
      try await group.waitForAll()
    }
    for (index, node) in nodes.enumerated() {
      #expect(try await Self.trade("\(index)", node).count == index + 1)
      try await node.close()
    }
  }

  @Test func `every migration asks for what the release before knows`() {
    for (position, migration) in Schema.migrations.enumerated() {
      #expect((1...max(position, 1)).contains(migration.needs), "\(migration.name)")
    }
  }
}
