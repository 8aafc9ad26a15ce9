package import CustomerCare

/// What becomes due by itself.
package enum Wait {
  /// How long an unknown outcome is waited for, and a key is kept: as long as Meta repeats a webhook.
  package static var unknownFor: Duration { .seconds(7 * 24 * 60 * 60) }

  /// What one look at the clock changed.
  package struct Report: Sendable, Hashable {
    /// Windows announced as closing or closed.
    package var announced = 0
    /// Requests found dispatching after their lease ended: unknown now.
    package var unknown: [RequestID] = []
    /// Requests that ended failed: never dispatched for their caller, or unknown for 7 days.
    package var failed: [RequestID] = []
    /// Requests that lapsed before they could be sent.
    package var expired: [RequestID] = []
    /// Windows and requests that were due and cannot be read: they ended all the same, unannounced.
    package var unreadable = 0
    /// Requests whose time has come.
    package var begun: [RequestID] = []
    /// Keys forgotten.
    package var keysForgotten = 0

    /// Nothing yet.
    package init() {}
  }

  /// Does everything that is due, at most `limit` of each kind: call again while there was as much.
  ///
  /// `closingLead` is how long before its end a window is announced as closing.
  package static func sweep(
    now: Instant,
    closingLead: Duration,
    limit: Int,
    in unit: any SQLUnit
  ) throws -> Report {
    var report = Report()
    let announced = try Announcements(unit: unit, publishing: true)
      .make(now: now, closingLead: closingLead, limit: limit)
    (report.announced, report.unreadable) = (announced.most, announced.unreadable)
    report.unknown = try endLeases(now: now, limit: limit, &report.unreadable, in: unit)
    report.failed = try end(
      .failed,
      failure: "abandoned",
      now: now,
      """
      SELECT id FROM request WHERE is_open = 1 AND state = 'accepted' AND durable = 0
        AND claim_by < $now ORDER BY state_at LIMIT $limit
      """,
      ["now": .instant(now), "limit": .integer(limit)],
      &report.unreadable,
      in: unit
    )
    report.failed += try end(
      .failed,
      failure: RequestRecord.neverKnown,
      now: now,
      """
      SELECT id FROM request WHERE is_open = 1 AND state = 'unknown' AND state_at <= $before
      ORDER BY state_at LIMIT $limit
      """,
      ["before": .instant(now - unknownFor), "limit": .integer(limit)],
      &report.unreadable,
      in: unit
    )
    report.expired = try end(
      .expired,
      failure: nil,
      now: now,
      """
      SELECT id FROM request
      WHERE state IN ('accepted', 'scheduled', 'parked')
        AND expires_at IS NOT NULL AND expires_at <= $now LIMIT $limit
      """,
      ["now": .instant(now), "limit": .integer(limit)],
      &report.unreadable,
      in: unit
    )
    report.begun = try Parked.begin(now: now, limit: limit, in: unit)
    report.keysForgotten = try Idempotency.forget(
      before: now - unknownFor,
      limit: limit,
      in: unit
    )
    try Publish.forget(before: now - Publish.rememberedFor, limit: limit, in: unit)
    try Deliver.forget(now: now, limit: limit, in: unit)
    return report
  }

  /// Ends a request whose caller is gone, or was told that nothing was sent, before its dispatch
  /// began: the next message of the conversation need not wait until its `claimBy`.
  ///
  /// A durable request, or one that is past `accepted`, is left as it is. Returns whether it ended.
  package static func abandon(
    _ request: RequestID,
    now: Instant,
    in unit: any SQLUnit
  ) throws -> Bool {
    let rows = RequestRows(unit: unit)
    guard let record = try rows.find(request), record.state == .accepted, !record.isDurable else {
      return false
    }
    return try rows.endUnsent(record, as: .failed, failure: "abandoned", at: now)
  }

  /// Accepted requests that nobody carries out now, oldest first: durable ones only, one per
  /// conversation, at most `limit`.
  package static func dispatchable(
    now: Instant,
    limit: Int,
    in unit: any SQLUnit
  ) throws -> [RequestID] {
    try unit.rows(
      """
      SELECT r.id FROM request r
      WHERE r.is_open = 1 AND r.state = 'accepted' AND r.durable = 1
        AND (r.not_before IS NULL OR r.not_before <= $now)
        AND NOT EXISTS (SELECT 1 FROM lease l
          WHERE l.phone_number_id = r.phone_number_id AND l.customer_id = r.customer_id)
        AND NOT EXISTS (SELECT 1 FROM request o
          WHERE o.phone_number_id = r.phone_number_id AND o.customer_id = r.customer_id
            AND o.is_open = 1 AND (o.state = 'dispatching' OR (o.state = 'accepted'
              AND (o.durable = 1 OR o.claim_by >= $now)
              AND (o.created_at < r.created_at OR (o.created_at = r.created_at AND o.id < r.id)))))
      ORDER BY r.created_at, r.id LIMIT $limit
      """,
      ["now": .instant(now), "limit": .integer(limit)]
    ) { row in try row.id("id") }
  }

  /// The next instant at which `sweep` or `dispatchable` has something to do; `nil`: none is known.
  package static func nextDue(closingLead: Duration, in unit: any SQLUnit) throws -> Instant? {
    let questions: [(String, Duration)] = [
      ("SELECT MIN(until_at) AS at FROM lease", .zero),
      ("SELECT MIN(until_at) AS at FROM conversation WHERE state = 'open'", .zero),
      (
        """
        SELECT MIN(until_at) AS at FROM conversation
        WHERE state = 'open' AND closing_announced = 0
        """, .zero - closingLead
      ),
      (
        """
        SELECT MIN(claim_by) AS at FROM request
        WHERE is_open = 1 AND state = 'accepted' AND durable = 0
        """, .milliseconds(1)
      ),
      (
        """
        SELECT MIN(COALESCE(not_before, created_at)) AS at FROM request
        WHERE is_open = 1 AND state = 'accepted' AND durable = 1
        """, .zero
      ),
      (
        "SELECT MIN(state_at) AS at FROM request WHERE is_open = 1 AND state = 'unknown'",
        unknownFor
      ),
      (
        """
        SELECT MIN(expires_at) AS at FROM request
        WHERE state IN ('accepted', 'scheduled', 'parked')
          AND expires_at IS NOT NULL
        """, .zero
      ),
      ("SELECT MIN(send_at) AS at FROM request WHERE state = 'scheduled'", .zero),
      (
        """
        SELECT MIN(not_before) AS at FROM request
        WHERE state = 'parked' AND not_before IS NOT NULL
        """, .zero
      ),
    ]
    return try questions.compactMap { sql, offset in
      try unit.first(sql) { row in try row.instantIfAny("at") }?.map { $0 + offset }
    }.min()
  }

  /// Regards every announcement that is due as made: the end of a replay into an empty database.
  package static func silence(
    now: Instant,
    closingLead: Duration,
    in unit: any SQLUnit
  ) throws {
    let announcements = Announcements(unit: unit, publishing: false)
    while try announcements.make(now: now, closingLead: closingLead, limit: 1_000).most == 1_000 {}
  }

  /// A lease that ended by itself: whether its message was sent, nobody knows.
  private static func endLeases(
    now: Instant,
    limit: Int,
    _ unreadable: inout Int,
    in unit: any SQLUnit
  ) throws -> [RequestID] {
    let rows = RequestRows(unit: unit)
    let ended = try unit.rows(
      """
      SELECT l.request_id, r.state FROM lease l JOIN request r ON r.id = l.request_id
      WHERE l.until_at <= $now ORDER BY l.until_at LIMIT $limit
      """,
      ["now": .instant(now), "limit": .integer(limit)]
    ) { row in (id: try row.id("request_id", as: RequestID.self), state: try row.text("state")) }
    var unknown: [RequestID] = []
    for (id, state) in ended {
      try unit.run("DELETE FROM lease WHERE request_id = $id", ["id": .id(id)])
      guard state == RequestState.dispatching.rawValue else { continue }
      if let record = try readable(id, else: .unknown, now: now, &unreadable, in: unit) {
        if var attempt = record.attempts.last, attempt.outcome == nil {
          (attempt.outcome, attempt.reason, attempt.endedAt) = (
            "unknown", AttemptRecord.leaseEnded, now
          )
          try rows.write(attempt)
        }
        try rows.move(record, to: .unknown, detail: AttemptRecord.leaseEnded, at: now)
        try rows.publish(record, state: RequestState.unknown.rawValue, message: nil, at: now)
      }
      unknown.append(id)
    }
    return unknown
  }

  private static func end(
    _ state: RequestState,
    failure: String?,
    now: Instant,
    _ sql: String,
    _ parameters: SQLParameters,
    _ unreadable: inout Int,
    in unit: any SQLUnit
  ) throws -> [RequestID] {
    let rows = RequestRows(unit: unit)
    let due = try unit.rows(sql, parameters) { row in try row.id("id", as: RequestID.self) }
    return try due.filter { id in
      guard let record = try readable(id, else: state, now: now, &unreadable, in: unit) else {
        return true
      }
      guard try rows.move(record, to: state, failure: failure, at: now) else { return false }
      try rows.publish(record, state: state.rawValue, message: nil, at: now)
      return true
    }
  }

  /// A request that is due; `nil` after it went to `state` unread, because its row cannot be read.
  private static func readable(
    _ id: RequestID,
    else state: RequestState,
    now: Instant,
    _ unreadable: inout Int,
    in unit: any SQLUnit
  ) throws -> RequestRecord? {
    do {
      guard let record = try RequestRows(unit: unit).find(id) else {
        throw StoreError.unreadable("a request without its row")
      }
      return record
    } catch let error as StoreError where error.code == .unreadable {
      try end(unreadable: id, as: state, now: now, in: unit)
      unreadable += 1
      return nil
    }
  }

  /// Ends a request whose row cannot be read, or lets it go on as unknown: it must block nobody, and
  /// nobody can be told what it was.
  ///
  /// If it certainly was not sent, its key is free again.
  package static func end(
    unreadable id: RequestID,
    as state: RequestState = .failed,
    now: Instant,
    in unit: any SQLUnit
  ) throws {
    let before =
      try unit.first(
        "SELECT state FROM request WHERE id = $id AND is_open = 1",
        ["id": .id(id)]
      ) { row in RequestState(rawValue: try row.text("state")) } ?? nil
    if state.isTerminal, [.accepted, .scheduled, .parked].contains(before) {
      try Idempotency.free(id, in: unit)
      try SecondTry.giveBack(id, in: unit)
    }
    try unit.run(
      """
      UPDATE request SET state = $state, state_at = $now, is_open = $open, failure = 'unreadable'
      WHERE id = $id AND is_open = 1
      """,
      [
        "id": .id(id), "state": .text(state.rawValue), "now": .instant(now),
        "open": .flag(!state.isTerminal),
      ]
    )
    try RequestRows(unit: unit).note(id, state.rawValue, "unreadable", at: now)
  }
}
