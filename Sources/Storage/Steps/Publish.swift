package import CustomerCare

/// The transactional outbox of events: written by apply, settle and wait in their own transaction,
/// consumed at least once.
package enum Publish {
  /// How long a published event is remembered, so that it cannot be written again: longer than
  /// Meta repeats a webhook (7 days) and than an unknown outcome is waited for (7 days).
  package static var rememberedFor: Duration { .seconds(30 * 24 * 60 * 60) }

  /// Makes a consumer known: it gets every event that is written from now on.
  package static func register(_ consumer: String, in unit: any SQLUnit) throws(StoreError) {
    try unit.run(
      "INSERT INTO event_consumer (name) VALUES ($name) ON CONFLICT (name) DO NOTHING",
      ["name": .text(consumer)]
    )
  }

  /// Makes a consumer unknown again: nothing is written for it any more, and nothing waits for it.
  package static func deregister(_ consumer: String, in unit: any SQLUnit) throws(StoreError) {
    try unit.run("DELETE FROM event_consumer WHERE name = $name", ["name": .text(consumer)])
    try unit.run("DELETE FROM event_pending WHERE consumer = $name", ["name": .text(consumer)])
  }

  /// The events a consumer has not seen to, oldest first, at most `limit`.
  package static func pending(
    _ consumer: String,
    limit: Int,
    in unit: any SQLUnit
  ) throws -> [CareEvent] {
    try unit.rows(
      """
      SELECT e.id, e.kind, e.phone_number_id, e.customer_id, e.at, e.late, e.body
      FROM event_pending p JOIN event e ON e.at = p.at AND e.id = p.event_id
      WHERE p.consumer = $consumer ORDER BY p.at, p.event_id LIMIT $limit
      """,
      ["consumer": .text(consumer), "limit": .integer(limit)],
      CareEvent.init(row:)
    )
  }

  /// Marks events, by their ids, as seen to by a consumer.
  package static func done(
    _ consumer: String,
    _ events: [String],
    in unit: any SQLUnit
  ) throws(StoreError) {
    for event in events {
      guard let at = CareEvent.instant(ofID: event) else { continue }
      try unit.run(
        """
        DELETE FROM event_pending
        WHERE consumer = $consumer AND at = $at AND event_id = $event
        """,
        ["consumer": .text(consumer), "at": .instant(at), "event": .text(event)]
      )
    }
  }

  /// Whether anybody listens: an event that is owed to nobody is not written.
  static func isHeard(in unit: any SQLUnit) throws -> Bool {
    try unit.first("SELECT 1 AS one FROM event_consumer LIMIT 1") { try $0.integer("one") } != nil
  }

  /// Writes an event for those who listen, unless it was written before.
  static func append(_ event: CareEvent, in unit: any SQLUnit) throws {
    guard try isHeard(in: unit) else { return }
    let isNew = try unit.run(
      """
      INSERT INTO event (id, kind, phone_number_id, customer_id, at, late, body)
      VALUES ($id, $kind, $number, $customer, $at, $late, $body)
      ON CONFLICT (at, id) DO NOTHING
      """,
      [
        "id": .text(event.id), "kind": .text(event.kind.rawValue), "number": .id(event.number),
        "customer": .id(event.customer), "at": .instant(event.at), "late": .flag(event.isLate),
        "body": .text(event.body),
      ]
    )
    guard isNew == 1 else { return }
    try unit.run(
      """
      INSERT INTO event_pending (consumer, at, event_id)
      SELECT name, CAST($at AS BIGINT), CAST($id AS TEXT) FROM event_consumer
      """,
      ["at": .instant(event.at), "id": .text(event.id)]
    )
  }

  /// Forgets events that every consumer has seen to and that are too old to be written again.
  static func forget(before: Instant, limit: Int, in unit: any SQLUnit) throws(StoreError) {
    try unit.run(
      """
      DELETE FROM event
      WHERE at IN (SELECT at FROM event WHERE at < $before ORDER BY at LIMIT $limit)
        AND NOT EXISTS (SELECT 1 FROM event_pending p
          WHERE p.consumer IN (SELECT name FROM event_consumer)
            AND p.at = event.at AND p.event_id = event.id)
      """,
      ["before": .instant(before), "limit": .integer(limit)]
    )
  }
}

/// Something that happened, for whoever listens.
package struct CareEvent: Sendable, Hashable {
  /// What happened.
  package enum Kind: String, Sendable, CaseIterable {
    /// A customer wrote.
    case messageReceived = "message.received"
    /// A message of ours got further, or failed.
    case messageState = "message.state"
    /// A window opened.
    case windowOpened = "window.opened"
    /// A window closes soon.
    case windowClosing = "window.closing"
    /// A window closed.
    case windowClosed = "window.closed"
  }

  /// Derived from what happened, so that the event is the same however often it is written.
  package var id: String
  /// What happened.
  package var kind: Kind
  /// The business number.
  package var number: PhoneNumberID
  /// The customer or group, as known then.
  package var customer: CustomerID
  /// When it happened.
  package var at: Instant
  /// True when it could only be read after an upgrade.
  package var isLate: Bool
  /// The rest, as JSON text.
  package var body: String

  /// An event whose id is made of what happened and when, so that it is the same however often it
  /// is written, and found where its time is: at the end of the table.
  init(
    _ kind: Kind,
    key: String,
    number: PhoneNumberID,
    customer: CustomerID,
    at: Instant,
    isLate: Bool,
    body: StoredJSON
  ) {
    self.init(
      id: "\(kind.rawValue)/\(key)@\(at.milliseconds)",
      kind: kind,
      number: number,
      customer: customer,
      at: at,
      isLate: isLate,
      body: body.string
    )
  }

  private init(
    id: String,
    kind: Kind,
    number: PhoneNumberID,
    customer: CustomerID,
    at: Instant,
    isLate: Bool,
    body: String
  ) {
    self.id = id
    self.kind = kind
    self.number = number
    self.customer = customer
    self.at = at
    self.isLate = isLate
    self.body = body
  }

  /// Reads a row of the table `event`.
  init(row: any SQLRow) throws {
    guard let kind = Kind(rawValue: try row.text("kind")) else {
      throw StoreError.unreadable("an event")
    }
    self.init(
      id: try row.text("id"),
      kind: kind,
      number: try row.id("phone_number_id"),
      customer: try row.id("customer_id"),
      at: try row.instant("at"),
      isLate: try row.flag("late"),
      body: try row.text("body")
    )
  }

  /// When the event with an id happened; `nil` for an id that is none.
  static func instant(ofID id: String) -> Instant? {
    id.lastIndex(of: "@").flatMap { Int64(id[id.index(after: $0)...]) }
      .map(Instant.init(milliseconds:))
  }
}
