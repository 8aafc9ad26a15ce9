/// How far our clock is from another one, as far as asking it can tell.
///
/// Somewhere between question and answer the other clock was read, and it may show less than it knows: so the gap
/// is known as a range, and only what lies beyond a limit in its whole is certainly wrong.
package struct ClockGap: Sendable, Hashable {
  /// How much our clock is ahead at least; negative where it may be behind.
  package var least: Duration
  /// How much our clock is ahead at most.
  package var most: Duration

  /// Compares.
  ///
  /// - Parameters:
  ///   - before: Our clock before the question.
  ///   - theirs: What the other clock showed.
  ///   - after: Our clock after the answer.
  ///   - resolution: What the other clock counts in, and cuts the rest off; zero for one that shows all it knows.
  package init(before: Instant, theirs: Instant, after: Instant, resolution: Duration) {
    least = before.since(theirs + resolution)
    most = after.since(theirs)
  }

  /// Whether the clocks may agree to a limit.
  package func mayBeWithin(_ limit: Duration) -> Bool { least <= limit && most >= .zero - limit }
}
