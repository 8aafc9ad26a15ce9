/// The middle and the ends of what several rounds measured.
package struct Spread: Sendable, Equatable {
  /// The value in the middle; between the two middle ones if their number is even.
  package let median: Double
  /// The lowest value.
  package let lowest: Double
  /// The highest value.
  package let highest: Double

  /// Summarises the values of the rounds; nil if there are none.
  package init?(_ values: [Double]) {
    let sorted = values.sorted()
    guard let first = sorted.first, let last = sorted.last else { return nil }
    lowest = first
    highest = last
    let middle = sorted.count / 2
    median =
      sorted.count.isMultiple(of: 2) ? (sorted[middle - 1] + sorted[middle]) / 2 : sorted[middle]
  }
}
