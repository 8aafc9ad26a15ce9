import CustomerCare
import Storage
import Synchronization

/// Slots of the numbers' throughput that this node has taken and nobody uses yet.
///
/// A node that sends a lot takes as many at once as it used in the last tenth of a second, so that the number's row, which all
/// nodes write, is written ten times a second and not at every send. What is not used in time is lost: no second may have
/// more messages than Meta takes.
final class Slots: Sendable {
  /// How many are taken at once at most: a tenth of a second of 2,560 messages.
  private static let takenMax = 256

  private struct Number {
    /// The earliest first.
    var free: [Instant] = []
    /// Whether somebody is taking several; others take one each meanwhile.
    var isTaking = false
    /// The first slot there was when none was near.
    var farSlot: Instant?
    /// Until when Meta wants to be left alone; a slot from before is worth nothing.
    var heldUntil: Instant?
    /// Which tenth of a second it is, how many were asked for in it, and in the one before.
    var (tenth, wanted, wantedBefore) = (Int64.min, 0, 0)

    /// The first slot of the number, as long as it is known to be further away than anybody waits.
    func far(at now: Instant) -> Instant? {
      farSlot.flatMap { $0 > now + Pace.reach ? $0 : nil }
    }

    mutating func count(at now: Instant) {
      let tenth = now.milliseconds / PaceRule.slotLife.wholeMilliseconds
      if tenth != self.tenth {
        (wantedBefore, wanted) = (tenth == self.tenth &+ 1 ? wanted : 0, 0)
        self.tenth = tenth
      }
      wanted += 1
    }
  }

  private let numbers = Mutex<[PhoneNumberID: Number]>([:])

  /// What a request of a number brings along; to be handed back by `end`.
  func ticket(for number: PhoneNumberID, at now: Instant) -> Pace.Ticket {
    change(number) { state in
      if let far = state.far(at: now) { return .none(until: far) }
      state.count(at: now)
      state.free.removeAll { !$0.isGood(at: now) }
      if !state.free.isEmpty { return .slot(state.free.removeFirst()) }
      let several = min(state.wantedBefore, Self.takenMax)
      guard several > 1, !state.isTaking else { return .take(1) }
      state.isTaking = true
      return .take(several)
    }
  }

  /// What a request brings along that does not leave yet.
  func glance(at number: PhoneNumberID, at now: Instant) -> Pace.Ticket {
    change(number) { state in state.far(at: now).map { .none(until: $0) } ?? .take(1) }
  }

  /// Ends the use of a ticket; `left` is what others may have now.
  func end(_ ticket: Pace.Ticket, of number: PhoneNumberID, left: [Instant], at now: Instant) {
    change(number) { state in
      if case .take(let count) = ticket, count > 1 { state.isTaking = false }
      let good = left.filter { $0.isGood(at: now) && $0 >= state.heldUntil ?? $0 }
      guard !good.isEmpty else { return }
      state.free = (state.free + good).sorted()
    }
  }

  /// Remembers that no slot of a number is near.
  func noteFar(_ slot: Instant, of number: PhoneNumberID) {
    change(number) { $0.farSlot = slot }
  }

  /// Drops what was taken of a number, because Meta said that it is too much.
  func hold(_ number: PhoneNumberID, until: Instant) {
    change(number) { state in (state.free, state.heldUntil) = ([], until) }
  }

  /// Whether a slot is worth nothing, because Meta wants to be left alone until after it.
  func isHeld(_ slot: Instant, of number: PhoneNumberID) -> Bool {
    change(number) { state in state.heldUntil.map { slot < $0 } ?? false }
  }

  private func change<Answer: Sendable>(
    _ number: PhoneNumberID,
    _ body: (inout sending Number) -> sending Answer
  ) -> Answer {
    numbers.withLock { numbers in body(&numbers[number, default: Number()]) }
  }
}

extension Instant {
  /// Whether a slot may still be used.
  fileprivate func isGood(at now: Instant) -> Bool { self + PaceRule.slotLife >= now }
}
