/// When a delivery that failed is tried again, and when it is given up.
package enum CallbackRetry {
  /// How long a delivery is tried: over a weekend at which nobody looks.
  package static var lifetime: Duration { .seconds(3 * 24 * 60 * 60) }

  /// The pauses after the first failures; the last one stays.
  ///
  /// Seconds for a receiver that restarts, minutes for one that is deployed, hours for one that is
  /// broken: about eighteen attempts in three days.
  package static var pauses: [Duration] {
    [5, 30, 120, 600, 1_800, 3_600, 7_200, 14_400, 21_600].map { .seconds($0) }
  }

  /// When to try again after a failure.
  ///
  /// The last attempt is made when the lifetime ends exactly. A delivery that had to wait for others
  /// of its conversation until then is tried at least once.
  ///
  /// - Parameters:
  ///   - attempts: How many were made, this one included; at least 1.
  ///   - since: When it was promised, or redelivered.
  ///   - now: When the last one failed.
  /// - Returns: The instant of the next attempt; `nil`: never, it is dead.
  package static func next(after attempts: Int, since: Instant, now: Instant) -> Instant? {
    let end = since + lifetime
    guard now < end else { return nil }
    let pause = pauses[min(max(attempts, 1), pauses.count) - 1]
    return min(now + pause, end)
  }
}
