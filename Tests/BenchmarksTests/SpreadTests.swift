import Benchmarks
import Testing

@Suite("Spread")
struct SpreadTests {
  @Test(
    arguments: [
      ([5], 5, 5, 5), ([3, 1, 2], 2, 1, 3), ([4, 1, 3, 2], 2.5, 1, 4),
    ] as [([Double], Double, Double, Double)]
  )
  func `the median stands in the middle and the ends at the ends`(
    values: [Double],
    median: Double,
    lowest: Double,
    highest: Double
  ) throws {
    let spread = try #require(Spread(values))
    #expect(spread.median == median)
    #expect(spread.lowest == lowest)
    #expect(spread.highest == highest)
  }

  @Test
  func `no values have no spread`() {
    #expect(Spread([]) == nil)
  }
}
