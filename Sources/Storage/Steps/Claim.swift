package import CustomerCare

/// The right to hand one request's message to Meta, decided again on facts read now.
package enum Claim {
  /// How many attempts a request may have: enough for a short outage with growing pauses, few
  /// enough that a message nobody can deliver ends.
  package static var attemptsMax: Int { 5 }

  /// How soon to look again when an older message of the conversation has not been claimed yet.
  static var turnDelay: Duration { .milliseconds(100) }

  /// Whose a claim is, and until when if its owner dies.
  package struct Lease: Sendable {
    /// One word per running gateway.
    package var owner: String
    /// When the lease ends by itself: later than the carrier's deadline.
    package var until: Instant

    /// Makes a lease.
    package init(owner: String, until: Instant) {
      self.owner = owner
      self.until = until
    }
  }

  /// A request that is ours until the lease ends: hand its message over, then settle.
  package struct Claimed: Sendable {
    /// The request as it is now.
    package var record: RequestRecord
    /// The attempt that has begun.
    package var attempt: AttemptReference
    /// The window the verdict was made on.
    package var window: CareWindow
    /// Meta's token of the number, as it is kept; `nil` when there is none.
    package var sealedAccessToken: [UInt8]?
    /// Slots of the number's throughput that were taken with this one's, for others.
    package var spareSlots: [Instant]
  }

  /// What became of a claim.
  package enum Outcome: Sendable {
    /// The request is ours.
    case dispatch(Claimed)
    /// The gate says no now; the request is refused.
    case refused(RequestRecord, Refusal, window: CareWindow)
    /// It waits again: the window is shut now.
    case waits(RequestRecord, window: CareWindow)
    /// Its time was over; it has failed.
    case ended(RequestRecord)
    /// Another message of the same conversation goes first, or it is too early; look again then.
    case busy(until: Instant)
    /// It may be sent, and a limit on speed is in the way.
    case paced(Pace.Delay, RequestRecord, window: CareWindow)
    /// Nothing is to be done: it is dispatching, unknown, settled, withdrawn, or was never reserved.
    case gone(RequestRecord?)
  }

  /// Leases the request's conversation, decides again, and writes the attempt.
  ///
  /// `margin` is how long before its end a window is no longer used; `ticket` is what the request brings of the
  /// number's throughput; `write` writes the template that goes out in its place, if it has to wait now.
  package static func claim(
    _ request: RequestID,
    lease: Lease,
    with ticket: Pace.Ticket = .take(1),
    writing write: Reengage.Writer,
    now: Instant,
    margin: Duration,
    decide: (SendRequest, SendFacts) -> Verdict = CustomerCare.decide(_:given:),
    in unit: any SQLUnit
  ) throws -> Outcome {
    let rows = RequestRows(unit: unit)
    guard var record = try rows.find(request) else { return .gone(nil) }
    guard record.state == .accepted else { return .gone(record) }
    if !record.isDurable, record.claimBy < now {
      try rows.endUnsent(record, as: .failed, failure: "abandoned", at: now)
      return .ended(try rows.find(request) ?? record)
    }
    guard record.attempts.count < attemptsMax else {
      try rows.endUnsent(record, as: .failed, failure: "attempts_exhausted", at: now)
      return .ended(try rows.find(request) ?? record)
    }
    let known = try GateFacts(
      for: record.request,
      isPromised: record.hasWaited || record.takenBefore != nil,
      now: now,
      margin: margin,
      in: unit
    )
    if let turn = try wait(record, known.person.id, now: now, in: unit) {
      return .busy(until: turn)
    }

    if try Reengage.isPointless(record, known.person.id, in: unit) {
      try rows.endUnsent(record, as: .withdrawn, detail: "nothing_waits", at: now)
      return .ended(try rows.find(request) ?? record)
    }
    record.verdict = decide(record.request, known.facts)
    try keep(record.verdict, of: request, known.person.id, in: unit)
    if case .wait(let waiting) = record.verdict {
      try Parked.park(record, known.person.id, waiting, at: now, in: unit)
      try Reengage.begin(inPlaceOf: record, known, write, now: now, in: unit)
      return .waits(try rows.find(request) ?? record, window: known.facts.window)
    }
    if case .refused(let refusal) = record.verdict {
      try rows.endUnsent(record, as: .refused, detail: refusal.code, at: now)
      return .refused(
        try rows.find(request) ?? record,
        refusal,
        window: known.facts.window
      )
    }
    var spare: [Instant] = []
    if let number = known.facts.number {
      let customer = known.person.id
      switch try Pace.admit(from: number, to: customer, with: ticket, now: now, in: unit) {
      case .leaves(let slots): spare = slots
      case .waits(let delay):
        if record.isDurable, delay.until > now + Pace.reach {
          try putOff(request, until: delay.until, in: unit)
        }
        return .paced(delay, record, window: known.facts.window)
      }
    }
    try rows.move(record, to: .dispatching, at: now)
    return .dispatch(try begin(record, known, lease, spare: spare, now: now, in: unit))
  }

  /// Has nobody look at a request before then.
  private static func putOff(
    _ request: RequestID,
    until: Instant,
    in unit: any SQLUnit
  ) throws {
    try unit.run(
      "UPDATE request SET not_before = $until WHERE id = $id",
      ["id": .id(request), "until": .instant(until)]
    )
  }

  /// Until when an accepted request has to wait for its turn; `nil` when it is its turn.
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
    return try turn(of: record.request, customer, now: now, in: unit)
  }

  /// When a conversation may be free for a request; `nil` when nothing goes before it now.
  ///
  /// What is to be tried again later keeps its place: nothing younger goes while it pauses.
  private static func turn(
    of request: SendRequest,
    _ customer: CustomerID,
    now: Instant,
    in unit: any SQLUnit
  ) throws -> Instant? {
    if let lease = try lease(on: customer, request.from, in: unit) {
      return max(lease, now + turnDelay)
    }
    let older = try unit.first(
      """
      SELECT id FROM request
      WHERE phone_number_id = $number AND customer_id = $customer AND is_open = 1
        AND (state = 'dispatching' OR (state = 'accepted'
          AND (created_at < $created OR (created_at = $created AND id < $id))
          AND (durable = 1 OR claim_by >= $now)))
      LIMIT 1
      """,
      [
        "number": .id(request.from), "customer": .id(customer),
        "created": .instant(request.at), "id": .id(request.id), "now": .instant(now),
      ]
    ) { row in try row.text("id") }
    return older == nil ? nil : now + turnDelay
  }

  /// A new request's place in its conversation: behind all that is there, whatever the clock of the node says that took
  /// those.
  ///
  /// - Returns: The instant it counts from, and whether nothing goes before it now.
  static func place(
    of request: SendRequest,
    _ customer: CustomerID,
    now: Instant,
    in unit: any SQLUnit
  ) throws -> (at: Instant, isFree: Bool) {
    let open = try unit.first(
      """
      SELECT MAX(created_at) AS latest,
        MAX(CASE WHEN state = 'dispatching'
          OR (state = 'accepted' AND (durable = 1 OR claim_by >= $now)) THEN 1 ELSE 0 END) AS goes
      FROM request
      WHERE phone_number_id = $number AND customer_id = $customer AND is_open = 1
      """,
      ["number": .id(request.from), "customer": .id(customer), "now": .instant(now)]
    ) { row in
      (latest: try row.instantIfAny("latest"), goes: try row.integerIfAny("goes") == 1)
    }
    let behind = open?.latest.map { $0 + .milliseconds(1) } ?? request.at
    let isFree = try open?.goes != true && lease(on: customer, request.from, in: unit) == nil
    return (at: max(request.at, behind), isFree: isFree)
  }

  /// Until when a conversation is leased.
  ///
  /// A lease that ended still waits for the sweep: what it covered is unknown, and must be said so.
  private static func lease(
    on customer: CustomerID,
    _ number: PhoneNumberID,
    in unit: any SQLUnit
  ) throws -> Instant? {
    try unit.first(
      """
      SELECT until_at FROM lease WHERE phone_number_id = $number AND customer_id = $customer
      """,
      ["number": .id(number), "customer": .id(customer)]
    ) { row in try row.instant("until_at") }
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

  /// Writes the attempt and the lease of a request that is dispatching now.
  static func begin(
    _ record: RequestRecord,
    _ known: GateFacts,
    _ lease: Lease,
    spare: [Instant],
    now: Instant,
    in unit: any SQLUnit
  ) throws -> Claimed {
    let request = record.request
    if case .send(.tried) = record.verdict {
      try SecondTry.take(for: request.id, on: known.facts.window, request.from, in: unit)
    }
    let reference = AttemptReference(
      request: request.id,
      number: record.attempts.count + 1,
      dispatchBeganAt: now,
      neededWindow: request.kind.needsOpenWindow
    )
    try unit.run(
      """
      INSERT INTO attempt (id, request_id, number, phone_number_id, began_at)
      VALUES ($id, $request, $attempt, $number, $now)
      """,
      [
        "id": .id(reference.attempt), "request": .id(request.id),
        "attempt": .integer(reference.number), "number": .id(request.from), "now": .instant(now),
      ]
    )
    try unit.run(
      """
      INSERT INTO lease (phone_number_id, customer_id, owner, request_id, until_at)
      VALUES ($number, $customer, $owner, $request, $until)
      """,
      [
        "number": .id(request.from), "customer": .id(known.person.id), "owner": .text(lease.owner),
        "request": .id(request.id), "until": .instant(lease.until),
      ]
    )
    var claimed = record
    (claimed.state, claimed.failure) = (.dispatching, nil)
    claimed.attempts.append(
      AttemptRecord(id: reference.attempt, number: reference.number, dispatchBeganAt: now)
    )
    return Claimed(
      record: claimed,
      attempt: reference,
      window: known.facts.window,
      sealedAccessToken: known.sealedAccessToken,
      spareSlots: spare
    )
  }
}
