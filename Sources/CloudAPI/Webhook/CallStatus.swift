/// How a call of ours is going: `value.statuses[]` of field `calls`.
package struct CallStatus: Sendable, Hashable {
  /// How it is going.
  package enum Kind: Sendable, Hashable {
    /// The customer's phone rings.
    case ringing
    /// The customer picked it up.
    case accepted
    /// The customer declined it.
    case rejected
    /// Something else, in Meta's word.
    case other(String)
  }

  /// The call id (wacid).
  package var id: String
  /// How it is going.
  package var kind: Kind
  /// Seconds since 1970 by Meta's clock; nil if unreadable.
  package var timestamp: Int64?
  /// The customer's phone number in digits; nil when Meta withholds it.
  package var recipientID: String?
  /// The customer's BSUID.
  package var recipientUserID: String?
  /// The customer's parent BSUID.
  package var recipientParentUserID: String?
  /// What the sender gave as `biz_opaque_callback_data`.
  package var callbackData: String?
  /// The status as Meta wrote it.
  package var raw: JSON

  /// Creates a status whose `raw` is what Meta would write.
  package init(
    id: String,
    kind: Kind,
    timestamp: Int64?,
    recipientID: String? = nil,
    recipientUserID: String? = nil,
    recipientParentUserID: String? = nil,
    callbackData: String? = nil
  ) {
    self.id = id
    self.kind = kind
    self.timestamp = timestamp
    self.recipientID = recipientID
    self.recipientUserID = recipientUserID
    self.recipientParentUserID = recipientParentUserID
    self.callbackData = callbackData
    raw = .present([
      "id": .string(id),
      "type": "call",
      "status": .string(kind.word),
      "timestamp": timestamp.map { .string(String($0)) },
      "recipient_id": recipientID.map(JSON.string),
      "recipient_user_id": recipientUserID.map(JSON.string),
      "recipient_parent_user_id": recipientParentUserID.map(JSON.string),
      "biz_opaque_callback_data": callbackData.map(JSON.string),
    ])
  }

  init?(_ json: JSON, _ reader: inout WireReader) {
    guard let id = reader.requiredText("id", of: json),
      let word = reader.requiredText("status", of: json)
    else { return nil }
    self.id = id
    kind = Kind(word)
    timestamp = reader.seconds("timestamp", of: json, isRequired: true)
    recipientID = reader.text("recipient_id", of: json)
    recipientUserID = reader.text("recipient_user_id", of: json)
    recipientParentUserID = reader.text("recipient_parent_user_id", of: json)
    callbackData = reader.text("biz_opaque_callback_data", of: json)
    raw = json
  }
}

extension CallStatus.Kind {
  /// Reads Meta's word, in either case.
  package init(_ word: String) {
    switch word.uppercased() {
    case "RINGING": self = .ringing
    case "ACCEPTED": self = .accepted
    case "REJECTED": self = .rejected
    default: self = .other(word)
    }
  }

  /// Meta's word.
  package var word: String {
    switch self {
    case .ringing: "RINGING"
    case .accepted: "ACCEPTED"
    case .rejected: "REJECTED"
    case .other(let word): word
    }
  }
}
