import Storage
import Testing

@testable import SQLiteEngine

@Suite struct `The writer's backlog` {
  @Test func `gives the most urgent first, and in order of arrival among equals`() {
    var backlog = Backlog<String>()
    backlog.append("rest", .rest)
    backlog.append("apply", .apply)
    backlog.append("journal 1", .journal)
    backlog.append("gate", .gate)
    backlog.append("journal 2", .journal)
    #expect(
      backlog.next(unitsMax: 9).map(\.unit) == ["journal 1", "journal 2", "gate", "apply", "rest"]
    )
    #expect(backlog.isEmpty)
    #expect(backlog.next(unitsMax: 9).isEmpty)
  }

  @Test func `is never emptied beyond the size of a batch`() {
    var backlog = Backlog<Int>()
    for index in 0..<600 { backlog.append(index, .journal) }
    #expect(backlog.next(unitsMax: 256).map(\.unit) == Array(0..<256))
    #expect(backlog.next(unitsMax: 256).map(\.unit) == Array(256..<512))
    #expect(backlog.next(unitsMax: 256).map(\.unit) == Array(512..<600))
  }

  @Test(arguments: [WritePriority.gate, .apply, .rest])
  func `keeps places for whoever waits behind a flood`(priority: WritePriority) {
    var backlog = Backlog<String>()
    for _ in 0..<10_000 { backlog.append("journal", .journal) }
    for _ in 0..<100 { backlog.append("other", priority) }
    let batch = backlog.next(unitsMax: 256)
    #expect(batch.count == 256)
    #expect(batch.filter { $0.unit == "other" }.count == 16)
  }

  @Test func `lets units whose turn did not come go first among their equals`() {
    var backlog = Backlog<String>()
    for name in ["apply 1", "apply 2", "apply 3"] { backlog.append(name, .apply) }
    let batch = backlog.next(unitsMax: 2)
    backlog.append("journal", .journal)
    backlog.putBack(batch)
    #expect(backlog.next(unitsMax: 9).map(\.unit) == ["journal", "apply 1", "apply 2", "apply 3"])
  }

  @Test func `gives who came late only if somebody outside waits for them`() {
    var backlog = Backlog<String>()
    for (name, priority) in [
      ("apply", WritePriority.apply), ("gate", .gate), ("journal", .journal),
    ] {
      backlog.append(name, priority)
    }
    #expect(backlog.nextUrgent(unitsMax: 1).map(\.unit) == ["journal"])
    #expect(backlog.nextUrgent(unitsMax: 9).map(\.unit) == ["gate"])
    #expect(backlog.nextUrgent(unitsMax: 9).isEmpty)
    #expect(backlog.next(unitsMax: 9).map(\.unit) == ["apply"])
  }

  @Test(arguments: zip(WritePriority.allCases, [true, true, false, false]))
  func `knows whether somebody outside waits`(priority: WritePriority, urgent: Bool) {
    var backlog = Backlog<Int>()
    #expect(!backlog.isUrgent)
    backlog.append(1, priority)
    #expect(backlog.isUrgent == urgent)
    _ = backlog.next(unitsMax: 9)
    #expect(!backlog.isUrgent)
  }
}
