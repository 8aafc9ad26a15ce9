/// What Meta charges for a message: `statuses[].pricing`.
///
/// Source: developers.facebook.com/documentation/business-messaging/whatsapp/pricing, read 2026-11-21.
package struct StatusPricing: Sendable, Hashable {
  /// Whether it is charged; to be deprecated, decide on `type`.
  package var isBillable: Bool?
  /// `PMP` (per message) or `CBP` (per conversation, until 2025-06-30).
  package var model: String?
  /// `regular` means charged; `free_customer_service`, `free_entry_point` and the like do not.
  package var type: String?
  /// Such as `service`, `utility` or `marketing`; spelt with `_`, never with `-`.
  package var category: String?
  /// The object as Meta wrote it.
  package var raw: JSON

  /// Creates a price whose `raw` is what Meta would write.
  package init(isBillable: Bool?, model: String?, type: String?, category: String?) {
    self.isBillable = isBillable
    self.model = model
    self.type = type
    self.category = category
    raw = .present([
      "billable": isBillable.map(JSON.bool),
      "pricing_model": model.map(JSON.string),
      "type": type.map(JSON.string),
      "category": category.map(JSON.string),
    ])
  }

  init(_ json: JSON) {
    isBillable = json["billable"]?.flag
    model = json["pricing_model"]?.text
    type = json["type"]?.text
    // Meta writes `authentication-international` here and with an underscore elsewhere.
    category = json["category"]?.text.map { String($0.map { $0 == "-" ? "_" : $0 }) }
    raw = json
  }

  var json: JSON { raw }
}

/// Meta's billing conversation: `statuses[].conversation`.
///
/// It says nothing about the care window.
package struct BillingConversation: Sendable, Hashable {
  /// Its id; since 2025-07 one per message, except inside a free entry point window.
  package var id: String?
  /// When it ends, in seconds since 1970; only on `sent`.
  package var expiresAt: Int64?
  /// Such as `service` or `referral_conversion` (a free entry point window).
  package var originType: String?

  /// Creates a conversation.
  package init(id: String?, expiresAt: Int64? = nil, originType: String?) {
    self.id = id
    self.expiresAt = expiresAt
    self.originType = originType
  }

  init(_ json: JSON, _ reader: inout WireReader) {
    id = json["id"]?.text
    expiresAt = reader.inside("conversation") { $0.seconds("expiration_timestamp", of: json) }
    originType = json["origin"]?["type"]?.text.map { String($0.map { $0 == "-" ? "_" : $0 }) }
  }

  var json: JSON {
    .present([
      "id": id.map(JSON.string),
      "expiration_timestamp": expiresAt.map { .string(String($0)) },
      "origin": originType.map { ["type": .string($0)] },
    ])
  }
}
