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

  /// What was announced.
  struct Made {
    /// The larger of the two counts of windows that were due.
    var most = 0
    /// Windows that were due and whose rows cannot be read.
    var unreadable = 0
  }

  /// Announces at most `limit` windows of each kind.
  func make(now: Instant, closingLead: Duration, limit: Int) throws -> Made {
    var made = Made()
    let closed = try due(
      """
      SELECT phone_number_id, customer_id FROM conversation
      WHERE state IN ('open', 'uncertain') AND until_at <= $until
      ORDER BY until_at LIMIT $limit
      """,
      until: now,
      limit
    )
    for due in closed where try !isReadable({ try refold(due, at: now) }) {
      made.unreadable += 1
      try mark(due, "state = 'closed'")
    }
    let closing = try due(
      """
      SELECT phone_number_id, customer_id FROM conversation
      WHERE state = 'open' AND closing_announced = 0 AND until_at <= $until
      ORDER BY until_at LIMIT $limit
      """,
      until: now + closingLead,
      limit
    )
    for due in closing {
      if try !isReadable({ try announceClosing(due, at: now, closingLead) }) {
        made.unreadable += 1
      }
      try mark(due, "closing_announced = 1")
    }
    made.most = max(closed.count, closing.count)
    return made
  }

  /// Whether the rows that an announcement needs can be read.
  ///
  /// One window of which they cannot must not silence the others. Everything is read before anything
  /// is written.
  private func isReadable(_ announcement: () throws -> Void) throws -> Bool {
    do {
      try announcement()
      return true
    } catch let error as StoreError where error.code == .unreadable {
      return false
    }
  }

  private func mark(_ due: Due, _ assignment: String) throws {
    try unit.run(
      """
      UPDATE conversation SET \(assignment)
      WHERE phone_number_id = $number AND customer_id = $customer
      """,
      ["number": .id(due.number), "customer": .id(due.customer)]
    )
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
