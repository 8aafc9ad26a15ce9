/// What became of a message we sent: `value.statuses[]` of field `messages`.
///
/// They come in any order and repeat. Find the customer by the message id: a failed status may name
/// nobody.
/// Source: developers.facebook.com/documentation/business-messaging/whatsapp/webhooks/reference/messages/status, read 2026-11-21.
package struct MessageStatus: Sendable, Hashable {
  /// What became of it.
  package enum Kind: Sendable, Hashable {
    /// It left Meta.
    case sent
    /// It reached the customer's device.
    case delivered
    /// The customer saw it; implies delivered.
    case read
    /// The customer played the voice note.
    case played
    /// It will not arrive; `errors` say why.
    case failed
    /// Something else, in Meta's word.
    case other(String)
  }

  /// The message id (wamid).
  package var id: String
  /// What became of it.
  package var kind: Kind
  /// Nil for messages; `payment` for payments, whose `id` is no message id.
  package var type: String?
  /// Seconds since 1970 by Meta's clock; nil if unreadable.
  package var timestamp: Int64?
  /// The customer's phone number in digits, or the group id; nil when Meta withholds it.
  package var recipientID: String?
  /// The customer's BSUID.
  package var recipientUserID: String?
  /// The customer's parent BSUID.
  package var recipientParentUserID: String?
  /// `group` for groups, otherwise nil or `individual`.
  package var recipientType: String?
  /// In a group: who it is about, by phone number.
  package var participantID: String?
  /// In a group: who it is about, by BSUID.
  package var participantUserID: String?
  /// In a group: who it is about, by parent BSUID.
  package var participantParentUserID: String?
  /// Only if the identity check is enabled.
  package var recipientIdentityKeyHash: String?
  /// What the sender gave as `biz_opaque_callback_data`.
  package var callbackData: String?
  /// The billing conversation; since v24.0 only inside a free entry point window.
  package var conversation: BillingConversation?
  /// What Meta charges; on `sent` and on one of `delivered` and `read`.
  package var pricing: StatusPricing?
  /// Why it failed.
  package var errors: [ReportedError]
  /// The status as Meta wrote it.
  package var raw: JSON

  /// Creates a status whose `raw` is what Meta would write.
  package init(
    id: String,
    kind: Kind,
    timestamp: Int64?,
    type: String? = nil,
    recipientID: String? = nil,
    recipientUserID: String? = nil,
    recipientParentUserID: String? = nil,
    recipientType: String? = nil,
    participantID: String? = nil,
    participantUserID: String? = nil,
    participantParentUserID: String? = nil,
    recipientIdentityKeyHash: String? = nil,
    callbackData: String? = nil,
    conversation: BillingConversation? = nil,
    pricing: StatusPricing? = nil,
    errors: [ReportedError] = []
  ) {
    self.id = id
    self.kind = kind
    self.type = type
    self.timestamp = timestamp
    self.recipientID = recipientID
    self.recipientUserID = recipientUserID
    self.recipientParentUserID = recipientParentUserID
    self.recipientType = recipientType
    self.participantID = participantID
    self.participantUserID = participantUserID
    self.participantParentUserID = participantParentUserID
    self.recipientIdentityKeyHash = recipientIdentityKeyHash
    self.callbackData = callbackData
    self.conversation = conversation
    self.pricing = pricing
    self.errors = errors
    raw = .null
    raw = encoded
  }

  init?(_ json: JSON, _ reader: inout WireReader) {
    guard let id = reader.requiredText("id", of: json),
      let word = reader.requiredText("status", of: json)
    else { return nil }
    self.id = id
    kind = Kind(word)
    type = reader.text("type", of: json).flatMap { $0 == "message" ? nil : $0 }
    timestamp = reader.seconds("timestamp", of: json, isRequired: true)
    recipientID = reader.text("recipient_id", of: json)
    recipientUserID = reader.text("recipient_user_id", of: json)
    // Renamed on 2026-05-05; old traffic has the old order of words.
    recipientParentUserID =
      reader.text("recipient_parent_user_id", of: json)
      ?? reader.text("parent_recipient_user_id", of: json)
    recipientType = json["recipient_type"]?.text
    participantID = json["recipient_participant_id"]?.text
    participantUserID = json["recipient_participant_user_id"]?.text
    participantParentUserID = json["recipient_participant_parent_user_id"]?.text
    recipientIdentityKeyHash = json["recipient_identity_key_hash"]?.text
    callbackData = reader.text("biz_opaque_callback_data", of: json)
    conversation = reader.object("conversation", of: json).map { BillingConversation($0, &reader) }
    pricing = reader.object("pricing", of: json).map(StatusPricing.init)
    errors = reader.eachObject("errors", of: json) { ReportedError($0, &$1) }
    raw = json
  }

  private var encoded: JSON {
    .present([
      "id": .string(id),
      "status": .string(kind.word),
      "type": type.map(JSON.string),
      "timestamp": timestamp.map { .string(String($0)) },
      "recipient_id": recipientID.map(JSON.string),
      "recipient_user_id": recipientUserID.map(JSON.string),
      "recipient_parent_user_id": recipientParentUserID.map(JSON.string),
      "recipient_type": recipientType.map(JSON.string),
      "recipient_participant_id": participantID.map(JSON.string),
      "recipient_participant_user_id": participantUserID.map(JSON.string),
      "recipient_participant_parent_user_id": participantParentUserID.map(JSON.string),
      "recipient_identity_key_hash": recipientIdentityKeyHash.map(JSON.string),
      "biz_opaque_callback_data": callbackData.map(JSON.string),
      "conversation": conversation?.json,
      "pricing": pricing?.json,
      "errors": errors.isEmpty ? nil : .array(errors.map(\.json)),
    ])
  }
}

extension MessageStatus.Kind {
  /// Reads Meta's word.
  package init(_ word: String) {
    switch word {
    case "sent": self = .sent
    case "delivered": self = .delivered
    case "read": self = .read
    case "played": self = .played
    case "failed": self = .failed
    default: self = .other(word)
    }
  }

  /// Meta's word.
  package var word: String {
    switch self {
    case .sent: "sent"
    case .delivered: "delivered"
    case .read: "read"
    case .played: "played"
    case .failed: "failed"
    case .other(let word): word
    }
  }
}
