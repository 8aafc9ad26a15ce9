import Testing

@testable import SQLiteEngine

@Suite struct `The pace of the writer` {
  private static let batch = Duration.milliseconds(20)

  @Test(arguments: [0.1, 0.25, 0.5])
  func `gives patient units their share of the time while others wait`(share: Double) {
    var pace = Pace(share: share, limit: Self.batch)
    var patient = Duration.zero
    var total = Duration.zero
    for _ in 0..<1_000 {
      // A unit takes a millisecond and begins whenever anything is left of the allowance.
      var ran = Duration.zero
      while ran < pace.allowance { ran += .milliseconds(1) }
      let took = .milliseconds(2) + ran
      pace.note(took, patient: ran)
      patient += ran
      total += took
    }
    #expect(abs(patient / total - share) < 0.02, "\(patient / total)")
  }

  @Test func `owes and saves no more than one batch`() {
    var pace = Pace(share: 0.1, limit: Self.batch)
    pace.note(.seconds(60), patient: .seconds(60))
    #expect(pace.allowance == .zero - Self.batch)
    pace.note(.seconds(600), patient: .zero)
    #expect(pace.allowance == Self.batch)
  }
}
