package import CustomerCare

/// Everything that must be the same after a replay: windows, ledgers, inbound messages, statuses
/// and identities, in one canonical text.
package enum CanonicalState {
  /// The state at an instant as JSON, one line per thing, sorted.
  package static func json(at now: Instant, in unit: any SQLUnit) throws -> String {
    ""
  }
}
