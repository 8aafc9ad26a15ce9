import Storage
import Testing

@testable import SQLiteEngine

@Suite struct `The writer's backlog` {
  /// Everything that waits, in the order in which it is taken.
  private func taken<Unit>(_ backlog: inout Backlog<Unit>, patientToo: Bool = true) -> [Unit] {
    var units: [Unit] = []
    while let unit = backlog.next(patientToo: patientToo)?.unit { units.append(unit) }
    return units
  }

  @Test func `gives the most urgent first, and in order of arrival among equals`() {
    var backlog = Backlog<String>()
    backlog.append("rest", .rest)
    backlog.append("apply", .apply)
    backlog.append("journal 1", .journal)
    backlog.append("gate", .gate)
    backlog.append("journal 2", .journal)
    #expect(backlog.count == 5)
    #expect(taken(&backlog) == ["journal 1", "journal 2", "gate", "apply", "rest"])
    #expect(backlog.isEmpty)
  }

  @Test func `gives patient units only when told so`() {
    var backlog = Backlog<String>()
    for (name, priority) in [
      ("rest", WritePriority.rest), ("apply", .apply), ("gate", .gate), ("journal", .journal),
    ] {
      backlog.append(name, priority)
    }
    #expect(taken(&backlog, patientToo: false) == ["journal", "gate"])
    #expect(taken(&backlog) == ["apply", "rest"])
  }

  @Test(arguments: [WritePriority.gate, .apply, .rest])
  func `has a turn for whoever waits behind a flood`(priority: WritePriority) {
    var backlog = Backlog<String>()
    for _ in 0..<10_000 { backlog.append("journal", .journal) }
    for _ in 0..<100 { backlog.append("other", priority) }
    let batch = (0..<256).compactMap { _ in backlog.next(patientToo: true)?.unit }
    #expect(batch.filter { $0 == "other" }.count == 256 / 17)
    #expect(batch.prefix(17).last == "other")
  }

  @Test func `has a turn for everybody behind two floods`() {
    var backlog = Backlog<String>()
    for _ in 0..<10_000 {
      backlog.append("journal", .journal)
      backlog.append("apply", .apply)
    }
    backlog.append("rest", .rest)
    let batch = (0..<100).compactMap { _ in backlog.next(patientToo: true)?.unit }
    #expect(batch.contains("rest"))
  }
}
