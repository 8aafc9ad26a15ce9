/// The only place where these tests let time pass: they look at a process from outside, which has no
/// timer to be seen being set.
enum Patience {
  /// How long anything may take: far more than it does, because two cores may be busy with a build.
  static let most: Duration = .seconds(60)

  /// How often it is looked.
  private static let every: Duration = .milliseconds(10)

  /// Asks again until there is an answer.
  ///
  /// `nil` where JSON is expected is JSON's `null`, which is an answer: write `JSON?.none`.
  ///
  /// - Throws: `HarnessError` with the sentence when there was none for too long.
  static func until<Answer>(
    _ sentence: @autoclosure () -> String,
    atMost: Duration = most,
    isolation: isolated (any Actor)? = #isolation,
    _ ask: () async throws -> Answer?
  ) async throws -> Answer {
    let clock = ContinuousClock()
    let deadline = clock.now + atMost
    while true {
      if let answer = try await ask() { return answer }
      guard clock.now < deadline else {
        throw HarnessError("Waited \(atMost) in vain: \(sentence())")
      }
      try await clock.sleep(for: every)
    }
  }

  /// Lets a random instant come: where the test is about the instant itself.
  static func instant(after duration: Duration) async throws {
    try await ContinuousClock().sleep(for: duration)
  }
}
