extension OutboundMessage {
  /// The longest `biz_opaque_callback_data`: Meta says so for calls, SDKs say so for messages.
  package static let callbackDataMax = 512

  /// Reads and checks a body; throws the error that Meta would answer with.
  ///
  /// What Meta would refuse for its form never leaves, so that a refusal costs no round trip and a
  /// later `failed` status no delay.
  package static func parse(_ json: JSON) throws(GraphErrorBody) -> OutboundMessage {
    let body = try Checking(json)
    guard body.json["messaging_product"]?.text == "whatsapp" else {
      throw .invalidParameter("messaging_product is required and must be \"whatsapp\".")
    }
    if body.has("status") { return try receipt(body) }
    let type = try type(of: body)
    let judged = try Members.judged(of: body, as: type)
    let recipient = try OutboundRecipient(body)
    let callbackData = try body.textIfPresent("biz_opaque_callback_data", max: callbackDataMax)
    let context = try body.objectIfPresent("context")
    let content = try OutboundContent(type: type, of: body)
    if case .pin = content {
      guard case .group = recipient else {
        throw .invalidParameter("Only messages in groups can be pinned.")
      }
    }
    return OutboundMessage(
      recipient: recipient,
      type: type,
      content: content,
      contextMessageID: try context?.id("message_id"),
      callbackData: callbackData,
      recipientIdentityKeyHash: try body.textIfPresent(
        "recipient_identity_key_hash",
        max: Checking.idMax
      ),
      raw: judged
    )
  }

  /// A read receipt, perhaps with the typing indicator.
  ///
  /// A body that is a receipt and a message at once is neither: which of the two Meta would carry
  /// out is not known, so it could take a message past the gate.
  private static func receipt(_ body: Checking) throws(GraphErrorBody) -> OutboundMessage {
    for key in ["type", "to", "recipient"] + OutboundContent.types where body.has(key) {
      throw .invalidParameter("status and \(key) exclude each other.")
    }
    guard body.json["status"] == .string("read") else {
      throw .invalidParameter("status must be \"read\".")
    }
    let typing = try body.objectIfPresent("typing_indicator")
    if let typing, typing.json["type"] != .string("text") {
      throw .invalid("typing_indicator.type must be \"text\".")
    }
    return OutboundMessage(
      recipient: nil,
      type: "receipt",
      content: .receipt(messageID: try body.id("message_id"), showsTyping: typing != nil),
      contextMessageID: nil,
      callbackData: nil,
      recipientIdentityKeyHash: nil,
      raw: try Members.judged(of: body, as: nil)
    )
  }

  /// The kind; old versions of the API took a body without one for a text.
  private static func type(of body: Checking) throws(GraphErrorBody) -> String {
    guard let value = body.json["type"] else {
      guard body.has("text") else { throw .invalidParameter("type is required.") }
      return "text"
    }
    guard case .string(let type) = value, OutboundContent.types.contains(type) else {
      throw GraphErrorBody(
        code: 131_051,
        title: "Unsupported message type",
        details: "type must be one of \(OutboundContent.types.joined(separator: ", "))."
      )
    }
    return type
  }
}

extension OutboundRecipient {
  /// The recipient; if both `to` and `recipient` are given, `to` wins.
  fileprivate init(_ body: Checking) throws(GraphErrorBody) {
    let isGroup = try Self.isGroup(body)
    guard let to = body.json["to"], to != .string("") else {
      guard body.has("recipient"), !isGroup else {
        throw .invalidParameter("to is required.")
      }
      let user = try body.id("recipient")
      guard BusinessScopedUserID.isValid(user) else {
        throw .invalidParameter("recipient is no business-scoped user id such as DE.1234567890.")
      }
      self = .user(user)
      return
    }
    guard let written = to.text else { throw .invalidParameter("to is no string.") }
    if isGroup {
      // A group is never addressed like a person, so that one cannot pass for the other.
      guard written.utf16.count <= Checking.idMax else {
        throw .invalidParameter("to is no group id.")
      }
      self = .group(written)
      return
    }
    guard !BusinessScopedUserID.isValid(written) else {
      throw .invalidParameter("A business-scoped user id goes into recipient, not into to.")
    }
    do throws(PhoneNumberText.Fault) {
      self = .phone(digits: try PhoneNumberText(written).digits, written: written)
    } catch {
      throw .invalidParameter("to: \(error.sentence)")
    }
  }

  private static func isGroup(_ body: Checking) throws(GraphErrorBody) -> Bool {
    switch body.json["recipient_type"] {
    case nil, .string("individual"): return false
    case .string("group"): return true
    default: throw .invalidParameter("recipient_type must be individual or group.")
    }
  }
}

/// The top-level members that a body may have.
///
/// Graph takes the parameters of a call from its body too, among them its token and its method
/// (`access_token`, `method`, `batch`), so nothing leaves that has no meaning here.
///
/// Source: …/messages/send-messages and …/marketing-messages/send-marketing-messages, read 2026-11-21.
private enum Members {
  static let ofEverything: Set = ["messaging_product", "recipient_type"]
  static let ofReceipts: Set = ["status", "message_id", "typing_indicator"]
  static let ofMessages: Set = [
    "to", "recipient", "type", "context", "biz_opaque_callback_data",
    "recipient_identity_key_hash", "messaging_account_id",
  ]
  /// How much of an unknown key an answer repeats.
  private static let keyShownMax = 64
  static let ofTemplates: Set = ["product_policy", "message_activity_sharing"]

  /// The body with its known members only; of an unknown one, `null` alone is no error: it says nothing.
  ///
  /// Of the content objects the one that `type` names is known; a receipt (`nil`) has none.
  static func judged(of body: Checking, as type: String?) throws(GraphErrorBody) -> JSON {
    var known = ofEverything
    if let type {
      known.formUnion(ofMessages.union([type]))
      if type == "template" { known.formUnion(ofTemplates) }
    } else {
      known.formUnion(ofReceipts)
    }
    for member in body.json.members where !known.contains(member.key) && member.value != .null {
      throw .invalidParameter(complaint(of: member.key, as: type))
    }
    return .object(body.json.members.filter { known.contains($0.key) })
  }

  private static func complaint(of key: String, as type: String?) -> String {
    if let type, OutboundContent.types.contains(key) {
      return "type is \(type), and \(key) is the content of another type. Send one content."
    }
    let whole = type.map { "message of type \($0)" } ?? "receipt"
    return "Unexpected key \"\(key.prefix(keyShownMax))\": it is no part of a \(whole)."
  }
}
