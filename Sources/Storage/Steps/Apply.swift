package import CustomerCare

/// Folds journal entries into the state: idempotent and commutative, each fact by its own rule.
package enum Apply {
  /// What became of the entries.
  package struct Report: Sendable {
    /// Entries whose facts are in the state now, or kept as unclaimed.
    package var applied = 0
    /// Entries that were set aside, with the reason.
    package var flagged: [(entry: JournalEntryID, reason: String)] = []
    /// Numbers nobody added that something was kept for.
    package var unclaimed: Set<PhoneNumberID> = []
  }

  /// Applies entries, a savepoint each: one that fails is flagged and harms no other.
  ///
  /// - Parameters:
  ///   - entries: What each entry says.
  ///   - publishing: False while a journal is replayed into an empty database, where nothing may
  ///     be announced twice.
  package static func apply(
    _ entries: [EntryFacts],
    publishing: Bool,
    in unit: any SQLUnit
  ) throws -> Report {
    Report()
  }
}
