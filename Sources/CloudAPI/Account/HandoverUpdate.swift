/// A conversation of a shared number passed to another app, or was taken: `messaging_handovers`.
///
/// Its nesting is not confirmed, so both known levels are read. Independent of the care window.
/// Source: developers.facebook.com/documentation/business-messaging/whatsapp/webhooks/reference, read 2026-11-21.
package struct HandoverUpdate: Sendable, Hashable {
  /// `control_passed` or `control_taken`; nil if neither is named.
  package var type: String?
  /// The customer's phone number in digits.
  package var customer: String?
  /// The customer's BSUID.
  package var customerUserID: String?
  /// Which role has it now.
  package var newOwnerRole: String?
  /// Which role had it before.
  package var previousOwnerRole: String?
  /// When, in seconds since 1970.
  package var timestamp: Int64?
  /// The value as Meta wrote it.
  package var raw: JSON

  init(_ json: JSON, _ reader: inout WireReader) {
    let passed = json["control_passed"]
    let taken = json["control_taken"]
    type =
      json["type"]?.text ?? (passed != nil ? "control_passed" : nil)
      ?? (taken != nil ? "control_taken" : nil)
    let detail = passed ?? taken ?? json
    customer = (json["sender"]?["phone_number"] ?? json["sender"]?["wa_id"])?.text
    customerUserID = json["sender"]?["user_id"]?.text
    newOwnerRole = (detail["new_owner_role"] ?? json["new_owner_role"])?.text
    previousOwnerRole = (detail["previous_owner_role"] ?? json["previous_owner_role"])?.text
    timestamp = reader.seconds("timestamp", of: json)
    raw = json
  }
}

/// Something Meta noticed in a chat or about a link: `automatic_events` and `tracking_events`.
package struct BusinessEvent: Sendable, Hashable {
  /// Its id; only automatic events have one.
  package var id: String?
  /// Such as `LeadSubmitted`.
  package var name: String?
  /// When, in seconds since 1970.
  package var timestamp: Int64?
  /// The event as Meta wrote it.
  package var raw: JSON

  init(_ json: JSON, _ reader: inout WireReader) {
    id = json["id"]?.text
    name = json["event_name"]?.text
    timestamp = reader.seconds("timestamp", of: json)
    raw = json
  }
}
