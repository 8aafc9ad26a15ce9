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

  /// The events a consumer has not seen to, oldest first, at most `limit`.
  package static func pending(
    _ consumer: String,
    limit: Int,
    in unit: any SQLUnit
  ) throws -> [CareEvent] {
    try unit.rows(
      """
      SELECT e.id, e.kind, e.phone_number_id, e.customer_id, e.at, e.late, e.body
      FROM event_pending p JOIN event e ON e.id = p.event_id
      WHERE p.consumer = $consumer ORDER BY p.at, p.event_id LIMIT $limit
      """,
      ["consumer": .text(consumer), "limit": .integer(limit)]
    ) { row in
      guard let kind = CareEvent.Kind(rawValue: try row.text("kind")) else {
        throw StoreError.unreadable("an event")
      }
      return CareEvent(
        id: try row.text("id"),
        kind: kind,
        number: try row.id("phone_number_id"),
        customer: try row.id("customer_id"),
        at: try row.instant("at"),
        isLate: try row.flag("late"),
        body: try row.text("body")
      )
    }
  }

  /// Marks events, by their ids, as seen to by a consumer.
  package static func done(
    _ consumer: String,
    _ events: [String],
    in unit: any SQLUnit
  ) throws(StoreError) {
    for event in events {
      try unit.run(
        "DELETE FROM event_pending WHERE event_id = $event AND consumer = $consumer",
        ["event": .text(event), "consumer": .text(consumer)]
      )
    }
  }

  /// Writes an event, unless it was written before.
  static func append(_ event: CareEvent, in unit: any SQLUnit) throws(StoreError) {
    let isNew = try unit.run(
      """
      INSERT INTO event (id, kind, phone_number_id, customer_id, at, late, body)
      VALUES ($id, $kind, $number, $customer, $at, $late, $body)
      ON CONFLICT (id) DO NOTHING
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
      DELETE FROM event WHERE id IN (
        SELECT id FROM event e WHERE e.at < $before
          AND NOT EXISTS (SELECT 1 FROM event_pending p WHERE p.event_id = e.id)
        ORDER BY e.at LIMIT $limit)
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

  /// The same however often the event is written: derived from what happened.
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
}
