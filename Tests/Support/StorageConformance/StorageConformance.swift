package import Storage

/// What every engine must do the same: the portable SQL, the seam, and each step of the flows.
///
/// A new engine joins with a factory and one test that runs `checks`; nothing here knows which
/// engine it talks to.
package struct StorageConformance: Sendable {
  /// One sentence that must be true of every engine, and how to find out.
  package struct Check: Sendable, CustomStringConvertible {
    /// The sentence.
    package let name: String
    let run: @Sendable (Store) async throws -> Void

    /// The sentence, for the test's report.
    package var description: String { name }

    init(_ name: String, _ run: @escaping @Sendable (Store) async throws -> Void) {
      self.name = name
      self.run = run
    }
  }

  /// Makes an engine over a new, empty database.
  package typealias Factory = @Sendable () async throws -> any SQLEngine

  /// All checks.
  package static var checks: [Check] {
    portableSQL + seam + journal + apply + identities + merging + gate + claiming + pacing
      + settlement + waiting + parking + publishing + delivering + fetching + sightings
      + templates + reengaging + goingOn + corrections + groups + unreadable + desk
      + views
      + replay
  }

  /// Runs one check on new databases.
  package static func run(_ check: Check, makeEngine: @escaping Factory) async throws {
    let store = try await Store(makeEngine: makeEngine)
    try await check.run(store)
    try await store.engine.close()
  }
}

/// A check that came out false.
package struct NotTrue: Error, CustomStringConvertible {
  /// Where, and what was found.
  package let description: String
}

/// Throws unless the condition holds.
func expect(
  _ condition: Bool,
  _ found: @autoclosure () -> String = "",
  file: StaticString = #fileID,
  line: Int = #line
) throws {
  guard condition else { throw NotTrue(description: "\(file):\(line) \(found())") }
}

/// Throws unless both are equal.
func expect<Value: Equatable>(
  _ found: Value,
  equals wanted: Value,
  file: StaticString = #fileID,
  line: Int = #line
) throws {
  guard found == wanted else {
    throw NotTrue(description: "\(file):\(line) found \(found), wanted \(wanted)")
  }
}

/// The value, or an error if there is none.
func need<Value>(
  _ value: Value?,
  file: StaticString = #fileID,
  line: Int = #line
) throws -> Value {
  guard let value else { throw NotTrue(description: "\(file):\(line) found nothing") }
  return value
}
