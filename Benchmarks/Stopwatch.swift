import NIOCore

/// The time since it was made, on the monotonic clock.
struct Stopwatch: Sendable {
  private let start = NIODeadline.now()

  /// Nanoseconds since it was made.
  var nanoseconds: Int64 { (NIODeadline.now() - start).nanoseconds }
  /// Seconds since it was made.
  var seconds: Double { Double(nanoseconds) / 1e9 }
}
