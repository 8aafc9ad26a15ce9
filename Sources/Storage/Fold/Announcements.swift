import CustomerCare

/// Windows that are about to close, or did: said once each, by whoever looks first.
struct Announcements {
  let unit: any SQLUnit
  /// False at the end of a replay, where all of this was said before.
  let publishing: Bool

  private struct Due {
    let number: PhoneNumberID
    let customer: CustomerID
  }

  /// Announces at most `limit` windows of each kind; returns the larger of the two counts.
  func make(now: Instant, closingLead: Duration, limit: Int) throws -> Int {
    let closed = try due(
      """
      SELECT phone_number_id, customer_id FROM conversation
      WHERE state IN ('open', 'uncertain') AND until_at <= $until
      ORDER BY until_at LIMIT $limit
      """,
      until: now,
      limit
    )
    for due in closed { try refold(due, at: now) }
    let closing = try due(
      """
      SELECT phone_number_id, customer_id FROM conversation
      WHERE state = 'open' AND closing_announced = 0 AND until_at <= $until
      ORDER BY until_at LIMIT $limit
      """,
      until: now + closingLead,
      limit
    )
    for due in closing { try announceClosing(due, at: now, closingLead) }
    return max(closed.count, closing.count)
  }

  private func due(_ sql: String, until: Instant, _ limit: Int) throws -> [Due] {
    try unit.rows(sql, ["until": .instant(until), "limit": .integer(limit)]) { row in
      Due(number: try row.id("phone_number_id"), customer: try row.id("customer_id"))
    }
  }

  private func refold(_ due: Due, at now: Instant) throws {
    guard let (fold, person) = try conversation(due) else { return try drop(due) }
    try fold.refold(person, at: now)
  }

  private func announceClosing(_ due: Due, at now: Instant, _ lead: Duration) throws {
    guard let (fold, person) = try conversation(due) else { return try drop(due) }
    let window = try fold.refold(person, at: now)
    if publishing, case .open(let until, let opening) = window.state {
      try fold.windowEvent(
        .windowClosing,
        opening.eventID,
        person,
        at: until - lead,
        until: until
      )
    }
    try unit.run(
      """
      UPDATE conversation SET closing_announced = 1
      WHERE phone_number_id = $number AND customer_id = $customer
      """,
      ["number": .id(due.number), "customer": .id(due.customer)]
    )
  }

  private func conversation(_ due: Due) throws -> (ConversationFold, Person)? {
    guard let number = try Numbers.find(due.number, in: unit)?.facts,
      let person = try Identities(scope: number.scope, unit: unit).person(due.customer)
    else { return nil }
    return (
      ConversationFold(number: number, unit: unit, publishing: publishing, isLate: false), person
    )
  }

  /// The number was removed, or the customer is somebody else now: nobody waits for this row.
  private func drop(_ due: Due) throws {
    try unit.run(
      "DELETE FROM conversation WHERE phone_number_id = $number AND customer_id = $customer",
      ["number": .id(due.number), "customer": .id(due.customer)]
    )
  }
}
