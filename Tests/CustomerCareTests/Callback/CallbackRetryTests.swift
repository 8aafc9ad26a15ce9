import CustomerCare
import Testing

@Suite struct CallbackRetryTests {
  private static let since = Instant(milliseconds: 1_795_255_200_000)
  private static let end = since + .seconds(259_200)

  @Test(arguments: [
    (1, 5), (2, 30), (3, 120), (4, 600), (5, 1_800), (6, 3_600), (7, 7_200), (8, 14_400),
    (9, 21_600), (10, 21_600), (1_000, 21_600),
  ])
  func `the pause grows with the attempts, up to six hours`(attempts: Int, seconds: Int) {
    #expect(
      CallbackRetry.next(after: attempts, since: Self.since, now: Self.since)
        == Self.since + .seconds(seconds)
    )
  }

  @Test func `the last attempt is made when three days are over, and none after it`() {
    let justBefore = Self.end - .milliseconds(1)
    #expect(CallbackRetry.next(after: 12, since: Self.since, now: justBefore) == Self.end)
    #expect(CallbackRetry.next(after: 12, since: Self.since, now: Self.end) == nil)
  }

  @Test func `a receiver that is down for three days sees about twenty attempts`() {
    var now = Self.since
    var attempts = 1
    while let next = CallbackRetry.next(after: attempts, since: Self.since, now: now) {
      #expect(next > now)
      (now, attempts) = (next, attempts + 1)
    }
    #expect(now == Self.end)
    #expect((15...25).contains(attempts), "\(attempts)")
  }
}
