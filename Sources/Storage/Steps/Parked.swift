package import CustomerCare

/// Messages that wait for their customer, or for their time.
///
/// - Why: a closed window is no reason to lose what somebody wrote.
/// - How: they are requests like all others, which go on to `accepted` when what they wait for comes, and then through the
///   same gate in the order in which they were asked for. Who finds the window shut again waits again.
/// - Otherwise: they expire, and their sender is told.
package enum Parked {
  /// Takes a message back that waits.
  ///
  /// - Returns: The request as it is now, and whether it was taken back; `nil` when there is none with this id.
  package static func withdraw(
    _ id: RequestID,
    now: Instant,
    in unit: any SQLUnit
  ) throws -> (record: RequestRecord, isWithdrawn: Bool)? {
    let rows = RequestRows(unit: unit)
    guard let record = try rows.find(id) else { return nil }
    guard record.state == .parked || record.state == .scheduled,
      try rows.move(record, to: .withdrawn, at: now)
    else { return (record, false) }
    try rows.publish(record, state: RequestState.withdrawn.rawValue, message: nil, at: now)
    try Reengage.hurry(rows.customer(of: record), record.request.from, in: unit)
    return try rows.find(id).map { ($0, true) }
  }

  /// How many other messages wait for a customer.
  static func count(
    _ customer: CustomerID,
    beside request: SendRequest,
    in unit: any SQLUnit
  ) throws -> Int {
    try unit.first(
      """
      SELECT COUNT(*) AS count FROM request
      WHERE customer_id = $customer AND phone_number_id = $number AND is_open = 1
        AND state = 'parked' AND id <> $id
      """,
      ["customer": .id(customer), "number": .id(request.from), "id": .id(request.id)]
    ) { row in Int(try row.integer("count")) } ?? 0
  }

  /// Lets what waits for a customer go on, if the window is open now.
  ///
  /// - Returns: Whether anything waits for the customer still.
  static func release(
    _ customer: CustomerID,
    _ number: PhoneNumberID,
    by window: CareWindow,
    at now: Instant,
    in unit: any SQLUnit
  ) throws -> Bool {
    let waiting = try unit.rows(
      """
      SELECT id FROM request
      WHERE customer_id = $customer AND phone_number_id = $number AND is_open = 1
        AND state = 'parked'
      ORDER BY created_at, id
      """,
      ["customer": .id(customer), "number": .id(number)]
    ) { row in try row.id("id", as: RequestID.self) }
    guard !waiting.isEmpty, case .open(_, let opening) = window.state else {
      return !waiting.isEmpty
    }
    for id in waiting { try release(id, opening.eventID, at: now, in: unit) }
    try Reengage.hurry(customer, number, in: unit)
    return false
  }

  /// Lets messages go on whose time has come, the earliest first: those that were scheduled, and those that Meta's 131047 met
  /// and that may try once more.
  static func begin(
    now: Instant,
    limit: Int,
    in unit: any SQLUnit
  ) throws -> [RequestID] {
    let due = try unit.rows(
      """
      SELECT id, send_at AS at FROM request WHERE state = 'scheduled' AND send_at <= $now
      UNION ALL
      SELECT id, not_before AS at FROM request
      WHERE state = 'parked' AND not_before IS NOT NULL AND not_before <= $now
      ORDER BY at, id LIMIT $limit
      """,
      ["now": .instant(now), "limit": .integer(limit)]
    ) { row in try row.id("id", as: RequestID.self) }
    for id in due { try release(id, nil, at: now, in: unit) }
    return due
  }

  /// Lets a request go on, without reading it: whatever is in its row, what brought it on must be remembered.
  private static func release(
    _ id: RequestID,
    _ opening: String?,
    at now: Instant,
    in unit: any SQLUnit
  ) throws {
    try unit.run(
      """
      UPDATE request SET state = 'accepted', state_at = $now, not_before = NULL
      WHERE id = $id AND state IN ('parked', 'scheduled')
      """,
      ["id": .id(id), "now": .instant(now)]
    )
    try RequestRows(unit: unit).note(id, RequestState.accepted.rawValue, opening, at: now)
  }

  /// Has a request wait that was accepted before: what it was to go by has changed.
  static func park(
    _ record: RequestRecord,
    _ customer: CustomerID,
    _ waiting: Waiting,
    at now: Instant,
    in unit: any SQLUnit
  ) throws {
    try unit.run(
      """
      UPDATE request SET waited = $waited, durable = 1, expires_at = COALESCE(expires_at, $expiry),
        verdict = $verdict, customer_id = $customer
      WHERE id = $id
      """,
      [
        "id": .id(record.request.id), "customer": .id(customer),
        // Whose sender was given Meta's id does not know ours.
        "waited": .flag(record.takenBefore == nil),
        "expiry": .instant(waiting.expiry(from: now)),
        "verdict": .text(Verdict.wait(waiting).stored.string),
      ]
    )
    let rows = RequestRows(unit: unit)
    try rows.move(
      record,
      to: waiting.state,
      notBefore: waiting.nextTry(after: now),
      detail: waiting.detail,
      at: now
    )
    try rows.publish(record, state: waiting.state.rawValue, message: nil, at: now)
    if waiting.state == .parked {
      try ConversationFold.noteParked(customer, record.request.from, in: unit)
    }
  }
}

extension Waiting {
  /// A stable word for the history of a request.
  var detail: String? {
    switch self {
    case .forCustomer(let refusal, _): refusal.code
    case .until: nil
    }
  }

  /// When it may be tried again although the customer did nothing: once Meta had time to recover from a 131047 against a
  /// certain opening; `nil`: not at all.
  func nextTry(after now: Instant) -> Instant? {
    guard case .forCustomer(.uncertain(let doubt, _, _), _) = self, let at = doubt.retryNotBefore,
      at > now
    else { return nil }
    return at
  }

  /// When a message expires whose sender did not say; `nil`: never, because it has a time of its own.
  func expiry(from now: Instant) -> Instant? {
    switch self {
    case .forCustomer: now + Waiting.expiryDefault
    case .until: nil
    }
  }
}
