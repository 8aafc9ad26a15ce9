package import CustomerCare

/// What callbacks are owed: written with what happened, claimed, and settled.
///
/// A claim is a lease and needs no column of its own: it moves the delivery's next instant behind the
/// lease's end, so that a delivery whose owner died is due again. The count of attempts tells claims
/// apart.
package enum Deliver {
  /// How long a delivery that arrived is shown.
  package static var rememberedFor: Duration { .seconds(7 * 24 * 60 * 60) }
  /// How long a dead one can be redelivered.
  package static var deadFor: Duration { .seconds(30 * 24 * 60 * 60) }

  /// Something a callback is to be told.
  package struct Promise: Sendable {
    /// Whom.
    package var callback: CallbackID
    /// The same however often it is promised, and in every attempt: `webhook-id`.
    package var id: String
    /// What kind of thing.
    package var kind: CallbackKind
    /// Deliveries of one lane go one after the other.
    package var lane: String
    /// What is posted.
    package var body: [UInt8]

    /// Makes a promise.
    package init(
      callback: CallbackID,
      id: String,
      kind: CallbackKind,
      lane: String,
      body: [UInt8]
    ) {
      self.callback = callback
      self.id = id
      self.kind = kind
      self.lane = lane
      self.body = body
    }
  }

  /// Whom an entry of the journal speaks of.
  enum Subject: Hashable {
    case number(PhoneNumberID)
    case account(WABAID)

    var text: String {
      switch self {
      case .number(let number): number.rawValue
      case .account(let account): account.rawValue
      }
    }
  }

  /// Writes what is owed, in this order; what was promised before is not promised twice.
  package static func promise(
    _ promises: [Promise],
    at now: Instant,
    in unit: any SQLUnit
  ) throws {
    for promise in promises {
      try unit.run(
        """
        INSERT INTO callback_delivery (callback_id, delivery_id, kind, lane, body, created_at,
          since_at, state, attempts, next_at)
        VALUES ($callback, $delivery, $kind, $lane, $body, $now, $now, 'pending', 0, $now)
        ON CONFLICT (callback_id, delivery_id) DO NOTHING
        """,
        [
          "callback": .id(promise.callback), "delivery": .text(promise.id),
          "kind": .text(promise.kind.rawValue), "lane": .text(promise.lane),
          "body": .bytes(promise.body), "now": .instant(now),
        ]
      )
    }
  }

  /// The callbacks that want Meta's webhooks as they came.
  static func rawCallbacks(in unit: any SQLUnit) throws -> [CallbackRecord] {
    try Callbacks.list(in: unit).filter { $0.kinds.contains(.metaRaw) }
  }

  /// Owes the callbacks what an entry says about a number or an account of theirs.
  ///
  /// Each subject is a delivery of its own: a number that is added later gets its part then, and
  /// nobody gets a part twice. The body stays in the journal.
  static func promise(
    _ entry: EntryFacts,
    of subject: Subject,
    to callbacks: [CallbackRecord],
    in unit: any SQLUnit
  ) throws {
    for callback in callbacks where try concerns(callback, subject, in: unit) {
      let id = "raw_\(entry.entry.rawValue)_\(subject.text)"
      try unit.run(
        """
        INSERT INTO callback_delivery (callback_id, delivery_id, kind, lane, entry, subject,
          created_at, since_at, state, attempts, next_at)
        VALUES ($callback, $delivery, 'meta.raw', $delivery, $entry, $subject, $now, $now,
          'pending', 0, $now)
        ON CONFLICT (callback_id, delivery_id) DO NOTHING
        """,
        [
          "callback": .id(callback.id), "delivery": .text(id),
          "entry": .integer(entry.entry.rawValue), "subject": .text(subject.text),
          "now": .instant(entry.receivedAt),
        ]
      )
    }
  }

  /// Owes the callbacks the end of a request that Meta says nothing of.
  ///
  /// Its sender was answered 200, with an id of ours, and waits for a status that nobody else will send.
  static func promise(
    endOf record: RequestRecord,
    at now: Instant,
    in unit: any SQLUnit
  ) throws {
    for callback in try rawCallbacks(in: unit)
    where callback.wants(.metaRaw, of: record.request.from) {
      try unit.run(
        """
        INSERT INTO callback_delivery (callback_id, delivery_id, kind, lane, request_id,
          created_at, since_at, state, attempts, next_at)
        VALUES ($callback, $delivery, 'meta.raw', $delivery, $request, $now, $now, 'pending', 0,
          $now)
        ON CONFLICT (callback_id, delivery_id) DO NOTHING
        """,
        [
          "callback": .id(callback.id), "request": .id(record.request.id), "now": .instant(now),
          "delivery": .text("raw_\(record.request.id)_failed"),
        ]
      )
    }
  }

  private static func concerns(
    _ callback: CallbackRecord,
    _ subject: Subject,
    in unit: any SQLUnit
  ) throws -> Bool {
    switch subject {
    case .number(let number): callback.wants(.metaRaw, of: number)
    case .account(let account):
      try Numbers.facts(of: account, unit).contains {
        callback.wants(.metaRaw, of: $0.phoneNumberID)
      }
    }
  }
}

extension Deliver {
  /// A place in the table of deliveries.
  package struct Position: Sendable, Hashable {
    let rawValue: Int64
  }

  /// What is posted.
  package enum Content: Sendable, Hashable {
    /// These bytes.
    case body([UInt8])
    /// What an entry of the journal says about one number or account.
    case entry(body: [UInt8], subject: String)
    /// That a request ended so, and when.
    case end(of: RequestID, at: Instant)
  }

  /// A delivery that is ours until the lease ends: post it, then settle.
  package struct Claimed: Sendable, Hashable {
    let position: Position
    /// Whom to tell.
    package let callback: CallbackRecord
    /// `webhook-id`.
    package let id: String
    /// What kind of thing it is.
    package let kind: CallbackKind
    let lane: String
    /// What is posted.
    package let content: Content
    /// Which attempt this is, from 1.
    package let attempt: Int
    /// When it was promised, or redelivered.
    package let since: Instant
  }

  /// What became of an attempt.
  package enum Settlement: Sendable, Hashable {
    /// It arrived.
    case delivered
    /// It did not, and is tried again then.
    case retry(at: Instant)
    /// It did not, and is given up.
    case dead
  }

  /// Deliveries to a callback that may be claimed now, the longest due first: of each lane the oldest.
  package static func due(
    _ callback: CallbackID,
    now: Instant,
    limit: Int,
    in unit: any SQLUnit
  ) throws -> [Position] {
    try unit.rows(
      """
      SELECT d.id FROM callback_delivery d
      WHERE d.callback_id = $callback AND d.state = 'pending' AND d.next_at <= $now
        AND NOT EXISTS (SELECT 1 FROM callback_delivery o
          WHERE o.lane = d.lane AND o.callback_id = d.callback_id AND o.state = 'pending'
            AND o.id < d.id)
      ORDER BY d.next_at, d.id LIMIT $limit
      """,
      ["callback": .id(callback), "now": .instant(now), "limit": .integer(limit)]
    ) { row in Position(rawValue: try row.integer("id")) }
  }

  /// Takes deliveries that are still due, each until `until`; what somebody else took is left out.
  package static func claim(
    _ positions: [Position],
    now: Instant,
    until: Instant,
    in unit: any SQLUnit
  ) throws -> [Claimed] {
    try positions.compactMap { position in
      let taken = try unit.run(
        """
        UPDATE callback_delivery SET attempts = attempts + 1, next_at = $until
        WHERE id = $position AND state = 'pending' AND next_at <= $now
        """,
        [
          "position": .integer(position.rawValue), "now": .instant(now), "until": .instant(until),
        ]
      )
      return taken == 1 ? try claimed(position, in: unit) : nil
    }
  }

  private static func claimed(_ position: Position, in unit: any SQLUnit) throws -> Claimed? {
    try unit.first(
      """
      SELECT c.*, d.delivery_id, d.kind, d.lane, d.attempts, d.since_at, d.subject,
        d.request_id, d.created_at AS promised_at, d.body AS own_body, j.body AS entry_body
      FROM callback_delivery d JOIN callback c ON c.id = d.callback_id
      LEFT JOIN journal j ON j.id = d.entry
      WHERE d.id = $position
      """,
      ["position": .integer(position.rawValue)]
    ) { row in
      guard let kind = CallbackKind(rawValue: try row.text("kind")) else {
        throw StoreError.unreadable("a delivery")
      }
      let content: Content =
        if let request = try row.idIfAny("request_id", as: RequestID.self) {
          .end(of: request, at: try row.instant("promised_at"))
        } else if let subject = try row.textIfAny("subject") {
          .entry(body: try row.bytesIfAny("entry_body") ?? [], subject: subject)
        } else {
          .body(try row.bytes("own_body"))
        }
      return Claimed(
        position: position,
        callback: try CallbackRecord(row: row),
        id: try row.text("delivery_id"),
        kind: kind,
        lane: try row.text("lane"),
        content: content,
        attempt: Int(try row.integer("attempts")),
        since: try row.instant("since_at")
      )
    }
  }

  /// Writes what became of an attempt, and lets its lane go on, or wait with it.
  ///
  /// `result` is a stable word without anything the receiver said. Returns false when the lease was
  /// over and somebody else has it, or the callback is gone.
  @discardableResult
  package static func settle(
    _ claimed: Claimed,
    as settlement: Settlement,
    result: String,
    now: Instant,
    in unit: any SQLUnit
  ) throws -> Bool {
    let (state, next) =
      switch settlement {
      case .delivered: ("delivered", now)
      case .retry(let at): ("pending", at)
      case .dead: ("dead", now)
      }
    let isOurs = try unit.run(
      """
      UPDATE callback_delivery SET state = $state, next_at = $next, result = $result, tried_at = $now
      WHERE id = $position AND state = 'pending' AND attempts = $attempt
      """,
      [
        "position": .integer(claimed.position.rawValue), "attempt": .integer(claimed.attempt),
        "state": .text(state), "next": .instant(next), "result": .text(result),
        "now": .instant(now),
      ]
    )
    guard isOurs == 1 else { return false }
    // What waits behind it is due together with it, so that nobody looks at a blocked lane in vain.
    try unit.run(
      """
      UPDATE callback_delivery SET next_at = $next
      WHERE lane = $lane AND callback_id = $callback AND state = 'pending'
        AND id > $position
      """,
      [
        "lane": .text(claimed.lane), "callback": .id(claimed.callback.id),
        "position": .integer(claimed.position.rawValue), "next": .instant(next),
      ]
    )
    return true
  }

  /// Forgets deliveries that ended long ago, at most `limit`.
  package static func forget(now: Instant, limit: Int, in unit: any SQLUnit) throws {
    for (state, age) in [("delivered", rememberedFor), ("dead", deadFor)] {
      try unit.run(
        """
        DELETE FROM callback_delivery WHERE id IN (
          SELECT id FROM callback_delivery WHERE state = $state AND tried_at < $before
          ORDER BY tried_at LIMIT $limit)
        """,
        ["state": .text(state), "before": .instant(now - age), "limit": .integer(limit)]
      )
    }
  }
}
