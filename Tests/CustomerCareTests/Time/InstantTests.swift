import Testing

@testable import CustomerCare

@Suite struct `An instant` {
  @Test(
    arguments: [
      (0, "1970-01-01T00:00:00Z"),
      (-1, "1969-12-31T23:59:59.999Z"),
      (1_795_255_200_000, "2026-11-21T10:00:00Z"),
      (1_795_255_200_007, "2026-11-21T10:00:00.007Z"),
      (951_782_400_000, "2000-02-29T00:00:00Z"),
      (1_709_251_199_999, "2024-02-29T23:59:59.999Z"),
      (4_107_542_400_000, "2100-03-01T00:00:00Z"),
      (253_402_300_799_999, "9999-12-31T23:59:59.999Z"),
      (-62_167_219_200_000, "0000-01-01T00:00:00Z"),
    ] as [(Int64, String)]
  )
  func `reads and writes RFC 3339`(milliseconds: Int64, text: String) {
    let instant = Instant(milliseconds: milliseconds)
    #expect(instant.rfc3339 == text)
    #expect(Instant(rfc3339: text) == instant)
  }

  @Test(arguments: [
    "2026-11-21T12:30:00+02:30", "2026-11-21T05:00:00-05:00", "2026-11-21t10:00:00z",
    "2026-11-21 10:00:00.000999Z", "2026-11-21T09:59:60Z", "2026-11-21T10:00:00-00:00",
  ])
  func `reads every spelling that RFC 3339 allows`(text: String) {
    #expect(Instant(rfc3339: text) == Scene.start)
  }

  @Test(arguments: [
    "", "2026-11-21", "2026-11-21T10:00:00", "2026-11-21T10:00Z", "2026-13-01T00:00:00Z",
    "2026-02-29T00:00:00Z", "2100-02-29T00:00:00Z", "2026-00-10T00:00:00Z", "2026-11-31T00:00:00Z",
    "2026-11-21T24:00:00Z", "2026-11-21T10:60:00Z", "2026-11-21T10:00:61Z", "2026-11-21T10:00:00.Z",
    "2026-11-21T10:00:00+2:00", "2026-11-21T10:00:00+24:00", "2026-11-21T10:00:00Z ",
    " 2026-11-21T10:00:00Z", "+026-11-21T10:00:00Z", "2026-11-21T10:00:0٣Z", "1795255200",
  ])
  func `refuses what is not RFC 3339`(text: String) {
    #expect(Instant(rfc3339: text) == nil)
  }

  @Test func `writes back every day of four centuries`() {
    for day in stride(from: Int64(-73_048), to: 73_049, by: 1) {
      let instant = Instant(seconds: day * 86_400 + 86_399)
      #expect(Instant(rfc3339: instant.rfc3339) == instant)
    }
  }

  @Test(arguments: [Int64.min, .min + 1, -1, 0, 1, .max - 1, .max])
  func `never leaves the years that can be written`(number: Int64) {
    for instant in [Instant(seconds: number), Instant(milliseconds: number)] {
      #expect(instant >= .distantPast && instant <= .distantFuture)
      let sums = [instant + .seconds(number), instant - .seconds(number)]
      #expect(sums.allSatisfy { $0 >= .distantPast && $0 <= .distantFuture })
      #expect(Instant(rfc3339: instant.rfc3339) == instant)
    }
  }

  @Test(
    arguments: [(1999, 1), (1000, 1), (999, 0), (-1, -1), (-1000, -1), (-1001, -2)]
      as [(Int64, Int64)]
  )
  func `rounds seconds down`(milliseconds: Int64, seconds: Int64) {
    #expect(Instant(milliseconds: milliseconds).seconds == seconds)
  }

  @Test func `differs by durations`() {
    let later = Scene.start + .milliseconds(1500)
    #expect(later.since(Scene.start) == .milliseconds(1500))
    #expect(later - .milliseconds(1500) == Scene.start)
    #expect(Scene.start < later)
  }
}
