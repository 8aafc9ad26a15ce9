/// How long to wait before a message that certainly was not sent is tried again.
///
/// Each pause is longer than the one before: an outage of a second costs a second, and one of a
/// minute is not met with a thousand tries.
package struct RetryPause: Hashable, Sendable {
  /// After the first attempt.
  package let first: Duration
  /// After any.
  package let most: Duration

  /// How much longer each pause is than the one before; Meta itself asks for 4^n seconds.
  private static let growth = 4

  /// Unless Meta asks for something else: 1, 4, 16 and 64 seconds, so that five attempts outlast a short outage.
  package static let usual = RetryPause(first: .seconds(1), most: .seconds(3600))

  /// Creates a rule.
  package init(first: Duration, most: Duration) {
    self.first = first
    self.most = most
  }

  /// The pause after an attempt, counted from 1.
  package func after(attempt number: Int) -> Duration {
    var pause = first
    for _ in 1..<max(number, 1) where pause < most { pause *= Self.growth }
    return min(pause, most)
  }
}
