import CustomerCare
import SQLiteEngine
import Support
import Testing

@testable import Storage

@Suite struct RelocationTests {
  @Test func `every table of the schema is known to whoever copies all of them`() async throws {
    let engine = try ScratchDatabase.engine()
    try await Schema.migrate(engine, at: Instant(milliseconds: 0))
    let found = try await engine.read { unit in
      try unit.rows(
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%'"
      ) { try $0.text("name") }
    }
    #expect(Set(found) == Set(Schema.tables.map(\.name) + ["migration"]))
    try await engine.close()
  }
}
