package import CustomerCare

/// The right to hand one request's message to Meta, decided again on facts read now.
package enum Claim {
  /// How many attempts a request may have: enough for a short outage with growing pauses, few
  /// enough that a message nobody can deliver ends.
  package static var attemptsMax: Int { 5 }

  /// How soon to look again when an older message of the conversation has not been claimed yet.
  static var turnDelay: Duration { .milliseconds(100) }

  /// What became of a claim.
  package enum Outcome: Sendable {
    /// The request is ours until the lease ends: hand its message over, then settle.
    case dispatch(RequestRecord, AttemptReference, window: CareWindow)
    /// The gate says no now; the request is refused.
    case refused(RequestRecord, Refusal, window: CareWindow)
    /// Its time was over; it has failed.
    case ended(RequestRecord)
    /// Another message of the same conversation goes first, or it is too early; look again then.
    case busy(until: Instant)
    /// Nothing is to be done: it is dispatching, unknown, settled, withdrawn, or was never reserved.
    case gone(RequestRecord?)
  }

  /// Leases the request's conversation, decides again, and writes the attempt.
  ///
  /// `owner` is one word per running gateway; `until` ends the lease by itself, later than the
  /// carrier's deadline; `margin` is how long before its end a window is no longer used.
  package static func claim(
    _ request: RequestID,
    owner: String,
    until: Instant,
    now: Instant,
    margin: Duration,
    decide: (SendRequest, SendFacts) -> Verdict = CustomerCare.decide(_:given:),
    in unit: any SQLUnit
  ) throws -> Outcome {
    let rows = RequestRows(unit: unit)
    guard let record = try rows.find(request), record.state == .accepted else {
      return .gone(try rows.find(request))
    }
    if !record.isDurable, record.claimBy < now {
      try rows.endUnsent(record, as: .failed, failure: "abandoned", at: now)
      return .ended(try rows.find(request) ?? record)
    }
    guard record.attempts.count < attemptsMax else {
      try rows.endUnsent(record, as: .failed, failure: "attempts_exhausted", at: now)
      return .ended(try rows.find(request) ?? record)
    }
    let known = try GateFacts(for: record.request, now: now, margin: margin, in: unit)
    if let turn = try wait(record, known.person.id, now: now, in: unit) {
      return .busy(until: turn)
    }

    let verdict = decide(record.request, known.facts)
    try keep(verdict, of: request, known.person.id, in: unit)
    if case .refused(let refusal) = verdict {
      try rows.endUnsent(record, as: .refused, detail: refusal.code, at: now)
      return .refused(
        try rows.find(request) ?? record,
        refusal,
        window: known.facts.window
      )
    }
    if case .send(.tried) = verdict {
      try SecondTry.take(for: request, on: known.facts.window, record.request.from, in: unit)
    }
    let reference = try begin(record, known.person.id, owner: owner, until: until, now: now, unit)
    guard let claimed = try rows.find(request) else {
      throw StoreError.unreadable("a request without its row")
    }
    return .dispatch(claimed, reference, window: known.facts.window)
  }

  /// Until when the request has to wait for its turn; `nil` when it is its turn.
  private static func wait(
    _ record: RequestRecord,
    _ customer: CustomerID,
    now: Instant,
    in unit: any SQLUnit
  ) throws -> Instant? {
    let notBefore =
      try unit.first(
        "SELECT not_before FROM request WHERE id = $id",
        ["id": .id(record.request.id)]
      ) { row in try row.instantIfAny("not_before") } ?? nil
    if let notBefore, notBefore > now { return notBefore }
    let lease = try unit.first(
      """
      SELECT until_at FROM lease WHERE phone_number_id = $number AND customer_id = $customer
      """,
      ["number": .id(record.request.from), "customer": .id(customer)]
    ) { row in try row.instant("until_at") }
    // A lease that ended still waits for the sweep: what it covered is unknown, and must be said so.
    if let lease { return max(lease, now + turnDelay) }
    let older = try unit.first(
      """
      SELECT id FROM request
      WHERE phone_number_id = $number AND customer_id = $customer AND is_open = 1
        AND (state = 'dispatching' OR (state = 'accepted'
          AND (created_at < $created OR (created_at = $created AND id < $id))
          AND (not_before IS NULL OR not_before <= $now) AND (durable = 1 OR claim_by >= $now)))
      LIMIT 1
      """,
      [
        "number": .id(record.request.from), "customer": .id(customer),
        "created": .instant(record.request.at), "id": .id(record.request.id),
        "now": .instant(now),
      ]
    ) { row in try row.text("id") }
    return older == nil ? nil : now + turnDelay
  }

  private static func keep(
    _ verdict: Verdict,
    of request: RequestID,
    _ customer: CustomerID,
    in unit: any SQLUnit
  ) throws {
    try unit.run(
      "UPDATE request SET verdict = $verdict, customer_id = $customer WHERE id = $id",
      [
        "id": .id(request), "verdict": .text(verdict.stored.string), "customer": .id(customer),
      ]
    )
  }

  private static func begin(
    _ record: RequestRecord,
    _ customer: CustomerID,
    owner: String,
    until: Instant,
    now: Instant,
    _ unit: any SQLUnit
  ) throws -> AttemptReference {
    let reference = AttemptReference(
      request: record.request.id,
      number: record.attempts.count + 1,
      dispatchBeganAt: now,
      neededWindow: record.request.kind.needsOpenWindow
    )
    try unit.run(
      """
      INSERT INTO attempt (id, request_id, number, phone_number_id, began_at)
      VALUES ($id, $request, $attempt, $number, $now)
      """,
      [
        "id": .id(reference.attempt), "request": .id(record.request.id),
        "attempt": .integer(reference.number), "number": .id(record.request.from),
        "now": .instant(now),
      ]
    )
    try unit.run(
      """
      INSERT INTO lease (phone_number_id, customer_id, owner, request_id, until_at)
      VALUES ($number, $customer, $owner, $request, $until)
      """,
      [
        "number": .id(record.request.from), "customer": .id(customer), "owner": .text(owner),
        "request": .id(record.request.id), "until": .instant(until),
      ]
    )
    try RequestRows(unit: unit).move(record, to: .dispatching, at: now)
    return reference
  }
}
