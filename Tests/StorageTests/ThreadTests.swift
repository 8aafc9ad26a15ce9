import Foundation
import Storage
import Testing

@testable import SQLiteEngine

/// The threads on which the embedded database works.
@Suite struct ThreadTests {
  /// Only root may; everybody else is told for each thread that it failed.
  @Test func `none of them asks to go before others`() async throws {
    let engine = try ScratchDatabase.engine()
    let usual = getpriority(.init(PRIO_PROCESS.rawValue), 0)
    let writing = try await engine.write(.gate) { _ in getpriority(.init(PRIO_PROCESS.rawValue), 0)
    }
    let reading = try await engine.read { _ in getpriority(.init(PRIO_PROCESS.rawValue), 0) }
    #expect(writing == usual)
    #expect(reading == usual)
  }
}
