import Benchmarks
import Testing

@Suite("Silence")
struct SilenceTests {
  @Test(
    arguments: [
      ([110, 120, 190], 100..<200, 70), ([190, 110, 120], 100..<200, 70), ([150], 100..<200, 50),
      ([180], 100..<200, 80), ([110], 100..<200, 90), ([], 100..<200, 100),
      ([50, 210], 100..<200, 100), ([99, 100, 199, 200], 100..<200, 99),
    ] as [([Int64], Range<Int64>, Int64)]
  )
  func `the longest silence in a span counts its ends, and nothing outside it`(
    acknowledgements: [Int64],
    span: Range<Int64>,
    longest: Int64
  ) {
    #expect(Silence.longest(in: acknowledgements, within: span) == longest)
  }
}
