/// A message that a person sent from the WhatsApp Business app: `value.message_echoes[]`.
///
/// Never opens or extends a care window.
/// Source: developers.facebook.com/documentation/business-messaging/whatsapp/webhooks/reference/smb_message_echoes, read 2026-11-21.
package struct MessageEcho: Sendable, Hashable {
  /// The message id (wamid).
  package var id: String
  /// The business number.
  package var from: String?
  /// The customer's phone number in digits; nil when Meta withholds it.
  package var to: String?
  /// The customer's BSUID.
  package var toUserID: String?
  /// The customer's parent BSUID.
  package var toParentUserID: String?
  /// Seconds since 1970 by Meta's clock; nil if unreadable.
  package var timestamp: Int64?
  /// Meta's word for the kind; empty if it was missing.
  package var type: String
  /// What the message holds.
  package var content: MessageContent
  /// Which message it answers.
  package var context: MessageContext?
  /// Why content is missing.
  package var errors: [ReportedError]
  /// The echo as Meta wrote it.
  package var raw: JSON

  /// Creates an echo whose `raw` is what Meta would write.
  package init(
    id: String,
    from: String?,
    to: String? = nil,
    toUserID: String? = nil,
    toParentUserID: String? = nil,
    timestamp: Int64?,
    content: MessageContent,
    type: String? = nil,
    context: MessageContext? = nil,
    errors: [ReportedError] = []
  ) {
    self.id = id
    self.from = from
    self.to = to
    self.toUserID = toUserID
    self.toParentUserID = toParentUserID
    self.timestamp = timestamp
    self.type = type ?? content.typeName
    self.content = content
    self.context = context
    self.errors = errors
    raw = .null
    raw = encoded
  }

  init?(_ json: JSON, _ reader: inout WireReader) {
    guard let id = reader.requiredText("id", of: json) else { return nil }
    self.id = id
    from = reader.text("from", of: json)
    to = reader.text("to", of: json)
    toUserID = reader.text("to_user_id", of: json)
    toParentUserID = reader.text("to_parent_user_id", of: json)
    timestamp = reader.seconds("timestamp", of: json, isRequired: true)
    type = reader.requiredText("type", of: json) ?? ""
    content = MessageContent(type: type, of: json, &reader)
    context = reader.object("context", of: json).map(MessageContext.init)
    errors = reader.eachObject("errors", of: json) { ReportedError($0, &$1) }
    raw = json
  }

  private var encoded: JSON {
    var json = JSON.present([
      "from": from.map(JSON.string),
      "to": to.map(JSON.string),
      "to_user_id": toUserID.map(JSON.string),
      "to_parent_user_id": toParentUserID.map(JSON.string),
      "id": .string(id),
      "timestamp": timestamp.map { .string(String($0)) },
      "type": .string(type),
      "context": context?.json,
      "errors": errors.isEmpty ? nil : .array(errors.map(\.json)),
    ])
    if let member = content.member { json.set(member.key, to: member.value) }
    return json
  }
}
