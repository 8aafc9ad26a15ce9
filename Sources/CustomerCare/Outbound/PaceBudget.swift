/// What is left of a limit on speed, as one number: until when what has left is paid for.
///
/// Each message moves that instant on by its cost, and may leave while it is ahead of the clock by no more than the
/// rule's slack (the generic cell rate algorithm). So a budget is a row of one integer, and whoever writes it last needs to
/// know nothing of who wrote before.
package struct PaceBudget: Hashable, Sendable {
  /// How long a limit is held at most after Meta said that it is exceeded.
  ///
  /// Meta's own pauses are up to an hour; asking again once a minute costs nothing, and it may be over sooner.
  package static let holdMax: Duration = .seconds(60)

  /// Until when what has left is paid for, in microseconds since 1970: a thousand messages a second are one each millisecond.
  package let paidMicroseconds: Int64

  /// A budget that nothing was taken from.
  package static let untouched = PaceBudget(paidMicroseconds: .min)

  /// A budget as it is remembered.
  package init(paidMicroseconds: Int64) {
    self.paidMicroseconds = paidMicroseconds
  }

  /// The earliest instant at which one more message may leave; not before now.
  package func slot(by rule: PaceRule, at now: Instant) -> Instant {
    slots(1, by: rule, at: now)[0]
  }

  /// The instants at which so many more messages may leave, the earliest first.
  package func slots(_ count: Int, by rule: PaceRule, at now: Instant) -> [Instant] {
    let paid = within(rule, at: now).paid(at: now)
    return (0..<count).map { index in
      max(Instant(roundingUp: paid + rule.cost(of: index) - rule.slack), now)
    }
  }

  /// The budget after so many messages were taken from it.
  package func taking(_ count: Int, by rule: PaceRule, at now: Instant) -> PaceBudget {
    PaceBudget(
      paidMicroseconds: within(rule, at: now).paid(at: now) + rule.cost(of: count)
    )
  }

  /// The budget from which nothing is to be taken before an instant, because Meta said so; at most `holdMax` from now.
  package func held(until: Instant, by rule: PaceRule, at now: Instant) -> PaceBudget {
    let until = min(until, now + Self.holdMax).microseconds
    return PaceBudget(
      paidMicroseconds: max(within(rule, at: now).paidMicroseconds, until + rule.slack)
    )
  }

  /// The budget without what lies further ahead than anything puts it: the clock was set back, or the rule changed.
  package func within(_ rule: PaceRule, at now: Instant) -> PaceBudget {
    let furthest = (now + Self.holdMax).microseconds + rule.slack + rule.cost(of: rule.burst)
    return PaceBudget(paidMicroseconds: min(paidMicroseconds, furthest))
  }

  private func paid(at now: Instant) -> Int64 { max(paidMicroseconds, now.microseconds) }
}

extension Instant {
  /// Microseconds since 1970; the years 0000 to 9999 have room in 64 bits.
  package var microseconds: Int64 { milliseconds * 1000 }

  /// The first whole millisecond at or after so many microseconds.
  fileprivate init(roundingUp microseconds: Int64) {
    let (whole, rest) = microseconds.quotientAndRemainder(dividingBy: 1000)
    self.init(milliseconds: rest > 0 ? whole + 1 : whole)
  }
}
