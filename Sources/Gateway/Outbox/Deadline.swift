import CustomerCare

/// Until when somebody waits, in elapsed time: a clock that stands, or is set back, makes nobody wait for ever.
struct Deadline: Sendable {
  let time: any TimeSource
  private let end: Duration

  /// A deadline so much later than now.
  init(after duration: Duration, by time: any TimeSource) {
    self.time = time
    end = time.elapsed + duration
  }

  /// How much is left; zero when it is over.
  var left: Duration { max(end - time.elapsed, .zero) }

  /// Whether nobody waits any more.
  var isOver: Bool { left == .zero }

  /// Waits so long, at most until the deadline; false when it was over before, or the task was cancelled.
  func sleep(for duration: Duration) async -> Bool {
    guard !isOver else { return false }
    return (try? await time.sleep(for: min(duration, left))) != nil
  }
}
