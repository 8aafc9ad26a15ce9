package import CustomerCare

/// The transactional outbox of events: written by apply, settle and wait in their own transaction,
/// consumed at least once.
package enum Publish {
  /// Makes a consumer known: it gets every event that is written from now on.
  package static func register(_ consumer: String, in unit: any SQLUnit) throws(StoreError) {
  }

  /// The events a consumer has not seen to, oldest first.
  package static func pending(
    _ consumer: String,
    limit: Int,
    in unit: any SQLUnit
  ) throws -> [CareEvent] {
    []
  }

  /// Marks events as seen to by a consumer.
  package static func done(
    _ consumer: String,
    _ events: [String],
    in unit: any SQLUnit
  ) throws(StoreError) {
  }
}

/// Something that happened, for whoever listens.
package struct CareEvent: Sendable, Hashable {
  /// What happened.
  package enum Kind: String, Sendable, CaseIterable {
    case messageReceived = "message.received"
    case messageState = "message.state"
    case windowOpened = "window.opened"
    case windowClosing = "window.closing"
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
