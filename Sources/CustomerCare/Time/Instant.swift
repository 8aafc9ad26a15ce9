/// A point in time, in whole milliseconds since 1970-01-01T00:00:00Z.
///
/// Always between the years 0000 and 9999: arithmetic and hostile timestamps saturate there, so that
/// no value overflows and every value can be written as RFC 3339.
package struct Instant: Hashable, Sendable {
  /// Milliseconds since 1970-01-01T00:00:00Z; negative before it.
  package let milliseconds: Int64

  /// The earliest instant, 0000-01-01T00:00:00.000Z.
  package static let distantPast = Instant(milliseconds: .min)

  /// The latest instant, 9999-12-31T23:59:59.999Z.
  package static let distantFuture = Instant(milliseconds: .max)

  /// Creates an instant; what lies outside the years 0000 to 9999 becomes the nearest end.
  package init(milliseconds: Int64) {
    self.milliseconds = min(max(milliseconds, -62_167_219_200_000), 253_402_300_799_999)
  }

  /// Creates an instant from whole seconds since 1970, as Meta writes timestamps.
  package init(seconds: Int64) {
    let (product, overflow) = seconds.multipliedReportingOverflow(by: 1000)
    self.init(milliseconds: overflow ? (seconds < 0 ? .min : .max) : product)
  }

  /// Whole seconds since 1970, rounded down.
  package var seconds: Int64 {
    milliseconds >= 0 ? milliseconds / 1000 : (milliseconds - 999) / 1000
  }

  /// The time from `earlier` to this instant; negative if this instant is the earlier one.
  package func since(_ earlier: Instant) -> Duration {
    .milliseconds(milliseconds - earlier.milliseconds)
  }

  /// The instant `duration` later; parts of a millisecond are dropped.
  package static func + (instant: Instant, duration: Duration) -> Instant {
    let (sum, overflow) = instant.milliseconds.addingReportingOverflow(duration.wholeMilliseconds)
    return Instant(milliseconds: overflow ? (duration < .zero ? .min : .max) : sum)
  }

  /// The instant `duration` earlier; parts of a millisecond are dropped.
  package static func - (instant: Instant, duration: Duration) -> Instant {
    let (difference, overflow) =
      instant.milliseconds.subtractingReportingOverflow(duration.wholeMilliseconds)
    return Instant(milliseconds: overflow ? (duration < .zero ? .max : .min) : difference)
  }
}

extension Instant: Comparable {
  /// Orders instants by time.
  package static func < (earlier: Instant, later: Instant) -> Bool {
    earlier.milliseconds < later.milliseconds
  }
}

extension Duration {
  /// The duration in whole milliseconds, towards zero; saturates.
  package var wholeMilliseconds: Int64 {
    let (seconds, attoseconds) = components
    let (product, overflow) = seconds.multipliedReportingOverflow(by: 1000)
    guard !overflow else { return seconds < 0 ? .min : .max }
    let (sum, overflowed) = product.addingReportingOverflow(attoseconds / 1_000_000_000_000_000)
    return overflowed ? (seconds < 0 ? .min : .max) : sum
  }
}
