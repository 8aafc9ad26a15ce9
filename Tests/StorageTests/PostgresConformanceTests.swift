import PostgresEngine
import Storage
import Support
import Testing

@Suite struct `PostgreSQL conforms` {
  @Test(arguments: StorageConformance.checks)
  func `every sentence of the suite is true of it`(_ check: StorageConformance.Check) async throws {
    try await StorageConformance.run(check) { try ScratchPostgres.engine() }
  }
}
