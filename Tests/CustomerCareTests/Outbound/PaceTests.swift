import CustomerCare
import Testing

/// How fast messages may leave, in virtual time.
@Suite struct PaceTests {
  private static let start = Instant(seconds: 1_795_255_200)

  @Test func `to one customer 44 leave at once, then one every six seconds`() {
    let (rule, start) = (PaceRule.pair(), Self.start)
    let slots = PaceBudget.untouched.slots(46, by: rule, at: start)
    #expect(slots[..<44].allSatisfy { $0 == start })
    #expect(slots[44...] == [start + .seconds(6), start + .seconds(12)])
    let empty = PaceBudget.untouched.taking(44, by: rule, at: start)
    let next = start + .seconds(6)
    #expect(empty.slot(by: rule, at: next - .milliseconds(1)) == next)
    #expect(empty.slot(by: rule, at: next) == next)
    let rested = start + .seconds(6 * 44)
    #expect(empty.slots(44, by: rule, at: rested).last == rested)
    let tired = rested - .milliseconds(1)
    #expect(empty.slots(44, by: rule, at: tired).last == rested)
  }

  @Test func `of an ordinary number eight leave at once, then 64 a second`() {
    let rule = PaceRule.throughput(80)
    let slots = PaceBudget.untouched.slots(73, by: rule, at: Self.start)
    #expect(slots[7] == Self.start)
    #expect(slots[8] == Self.start + .milliseconds(16))
    #expect(slots[71] == Self.start + .seconds(1))
    #expect(slots[72] > Self.start + .seconds(1))
  }

  /// What is known of a number, and how many messages a second Meta takes of it.
  static let numbers: [(throughput: Int?, coexistence: Bool, perSecond: Int)] = [
    (nil, false, 80), (nil, true, 20), (1000, false, 1000),
  ]

  @Test(arguments: numbers)
  func `a number has Meta's pace, or the one it was given`(
    throughput: Int?,
    coexistence: Bool,
    perSecond: Int
  ) {
    let number = NumberFacts(
      phoneNumberID: "900800700",
      wabaID: "700100200300",
      displayPhoneNumber: "+4930000001",
      addedAt: Self.start,
      coexistence: coexistence,
      throughput: throughput,
      pairBurst: throughput == nil ? nil : 15
    )
    #expect(PaceRule(.throughput, of: number) == .throughput(perSecond))
    #expect(PaceRule(.pair, of: number) == .pair(burst: throughput == nil ? 44 : 15))
  }

  @Test(arguments: [10, 20, 80, 1000, 100_000])
  func `no second has more than Meta takes, even of slots that were taken ahead`(perSecond: Int) {
    let rule = PaceRule.throughput(perSecond)
    let slots = PaceBudget.untouched.slots(perSecond * 2, by: rule, at: Self.start)
    // Used as late as they may be, the first of them; and as soon as they may be, the last.
    let end = Self.start + .seconds(1) + PaceRule.slotLife
    #expect(slots.prefix { $0 < end }.count <= perSecond)
    // And not so few that the limit is of no use.
    #expect(slots.prefix { $0 < Self.start + .seconds(1) }.count >= perSecond * 4 / 5)
  }

  @Test(arguments: seeds(20))
  func `in any stretch of time no more leave than the burst and the rate`(seed: UInt64) {
    var chance = SeededGenerator(seed: seed)
    let rules = [PaceRule.throughput(80), .throughput(20), .pair(), .pair(burst: 3)]
    let rule = rules[Int(seed % 4)]
    var (now, budget, left) = (Self.start, PaceBudget.untouched, [Instant]())
    for _ in 0..<300 {
      // The clock of one node is behind another's.
      now = now + .milliseconds(Int.random(in: -100...400, using: &chance))
      guard budget.slot(by: rule, at: now) <= now + .seconds(10) else { continue }
      let count = Int.random(in: 1...min(rule.burst, 3), using: &chance)
      let slots = budget.slots(count, by: rule, at: now)
      #expect(slots.allSatisfy { $0 >= now } && slots == slots.sorted())
      budget = budget.taking(count, by: rule, at: now)
      left += slots
    }
    left.sort()
    for (first, start) in left.enumerated() {
      for (last, end) in left.enumerated().dropFirst(first + rule.burst) {
        // Slots are rounded to milliseconds.
        let time = end.microseconds - start.microseconds + 1000
        guard rule.cost(of: last - first + 1 - rule.burst) > time else { continue }
        Issue.record("seed \(seed): \(last - first + 1) messages in \(time) µs")
        return
      }
    }
  }

  @Test(arguments: [PaceRule.throughput(80), .pair()])
  func `what Meta holds up is held until then, and then goes on at the rate`(rule: PaceRule) {
    let until = Self.start + .seconds(16)
    let held = PaceBudget.untouched.held(until: until, by: rule, at: Self.start)
    let slots = held.slots(2, by: rule, at: Self.start)
    #expect(slots[0] == until && slots[1] > until)
    #expect(held.held(until: Self.start, by: rule, at: Self.start) == held)
    let hour = held.held(until: Self.start + .seconds(3600), by: rule, at: Self.start)
    #expect(hour.slot(by: rule, at: Self.start) == Self.start + PaceBudget.holdMax)
  }

  @Test(arguments: [PaceRule.throughput(80), .pair()])
  func `a clock that is set back by days costs minutes`(rule: PaceRule) {
    let budget = PaceBudget.untouched.taking(rule.burst, by: rule, at: Self.start)
    let before = Self.start - .seconds(3 * 86_400)
    let wait = budget.slot(by: rule, at: before).since(before)
    #expect(wait >= .seconds(1) && wait <= .seconds(60 + 6 * 45))
    #expect(budget.within(rule, at: Self.start) == budget)
  }
}
