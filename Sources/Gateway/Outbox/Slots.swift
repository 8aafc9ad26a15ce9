import CustomerCare
import Storage
import Synchronization

/// Slots of the numbers' throughput that this node has taken and nobody uses yet.
///
/// A node that sends a lot takes as many at once as it used in the last tenth of a second, so that the number's row, which all
/// nodes write, is written ten times a second and not at every send. On a shared database one takes for all who ask meanwhile:
/// of two transactions that write one row, the later has to do all of its work again. What is not used in time is lost: no
/// second may have more messages than Meta takes.
final class Slots: Sendable {
  /// How many are taken at once at most: a tenth of a second of 2,560 messages.
  private static let takenMax = 256

  private struct Number {
    /// The earliest first.
    var free: [Instant] = []
    /// How many are taking for others, too: one, and those who waited in vain.
    var takers = 0
    /// How many wait for whoever is taking, or have just been let go on.
    var asking = 0
    var waiters: [CheckedContinuation<Void, Never>] = []
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
  /// Whether several transactions may write a number's row at once; otherwise who meets somebody taking takes one, too.
  private let isShared: Bool

  /// None yet.
  init(isShared: Bool) {
    self.isShared = isShared
  }

  /// What a request of a number brings along; to be handed back by `end` in any case, and soon: others may wait for it.
  func ticket(for number: PhoneNumberID, by time: any TimeSource) async -> Pace.Ticket {
    var waits = 0
    while true {
      let ticket = change(number) { [waits] state in
        if waits == 0 { state.count(at: time.now) } else { state.asking -= 1 }
        let ticket = draw(from: &state, waits: waits, at: time.now)
        if ticket == nil { state.asking += 1 }
        return ticket
      }
      if let ticket { return ticket }
      waits += 1
      await taken(number)
    }
  }

  /// How often somebody waits for others.
  ///
  /// Once for who took before it asked, once for who takes for all who ask. Both may find that there is nothing to send, and
  /// then nothing is taken.
  private static let waitsMax = 2

  /// A ticket; `nil` when somebody is taking for all who ask.
  private func draw(from state: inout Number, waits: Int, at now: Instant) -> Pace.Ticket? {
    if let far = state.far(at: now) { return .none(until: far) }
    state.free.removeAll { !$0.isGood(at: now) }
    if !state.free.isEmpty { return .slot(state.free.removeFirst()) }
    let isPatient = waits < Self.waitsMax
    if state.takers > 0, isShared, isPatient { return nil }
    let wanted = state.takers == 0 && isPatient ? max(state.wantedBefore, state.asking + 1) : 1
    let ticket = Pace.Ticket.take(min(wanted, Self.takenMax))
    if isForOthers(ticket) { state.takers += 1 }
    return ticket
  }

  /// Whether others wait for what is taken with a ticket, or leave it to whoever has it to take several.
  private func isForOthers(_ ticket: Pace.Ticket) -> Bool {
    if case .take(let count) = ticket { isShared || count > 1 } else { false }
  }

  /// Waits for whoever is taking.
  private func taken(_ number: PhoneNumberID) async {
    await withCheckedContinuation { continuation in
      let isTaking = change(number) { state in
        if state.takers > 0 { state.waiters.append(continuation) }
        return state.takers > 0
      }
      if !isTaking { continuation.resume() }
    }
  }

  /// How many wait for whoever is taking.
  func waiting(for number: PhoneNumberID) -> Int { change(number) { $0.waiters.count } }

  /// What a request brings along that does not leave yet.
  func glance(at number: PhoneNumberID, at now: Instant) -> Pace.Ticket {
    change(number) { state in state.far(at: now).map { .none(until: $0) } ?? .take(1) }
  }

  /// Ends the use of a ticket; `left` is what others may have now.
  func end(_ ticket: Pace.Ticket, of number: PhoneNumberID, left: [Instant], at now: Instant) {
    let waiters = change(number) { state in
      let good = left.filter { $0.isGood(at: now) && $0 >= state.heldUntil ?? $0 }
      if !good.isEmpty { state.free = (state.free + good).sorted() }
      var waiters: [CheckedContinuation<Void, Never>] = []
      if isForOthers(ticket) {
        state.takers -= 1
        swap(&waiters, &state.waiters)
      }
      return waiters
    }
    for waiter in waiters { waiter.resume() }
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
