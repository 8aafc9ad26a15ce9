package import CustomerCare

/// Meta's limits on speed, kept together by all nodes: what a claim takes from the budgets of the number and the pair.
///
/// A number's budget is one row, and everybody writes it. So that nodes do not meet there at every send, a node takes several
/// slots of the throughput at once when it needs several, and brings one along (`Ticket`); a pair's budget is written by
/// nobody but the one who claims the conversation.
package enum Pace {
  /// How far away a slot may be that is waited for (contract 4.2).
  package static var reach: Duration { .seconds(10) }

  /// What a request brings along into the unit that claims it.
  package enum Ticket: Sendable, Hashable {
    /// A slot of the number's throughput that was taken before.
    case slot(Instant)
    /// Nothing: so many slots are taken, and what is more than one is for others.
    case take(Int)
    /// Nothing, and there is no slot before then, as was found a moment ago.
    case none(until: Instant)
  }

  /// Why a request may not leave now, though the gate says yes; nothing was written but what was taken.
  package struct Delay: Sendable, Hashable {
    /// The limit that is in the way.
    package var limit: PaceLimit
    /// When it may leave; the first of `slots` if there are any.
    package var until: Instant
    /// Slots of the throughput that were taken, and not used.
    package var slots: [Instant] = []
  }

  /// What the budgets say to a request that may leave otherwise.
  enum Admission {
    /// It leaves; these slots were taken, and are for others.
    case leaves(spare: [Instant])
    /// It does not.
    case waits(Delay)
  }

  /// Takes one message from both budgets, or says when to come again.
  static func admit(
    from number: NumberFacts,
    to customer: CustomerID,
    with ticket: Ticket,
    now: Instant,
    in unit: any SQLUnit
  ) throws -> Admission {
    let slots: [Instant]
    let count: Int
    switch ticket {
    case .none(let until): return .waits(Delay(limit: .throughput, until: until))
    case .slot(let slot): (slots, count) = ([slot], 0)
    case .take(let wanted):
      let rule = PaceRule(.throughput, of: number)
      count = min(max(wanted, 1), rule.burst)
      switch try take(count, whole(number), rule, within: reach, now: now, in: unit) {
      case .taken(let taken): slots = taken
      case .notBefore(let slot): return .waits(Delay(limit: .throughput, until: slot))
      }
    }
    guard let slot = slots.first, slot <= now else {
      return .waits(Delay(limit: .throughput, until: slots[0], slots: count > 0 ? slots : []))
    }
    let rule = PaceRule(.pair, of: number)
    switch try take(1, pair(number, customer), rule, within: .zero, now: now, in: unit) {
    case .taken: return .leaves(spare: Array(slots.dropFirst()))
    case .notBefore(let free):
      return .waits(Delay(limit: .pair, until: free, slots: count > 0 ? slots : []))
    }
  }

  /// Why a request that is not claimed yet would wait longer than anybody does; `nil`: it would not.
  static func tooFar(
    from number: NumberFacts,
    to customer: CustomerID,
    with ticket: Ticket,
    now: Instant,
    in unit: any SQLUnit
  ) throws -> Delay? {
    if case .none(let until) = ticket, until > now + reach {
      return Delay(limit: .throughput, until: until)
    }
    let rule = PaceRule(.pair, of: number)
    let free = try budget(pair(number, customer), in: unit).slot(by: rule, at: now)
    return free > now + reach ? Delay(limit: .pair, until: free) : nil
  }

  /// Keeps a budget from being taken from until then, because Meta said that the limit is exceeded.
  static func hold(
    _ limit: PaceLimit,
    until: Instant,
    from number: NumberFacts,
    to customer: CustomerID,
    now: Instant,
    in unit: any SQLUnit
  ) throws {
    let key = limit == .pair ? pair(number, customer) : whole(number)
    let held = try budget(key, in: unit)
      .held(until: until, by: PaceRule(limit, of: number), at: now)
    try write(held, key, in: unit)
  }
}

// MARK: - The rows

extension Pace {
  /// Whose budget a row is.
  private typealias Key = (number: PhoneNumberID, customer: String)

  private static func whole(_ number: NumberFacts) -> Key { (number.phoneNumberID, "") }

  private static func pair(_ number: NumberFacts, _ customer: CustomerID) -> Key {
    (number.phoneNumberID, customer.rawValue)
  }

  private enum Taken {
    case taken([Instant])
    /// Nothing was taken: the first slot is further away than asked for.
    case notBefore(Instant)
  }

  /// Takes from a budget what `PaceBudget` would, in one statement that reads nothing: in PostgreSQL, whoever reads a row
  /// that others write may have to do all of its work again.
  private static func take(
    _ count: Int,
    _ key: Key,
    _ rule: PaceRule,
    within reach: Duration,
    now: Instant,
    in unit: any SQLUnit
  ) throws -> Taken {
    let cost = rule.cost(of: count)
    let after = try unit.first(
      """
      INSERT INTO pace (phone_number_id, customer_id, paid_microseconds)
      VALUES ($number, $customer, $fresh)
      ON CONFLICT (customer_id, phone_number_id) DO UPDATE SET paid_microseconds =
        CASE WHEN pace.paid_microseconds > $now THEN pace.paid_microseconds + $cost ELSE $fresh END
      WHERE pace.paid_microseconds <= $last
      RETURNING paid_microseconds
      """,
      [
        "number": .id(key.number), "customer": .text(key.customer),
        "fresh": .integer(now.microseconds + cost), "now": .integer(now.microseconds),
        "cost": .integer(cost), "last": .integer((now + reach).microseconds + rule.slack),
      ]
    ) { row in try row.integer("paid_microseconds") }
    if let after {
      let before = PaceBudget(paidMicroseconds: after - cost)
      return .taken(before.slots(count, by: rule, at: now))
    }
    let found = try budget(key, in: unit)
    let sane = found.within(rule, at: now)
    if sane != found { try write(sane, key, in: unit) }
    return .notBefore(sane.slot(by: rule, at: now))
  }

  private static func budget(_ key: Key, in unit: any SQLUnit) throws -> PaceBudget {
    try unit.first(
      """
      SELECT paid_microseconds FROM pace
      WHERE customer_id = $customer AND phone_number_id = $number
      """,
      ["number": .id(key.number), "customer": .text(key.customer)]
    ) { row in PaceBudget(paidMicroseconds: try row.integer("paid_microseconds")) } ?? .untouched
  }

  private static func write(_ budget: PaceBudget, _ key: Key, in unit: any SQLUnit) throws {
    try unit.run(
      """
      INSERT INTO pace (phone_number_id, customer_id, paid_microseconds)
      VALUES ($number, $customer, $paid)
      ON CONFLICT (customer_id, phone_number_id) DO UPDATE
      SET paid_microseconds = excluded.paid_microseconds
      """,
      [
        "number": .id(key.number), "customer": .text(key.customer),
        "paid": .integer(budget.paidMicroseconds),
      ]
    )
  }
}
