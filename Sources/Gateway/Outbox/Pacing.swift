import CustomerCare
import Storage

/// Waits for a slot between two units of work, holding neither a connection nor a lease.
struct Pacing: Sendable {
  let time: any TimeSource
  let slots: Slots

  /// How much later than expected a slot may come: clocks are set by less than a second every now and then.
  private static let lateness: Duration = .seconds(1)
  /// The shortest wait: the clock has whole milliseconds, and may show the one before.
  private static let rounding: Duration = .milliseconds(1)

  /// What a unit that may claim did with its ticket.
  enum Use: Sendable {
    /// Nothing: there is nothing to send now, or somebody goes first.
    case nothing
    /// The request leaves with it; these slots are left over.
    case leaves(spare: [Instant])
    /// A limit on speed is in the way.
    case waits(Pace.Delay)
  }

  /// Runs a unit that claims what may leave, again when its slot has come if that is before the deadline.
  ///
  /// - Parameters:
  ///   - number: The business number that sends.
  ///   - deadline: Until when somebody waits.
  ///   - isWanted: Whether somebody still does.
  ///   - use: What the unit's outcome says about its ticket.
  ///   - unit: Claims, with a ticket.
  /// - Returns: The outcome of the last time the unit was run.
  /// - Throws: What the unit throws.
  func run<Outcome: Sendable>(
    from number: PhoneNumberID,
    until deadline: Deadline,
    while isWanted: () -> Bool = { true },
    use: (Outcome) -> Use,
    _ unit: (Pace.Ticket) async throws(StoreError) -> Outcome
  ) async throws(StoreError) -> Outcome {
    var ticket = await slots.ticket(for: number, by: time)
    while true {
      let outcome: Outcome
      do {
        outcome = try await unit(ticket)
      } catch {
        end(ticket, of: number, left: ticket.own)
        throw error
      }
      switch use(outcome) {
      case .nothing:
        end(ticket, of: number, left: ticket.own)
        return outcome
      case .leaves(let spare):
        end(ticket, of: number, left: spare)
        return outcome
      case .waits(let delay):
        let taken = delay.slots.isEmpty ? ticket.own : delay.slots
        let own = delay.limit == .throughput ? taken.first : nil
        if delay.limit == .throughput, own == nil { slots.noteFar(delay.until, of: number) }
        end(ticket, of: number, left: Array(taken.dropFirst(own == nil ? 0 : 1)))
        guard await wait(until: delay.until, deadline), isWanted() else {
          if let own { end(.slot(own), of: number, left: [own]) }
          return outcome
        }
        let kept = own.flatMap { slots.isHeld($0, of: number) ? nil : $0 }
        if let kept {
          ticket = .slot(kept)
        } else {
          ticket = await slots.ticket(for: number, by: time)
        }
      }
    }
  }

  private func end(_ ticket: Pace.Ticket, of number: PhoneNumberID, left: [Instant]) {
    slots.end(ticket, of: number, left: left, at: time.now)
  }

  /// Waits for a slot; false when it is too far away, did not come in its time, or nobody waits any more.
  ///
  /// A slot comes by the clock, and a clock that stands or was set back may never bring it.
  private func wait(until slot: Instant, _ deadline: Deadline) async -> Bool {
    let away = slot.since(time.now)
    guard away <= deadline.left else { return false }
    let patience = Deadline(
      after: min(away + Self.lateness, deadline.left + Self.rounding),
      by: time
    )
    while time.now < slot {
      guard await patience.sleep(for: max(slot.since(time.now), Self.rounding)) else {
        return false
      }
    }
    return true
  }
}

extension Pace.Ticket {
  /// The slot that it is.
  fileprivate var own: [Instant] {
    if case .slot(let slot) = self { [slot] } else { [] }
  }
}

extension Reserve.Outcome {
  /// What was done with the ticket.
  var use: Pacing.Use {
    switch self {
    case .claimed(let claimed): .leaves(spare: claimed.spareSlots)
    case .paced(let delay, _): .waits(delay)
    case .reserved, .switched, .existing, .keyConflict: .nothing
    }
  }
}

extension Claim.Outcome {
  /// What was done with the ticket.
  var use: Pacing.Use {
    switch self {
    case .dispatch(let claimed): .leaves(spare: claimed.spareSlots)
    case .paced(let delay, _, _): .waits(delay)
    case .refused, .waits, .ended, .busy, .gone: .nothing
    }
  }
}
