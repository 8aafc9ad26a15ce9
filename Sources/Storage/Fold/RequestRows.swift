import CustomerCare

/// The rows of requests and their attempts.
struct RequestRows {
  let unit: any SQLUnit

  /// An attempt with what it belongs to.
  struct Attempt {
    let request: RequestID
    let number: PhoneNumberID
    var record: AttemptRecord
  }

  /// A request with its attempts and its delivery; `nil` when there is none with this id.
  func find(_ id: RequestID) throws -> RequestRecord? {
    guard
      var record = try unit.first(
        "SELECT * FROM request WHERE id = $id",
        ["id": .id(id)],
        RequestRecord.init(row:)
      )
    else { return nil }
    record.attempts = try attempts(of: id)
    if let message = record.message {
      record.delivery = try Deliveries(number: record.request.from, unit: unit)
        .delivery(of: message)
    }
    return record
  }

  /// The attempts of a request, the first first.
  func attempts(of id: RequestID) throws -> [AttemptRecord] {
    try unit.rows(
      "SELECT * FROM attempt WHERE request_id = $id ORDER BY number",
      ["id": .id(id)]
    ) { row in try AttemptRecord(row: row) }
  }

  /// An attempt by its id.
  func attempt(_ id: AttemptID) throws -> Attempt? {
    try unit.first("SELECT * FROM attempt WHERE id = $id", ["id": .id(id)], Attempt.init(row:))
  }

  /// An attempt by Meta's id of its message.
  func attempt(number: PhoneNumberID, message: MessageID) throws -> Attempt? {
    try unit.first(
      "SELECT * FROM attempt WHERE phone_number_id = $number AND wamid = $wamid",
      ["number": .id(number), "wamid": .id(message)],
      Attempt.init(row:)
    )
  }

  /// Puts a request into a state, if it may go there.
  ///
  /// Returns whether it went.
  @discardableResult
  func move(
    _ record: RequestRecord,
    to state: RequestState,
    failure: String? = nil,
    notBefore: Instant? = nil,
    detail: String? = nil,
    at now: Instant
  ) throws -> Bool {
    guard record.state.canBecome(state) else { return false }
    let changed = try unit.run(
      """
      UPDATE request SET state = $state, state_at = $now, is_open = $open, failure = $failure,
        not_before = $not_before
      WHERE id = $id AND state = $before
      """,
      [
        "id": .id(record.request.id), "state": .text(state.rawValue), "now": .instant(now),
        "open": .flag(!state.isTerminal), "failure": .text(failure),
        "not_before": .instant(notBefore),
        "before": .text(record.state.rawValue),
      ]
    )
    guard changed == 1 else { return false }
    try note(record.request.id, state.rawValue, detail ?? failure, at: now)
    if state.isTerminal, state != .handedOver, record.maySenderHaveOurID {
      try Deliver.promise(endOf: record, at: now, in: unit)
    }
    return true
  }

  /// Ends a request that nobody got: what it held is free again, and whoever listens is told.
  ///
  /// Returns whether it could end so.
  @discardableResult
  func endUnsent(
    _ record: RequestRecord,
    as state: RequestState,
    failure: String? = nil,
    error: MetaRefusal? = nil,
    detail: String? = nil,
    at now: Instant
  ) throws -> Bool {
    guard try move(record, to: state, failure: failure, detail: detail, at: now) else {
      return false
    }
    // Who was answered 200 before is given that answer again.
    if !record.hasWaited, record.takenBefore == nil {
      try Idempotency.free(record.request.id, in: unit)
    }
    try SecondTry.giveBack(record.request.id, in: unit)
    try publish(record, state: state.rawValue, message: nil, error: error, at: now)
    return true
  }

  /// Brings open requests, the leases on their conversations, and what is known of the last templates, to whom they lead now
  /// that the persons have changed.
  func follow(_ change: Identities.Change, _ identities: Identities) throws {
    let addressed = change.addressed.subtracting(change.now.map(\.id))
    for customer in change.before.union(addressed).sorted() {
      let led = try unit.rows(
        """
        SELECT id, alias, 1 AS is_open FROM request WHERE customer_id = $customer AND is_open = 1
        UNION ALL
        SELECT request_id, alias, 0 FROM reengagement WHERE customer_id = $customer
        """,
        ["customer": .id(customer)]
      ) { row in
        (
          id: try row.id("id", as: RequestID.self), alias: try row.text("alias"),
          isOpen: try row.flag("is_open")
        )
      }
      for request in led {
        guard let alias = Alias(key: request.alias) else { continue }
        let now = try identities.person(behind: alias).id
        guard now != customer else { continue }
        guard request.isOpen else {
          try Reengage.follow(request.id, from: customer, to: now, in: unit)
          continue
        }
        let parameters: SQLParameters = ["id": .id(request.id), "customer": .id(now)]
        try unit.run("UPDATE request SET customer_id = $customer WHERE id = $id", parameters)
        // Of two leases that meet the later stays where it is until it ends: each tells when its own
        // message is given up, and which are in flight is read from the requests.
        try unit.run(
          """
          UPDATE lease SET customer_id = $customer WHERE request_id = $id
            AND NOT EXISTS (SELECT 1 FROM lease o WHERE o.customer_id = $customer
              AND o.phone_number_id = lease.phone_number_id)
          """,
          parameters
        )
      }
    }
  }

  /// Writes the outcome of an attempt.
  func write(_ attempt: AttemptRecord) throws {
    try unit.run(
      """
      UPDATE attempt SET outcome = $outcome, ended_at = $ended, wamid = $wamid,
        refusal_code = $code, refusal_title = $title, refusal_details = $details,
        reason = $reason
      WHERE id = $id
      """,
      [
        "id": .id(attempt.id), "outcome": .text(attempt.outcome),
        "ended": .instant(attempt.endedAt), "wamid": .id(attempt.message),
        "code": .integer(attempt.refusal.map { Int64($0.code) }),
        "title": .text(attempt.refusal?.title), "details": .text(attempt.refusal?.details),
        "reason": .text(attempt.reason),
      ]
    )
  }

  /// Adds a line to a request's history.
  func note(_ id: RequestID, _ event: String, _ detail: String?, at: Instant) throws {
    try unit.run(
      """
      INSERT INTO request_line (request_id, line, at, event, detail)
      SELECT CAST($id AS TEXT), COALESCE(MAX(line), 0) + 1, CAST($at AS BIGINT),
        CAST($event AS TEXT), CAST($detail AS TEXT)
      FROM request_line WHERE request_id = $id
      """,
      ["id": .id(id), "at": .instant(at), "event": .text(event), "detail": .text(detail)]
    )
  }

  /// Announces a new state of a request or its message.
  func publish(
    _ record: RequestRecord,
    state: String,
    message: MessageID?,
    error: MetaRefusal? = nil,
    at: Instant,
    isLate: Bool = false
  ) throws {
    try Publish.append(
      CareEvent(
        .messageState,
        key: "\(record.request.id)/\(message?.rawValue ?? "-")/\(state)",
        number: record.request.from,
        customer: try customer(of: record),
        at: at,
        isLate: isLate,
        body: .members([
          "request": .text(record.request.id.rawValue),
          "message": .optional(message?.rawValue), "state": .text(state),
          "error": error?.stored,
        ])
      ),
      in: unit
    )
  }

  /// Whose conversation a request is in.
  func customer(of record: RequestRecord) throws -> CustomerID {
    try unit.first(
      "SELECT customer_id FROM request WHERE id = $id",
      ["id": .id(record.request.id)]
    ) { row in try row.id("customer_id") } ?? CustomerID(record.request.to.alias.key)
  }
}

extension RequestRecord {
  /// Reads a row of the table `request`, without attempts and delivery.
  init(row: any SQLRow) throws {
    guard let alias = Alias(key: try row.text("alias")),
      let state = RequestState(rawValue: try row.text("state"))
    else { throw StoreError.unreadable("a request") }
    let answerStatus = try row.integerIfAny("answer_status")
    self.init(
      request: SendRequest(
        id: try row.id("id"),
        from: try row.id("phone_number_id"),
        to: alias.kind == .group ? .group(GroupID(alias.value)) : .customer(alias),
        kind: try MessageKind(stored: try StoredJSON(parsing: try row.text("kind"))),
        sender: try Sender(stored: try row.text("sender")),
        ifClosed: try row.textIfAny("if_closed").flatMap(ClosedWindowPolicy.init(rawValue:)),
        expiresAt: try row.instantIfAny("expires_at"),
        sendAt: try row.instantIfAny("send_at"),
        at: try row.instant("created_at")
      ),
      payload: try row.bytes("payload"),
      content: Content(stored: try StoredJSON(parsing: try row.text("content"))),
      type: try row.text("type"),
      road: try row.text("road"),
      version: try row.textIfAny("version"),
      clientReference: try row.textIfAny("client_reference"),
      isDurable: try row.flag("durable"),
      claimBy: try row.instant("claim_by"),
      state: state,
      delivery: .none,
      verdict: try Verdict(stored: try StoredJSON(parsing: try row.text("verdict"))),
      hasWaited: try row.flag("waited"),
      failure: try row.textIfAny("failure"),
      answer: try answerStatus.map { status in
        AnswerBytes(status: Int(status), body: try row.bytesIfAny("answer_body") ?? [])
      },
      inPlace: try InPlace(row: row),
      attempts: []
    )
  }
}

extension InPlace {
  /// Reads it from a row of the table `request`; `nil` where there is none.
  fileprivate init?(row: any SQLRow) throws {
    guard let original = try row.idIfAny("in_place_of", as: RequestID.self),
      let reason = try row.textIfAny("template_reason")
    else { return nil }
    self.init(
      original: original,
      reason: try FallbackReason(stored: StoredJSON(parsing: reason))
    )
  }
}

extension AttemptRecord {
  /// Reads a row of the table `attempt`.
  init(row: any SQLRow) throws {
    let code = try row.integerIfAny("refusal_code")
    self.init(
      id: try row.id("id"),
      number: Int(try row.integer("number")),
      dispatchBeganAt: try row.instant("began_at"),
      outcome: try row.textIfAny("outcome"),
      endedAt: try row.instantIfAny("ended_at"),
      message: try row.idIfAny("wamid"),
      refusal: try code.map { code in
        MetaRefusal(
          code: Int(code),
          title: try row.textIfAny("refusal_title") ?? "",
          details: try row.textIfAny("refusal_details") ?? ""
        )
      },
      reason: try row.textIfAny("reason")
    )
  }
}

extension RequestRows.Attempt {
  /// Reads a row of the table `attempt`.
  init(row: any SQLRow) throws {
    self.init(
      request: try row.id("request_id"),
      number: try row.id("phone_number_id"),
      record: try AttemptRecord(row: row)
    )
  }
}
