package import CustomerCare

/// The tables, and how they came to be.
package enum Schema {
  /// Brings a database up to date; one that is already is left alone.
  ///
  /// - Throws: `StoreError` with code `newerSchema` when a newer CareWindow wrote the database.
  package static func migrate(_ engine: any SQLEngine, at now: Instant) async throws(StoreError) {
  }
}
