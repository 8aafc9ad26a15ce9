import Benchmarks
import Testing

@Suite("Histogram")
struct HistogramTests {
  @Test(arguments: [1, 255, 256, 257, 12_345, 1_000_003, 987_654_321] as [Int64])
  func `a percentile is within one per cent above the value`(_ value: Int64) {
    var histogram = Histogram()
    histogram.add(value)
    histogram.add(value * 100)
    let median = histogram.percentile(0.5)
    #expect(median >= value && Double(median) <= Double(value) * 1.01)
  }

  @Test
  func `percentiles of 1 to 1000 stand where counting puts them`() {
    var histogram = Histogram()
    for value in 1...1000 { histogram.add(Int64(value) * 1_000_000) }
    for (share, expected) in [(0.5, 500.0), (0.99, 990), (1, 1000)] {
      let found = Double(histogram.percentile(share)) / 1_000_000
      #expect(found >= expected && found <= expected * 1.01)
    }
    #expect(histogram.count == 1000)
    #expect(histogram.maximum == 1_000_000_000)
  }

  @Test
  func `two histograms added count as one`() {
    var one = Histogram()
    var other = Histogram()
    var both = Histogram()
    for value in [3, 70_000, 5_000_000] as [Int64] {
      one.add(value)
      both.add(value)
    }
    for value in [1, 900_000_000] as [Int64] {
      other.add(value)
      both.add(value)
    }
    one.add(other)
    #expect(one == both)
  }

  @Test
  func `nothing, negative and endless durations do not trap`() {
    var histogram = Histogram()
    #expect(histogram.percentile(0.99) == 0)
    histogram.add(-5)
    #expect(histogram.percentile(1) == 0)
    histogram.add(.max)
    #expect(histogram.percentile(1) == 1 << 40)
  }
}
