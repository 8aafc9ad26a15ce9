import CloudAPI

/// What a business asks Meta to send, read from the body of `POST /{phone-number-id}/messages`.
struct SendOrder: Sendable {
  /// To whom.
  enum Target: Sendable, Hashable {
    /// A phone number; what was written and its digits.
    case phone(written: String, digits: String)
    /// A business-scoped user id.
    case userID(String)
    /// A group.
    case group(String)
  }

  let target: Target
  let type: String
  /// The object named by `type`.
  let content: JSON
  /// `biz_opaque_callback_data`, given back with every status.
  let callbackData: String?
  /// The message it answers, or nil.
  let contextID: String?

  /// The longest `biz_opaque_callback_data`: stated for calls by Meta, for messages by its SDK.
  static let callbackDataMax = 512

  /// Types that can be sent.
  private static let types: Set<String> = [
    "text", "image", "video", "audio", "document", "sticker", "location", "contacts", "interactive",
    "template", "reaction", "pin",
  ]

  /// Reads and checks a body.
  ///
  /// Source: …/messages/send-messages (2026-05-21) and …/business-scoped-user-ids (2026-06-29), read
  /// 2026-11-21.
  init(_ body: JSON, from number: SandboxNumber) throws(MetaError) {
    target = try Self.target(body, number)
    type = body["type"]?.text ?? "text"
    guard Self.types.contains(type) else {
      throw MetaError(
        131051,
        status: 400,
        "Unsupported message type",
        details: "Message type is not supported."
      )
    }
    guard let content = body[type] else {
      throw .missingParameter("The parameter \(type) is required for type \(type).")
    }
    self.content = content
    callbackData = body["biz_opaque_callback_data"]?.text
    if (callbackData?.utf16.count ?? 0) > Self.callbackDataMax {
      throw .badValue("biz_opaque_callback_data is longer than \(Self.callbackDataMax) characters.")
    }
    contextID = body["context"]?["message_id"]?.text
    try SendRules.check(type, content)
  }

  private static func target(_ body: JSON, _ number: SandboxNumber) throws(MetaError) -> Target {
    let kind = body["recipient_type"]?.text ?? "individual"
    if kind == "group" {
      guard let group = body["to"]?.text else {
        throw .missingParameter("The parameter to is required.")
      }
      return .group(group)
    }
    guard kind == "individual" else {
      throw .invalidParameter("recipient_type must be one of {individual, group}.")
    }
    if let written = body["to"]?.text {
      guard let digits = Dialling.digits(written, business: number.displayPhoneNumber) else {
        throw .invalidParameter("The parameter to is not a phone number with its country code.")
      }
      if digits == number.displayPhoneNumber {
        throw MetaError(
          131021,
          status: 400,
          "Recipient cannot be sender",
          details: "Recipient phone number and sender phone number are the same."
        )
      }
      return .phone(written: written, digits: digits)
    }
    guard let userID = body["recipient"]?.text else {
      throw .missingParameter("One of the parameters to and recipient is required.")
    }
    guard People.isUserID(userID) else {
      throw .invalidParameter("The parameter recipient is not a business-scoped user id.")
    }
    return .userID(userID)
  }
}
