/// A value of which the newest report counts, by Meta's timestamp: a name, a preference.
package struct Newest<Value: Hashable & Comparable & Sendable>: Hashable, Sendable {
  /// The value.
  package let value: Value
  /// Meta's timestamp of the report.
  package let at: Instant

  /// Creates a report.
  package init(_ value: Value, at: Instant) {
    self.value = value
    self.at = at
  }

  /// The newer of two reports; of two in the same instant the greater value, so that order does not matter.
  package func merging(_ report: Newest) -> Newest {
    (at, value) < (report.at, report.value) ? report : self
  }
}
