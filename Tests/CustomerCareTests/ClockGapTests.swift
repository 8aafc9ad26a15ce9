import CustomerCare
import Testing

@Suite struct ClockGapTests {
  private static let noon = Instant(milliseconds: 1_795_262_400_000)

  /// Question and answer take 200 ms; the other clock is read halfway.
  private func gap(ahead: Duration, resolution: Duration = .zero) -> ClockGap {
    let read = Self.noon + .milliseconds(100) - ahead
    let counted = resolution == .zero ? 1 : Int64(resolution / .milliseconds(1))
    return ClockGap(
      before: Self.noon,
      theirs: Instant(milliseconds: read.milliseconds / counted * counted),
      after: Self.noon + .milliseconds(200),
      resolution: resolution
    )
  }

  @Test(arguments: [
    (0, true), (900, true), (-900, true), (1_100, true), (1_101, false), (-1_100, true),
    (-1_101, false), (90_000, false),
  ])
  func `a clock is called wrong only beyond what the way there may have taken`(
    ahead: Int64,
    mayAgree: Bool
  ) {
    #expect(gap(ahead: .milliseconds(ahead)).mayBeWithin(.seconds(1)) == mayAgree)
  }

  @Test func `the true gap lies in the range, whatever the other clock cuts off`() {
    for ahead in stride(from: -5_000, through: 5_000, by: 37) {
      for resolution in [Duration.zero, .seconds(1)] {
        let gap = gap(ahead: .milliseconds(ahead), resolution: resolution)
        #expect(gap.least <= .milliseconds(ahead) && .milliseconds(ahead) <= gap.most)
        #expect(gap.most - gap.least <= .milliseconds(200) + resolution)
      }
    }
  }
}
