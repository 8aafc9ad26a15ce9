/// Counts of durations in buckets that grow with the value, so that any percentile is within 1 % of
/// the truth whether it is microseconds or seconds, and adding one costs nanoseconds.
///
/// 128 buckets per power of two, as HdrHistogram does it with two significant digits.
package struct Histogram: Sendable, Equatable {
  private static let bits = 7
  /// The largest value kept apart: 2^40 ns, some 18 minutes, longer than any benchmark runs.
  private static let largest: Int64 = 1 << 40

  private var counts: [Int]
  /// How many values were added.
  package private(set) var count = 0
  /// The largest value added; 0 if none was.
  package private(set) var maximum: Int64 = 0

  /// Creates an empty histogram.
  package init() {
    counts = Array(repeating: 0, count: Self.bucket(Self.largest) + 1)
  }

  /// Adds one duration, in nanoseconds; negative ones count as 0.
  package mutating func add(_ nanoseconds: Int64) {
    let value = min(max(nanoseconds, 0), Self.largest)
    counts[Self.bucket(value)] += 1
    count += 1
    maximum = max(maximum, value)
  }

  /// Adds everything another histogram has counted.
  package mutating func add(_ other: Histogram) {
    for index in counts.indices { counts[index] += other.counts[index] }
    count += other.count
    maximum = max(maximum, other.maximum)
  }

  /// The value that `share` (0 to 1) of all values do not exceed, in nanoseconds; 0 if there are none.
  package func percentile(_ share: Double) -> Int64 {
    guard count > 0 else { return 0 }
    let rank = max(1, Int((share * Double(count)).rounded(.up)))
    var seen = 0
    for (index, number) in counts.enumerated() where number > 0 {
      seen += number
      if seen >= rank { return min(Self.upperEnd(of: index), maximum) }
    }
    return maximum
  }

  private static func bucket(_ value: Int64) -> Int {
    let shift = max(0, Int64.bitWidth - value.leadingZeroBitCount - bits - 1)
    return shift << bits + Int(value >> Int64(shift))
  }

  /// The largest value that falls into a bucket.
  private static func upperEnd(of bucket: Int) -> Int64 {
    let shift = max(0, bucket >> bits - 1)
    let base = Int64(bucket - shift << bits)
    return (base + 1) << Int64(shift) - 1
  }
}
