import CustomerCare
import Storage
import Support
import Testing

@testable import Gateway

/// Who takes slots of a number's throughput, and who waits for them.
@Suite(.timeLimit(.minutes(1))) struct `Slots of a number` {
  private static let number: PhoneNumberID = "900800700"

  /// Lets so many ask beside whoever is taking, and returns what they have got once all of them have something.
  private static func tickets(
    _ count: Int,
    beside taker: Pace.Ticket,
    of slots: Slots,
    left: [Instant],
    _ clock: TestClock
  ) async -> [Pace.Ticket] {
    await withTaskGroup { group in
      for _ in 0..<count {
        group.addTask { await slots.ticket(for: number, by: clock) }
      }
      while slots.waiting(for: number) < count { await Task.yield() }
      slots.end(taker, of: number, left: left, at: clock.now)
      return await group.reduce(into: []) { $0.append($1) }
    }
  }

  @Test func `on a shared database one takes, and the others have what is left`() async {
    let (slots, clock) = (Slots(isShared: true), TestClock(Instant(seconds: 1_795_255_200)))
    let first = await slots.ticket(for: Self.number, by: clock)
    #expect(first == .take(1))
    let left = (0..<3).map { clock.now + .milliseconds($0) }
    let tickets = await Self.tickets(3, beside: first, of: slots, left: left, clock)
    #expect(Set(tickets) == Set(left.map { .slot($0) }))
    #expect(await slots.ticket(for: Self.number, by: clock) == .take(1))
  }

  @Test func `nobody waits a third time for somebody who takes nothing`() async {
    let (slots, clock) = (Slots(isShared: true), TestClock(Instant(seconds: 1_795_255_200)))
    let first = await slots.ticket(for: Self.number, by: clock)
    await withTaskGroup { group in
      for _ in 0..<3 {
        group.addTask { await slots.ticket(for: Self.number, by: clock) }
      }
      while slots.waiting(for: Self.number) < 3 { await Task.yield() }
      slots.end(first, of: Self.number, left: [], at: clock.now)
      // One takes for all three, and finds nothing to send either.
      #expect(await group.next() == .take(3))
      while slots.waiting(for: Self.number) < 2 { await Task.yield() }
      slots.end(.take(3), of: Self.number, left: [], at: clock.now)
      // Both go on beside each other.
      for _ in 0..<2 { #expect(await group.next() == .take(1)) }
    }
    for _ in 0..<2 { slots.end(.take(1), of: Self.number, left: [], at: clock.now) }
    #expect(await slots.ticket(for: Self.number, by: clock) == .take(1))
  }

  @Test func `where one writes at a time nobody waits`() async {
    let (slots, clock) = (Slots(isShared: false), TestClock(Instant(seconds: 1_795_255_200)))
    for _ in 0..<5 { #expect(await slots.ticket(for: Self.number, by: clock) == .take(1)) }
    #expect(slots.waiting(for: Self.number) == 0)
  }
}
