/// One message from a customer: `value.messages[]`.
///
/// Source: developers.facebook.com/documentation/business-messaging/whatsapp/webhooks/reference/messages, read 2026-11-21.
package struct InboundMessage: Sendable, Hashable {
  /// The message id (wamid): opaque, case-sensitive, of any length.
  package var id: String
  /// The customer's phone number in digits; nil when Meta withholds it.
  package var from: String?
  /// The customer's BSUID; nil in bodies from before April 2026, then look at the contact cards.
  package var fromUserID: String?
  /// The customer's parent BSUID.
  package var fromParentUserID: String?
  /// Seconds since 1970 by Meta's clock, the same on every redelivery; nil if unreadable.
  package var timestamp: Int64?
  /// Meta's word for the kind, such as `text`; empty if it was missing.
  package var type: String
  /// What the message holds.
  package var content: MessageContent
  /// Which message it answers, or that it was forwarded.
  package var context: MessageContext?
  /// The advertisement or post the customer came from.
  package var referral: Referral?
  /// A change of the customer's encryption identity.
  package var identity: IdentityNotice?
  /// Why content is missing (131051, 131052, 131060).
  package var errors: [ReportedError]
  /// The group it was written in.
  package var groupID: String?
  /// The message as Meta wrote it.
  package var raw: JSON

  /// Creates a message whose `raw` is what Meta would write.
  package init(
    id: String,
    from: String? = nil,
    fromUserID: String? = nil,
    fromParentUserID: String? = nil,
    timestamp: Int64?,
    content: MessageContent,
    type: String? = nil,
    context: MessageContext? = nil,
    referral: Referral? = nil,
    identity: IdentityNotice? = nil,
    errors: [ReportedError] = [],
    groupID: String? = nil
  ) {
    self.id = id
    self.from = from
    self.fromUserID = fromUserID
    self.fromParentUserID = fromParentUserID
    self.timestamp = timestamp
    self.type = type ?? content.typeName
    self.content = content
    self.context = context
    self.referral = referral
    self.identity = identity
    self.errors = errors
    self.groupID = groupID
    raw = .null
    raw = encoded
  }

  init?(_ json: JSON, _ reader: inout WireReader) {
    guard let id = reader.requiredText("id", of: json) else { return nil }
    self.id = id
    from = reader.text("from", of: json)
    fromUserID = reader.text("from_user_id", of: json)
    fromParentUserID = reader.text("from_parent_user_id", of: json)
    timestamp = reader.seconds("timestamp", of: json, isRequired: true)
    type = reader.requiredText("type", of: json) ?? ""
    content = MessageContent(type: type, of: json, &reader)
    context = reader.object("context", of: json).map(MessageContext.init)
    referral = reader.object("referral", of: json).map(Referral.init)
    identity = reader.object("identity", of: json).map { IdentityNotice($0, &reader) }
    errors = reader.eachObject("errors", of: json) { ReportedError($0, &$1) }
    groupID = reader.text("group_id", of: json)
    raw = json
  }

  private var encoded: JSON {
    var json = JSON.present([
      "context": context?.json,
      "from": from.map(JSON.string),
      "from_user_id": fromUserID.map(JSON.string),
      "from_parent_user_id": fromParentUserID.map(JSON.string),
      "group_id": groupID.map(JSON.string),
      "id": .string(id),
      "timestamp": timestamp.map { .string(String($0)) },
      "type": .string(type),
      "referral": referral?.json,
      "identity": identity?.json,
      "errors": errors.isEmpty ? nil : .array(errors.map(\.json)),
    ])
    if let member = content.member { json.set(member.key, to: member.value) }
    return json
  }
}
