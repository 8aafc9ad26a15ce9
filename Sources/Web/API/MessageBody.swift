import CloudAPI
import CustomerCare
import HTTPTypes

/// What a program posts to `/v1/messages`, turned into the message object of Cloud API.
///
/// Every member is known: what is not judged does not leave. A member that is null is not there.
struct MessageBody: Sendable {
  /// The business number that is to send.
  let from: PhoneNumberID
  /// The message object as Cloud API wants it.
  let message: JSON
  let ifClosed: ClosedWindowPolicy?
  let expiresAt: Instant?
  let sendAt: Instant?

  /// The members beside `from`, `to`, `type` and the content, which go out as they are.
  private static let passed: Set<String> = [
    "recipient_type", "context", "biz_opaque_callback_data", "recipient_identity_key_hash",
  ]
  /// Those of them, and of ours, that are text.
  private static let texts: Set<String> = [
    "messaging_product", "recipient_type", "biz_opaque_callback_data",
    "recipient_identity_key_hash",
  ]
  /// The members that are ours and stay here.
  private static let ours: Set<String> = [
    "messaging_product", "from", "to", "type", "if_closed", "expires_at", "send_at",
  ]

  /// Reads a body.
  init(_ bytes: [UInt8]) throws(Problem) {
    let json = try JSON.parsedObject(bytes)
    guard let from = json.string("from"), PathParameter.phoneNumberID.accepts(from) else {
      throw .invalid("from", "It must be a phone-number-id, in digits.")
    }
    guard let type = json.string("type"), !Self.ours.contains(type), !Self.passed.contains(type)
    else {
      throw .invalid("type", "It must name the kind of the message, such as `text`.")
    }
    if let unknown = json.members.first(where: {
      $0.key != type && !Self.ours.contains($0.key) && !Self.passed.contains($0.key)
    }) {
      throw Problem(
        .badRequest,
        "unknown_member",
        "There is no member `\(unknown.key.prefix(40))` here."
      )
    }
    for key in Self.texts {
      switch json[key] {
      case nil, .string: continue
      default: throw .invalid(key, "It must be text.")
      }
    }
    guard json.string("messaging_product") ?? "whatsapp" == "whatsapp" else {
      throw .invalid("messaging_product", "It must be whatsapp, or left out.")
    }
    guard json["context"]?.isObject ?? true else {
      throw .invalid("context", "It must be an object, such as {\"message_id\":\"wamid.…\"}.")
    }
    guard let content = json[type] else {
      throw .invalid("type", "The content belongs into a member named like the type.")
    }
    self.from = PhoneNumberID(from)
    ifClosed = try Self.policy(json["if_closed"])
    expiresAt = try Self.time("expires_at", json["expires_at"])
    sendAt = try Self.time("send_at", json["send_at"])
    var message: JSON = ["messaging_product": "whatsapp"]
    for member in json.members where Self.passed.contains(member.key) && member.value != .null {
      message.set(member.key, to: member.value)
    }
    let (key, recipient) = try Self.recipient(json)
    message.set(key, to: .string(recipient))
    message.set("type", to: .string(type))
    message.set(type, to: content)
    self.message = message
  }

  /// The member that names the recipient, and how.
  private static func recipient(_ json: JSON) throws(Problem) -> (key: String, value: String) {
    guard let to = json.string("to") else {
      throw .invalid("to", "It must be a phone number in digits, or a BSUID.")
    }
    if json["recipient_type"] == .string("group") { return ("to", to) }
    let digits = to.first == "+" ? to.dropFirst() : to[...]
    if digits.utf8.allSatisfy(\.isASCIIDigit) {
      // Without the plus Meta may put the business number's own country code in front.
      return ("to", "+" + digits)
    }
    guard let dot = to.utf8.firstIndex(of: UInt8(ascii: ".")), to.utf8[..<dot].count == 2,
      PathParameter.customer.accepts(to)
    else { throw .invalid("to", "It must be a phone number in digits, or a BSUID.") }
    return ("recipient", to)
  }

  private static func policy(_ json: JSON?) throws(Problem) -> ClosedWindowPolicy? {
    guard let json else { return nil }
    guard case .string(let text) = json, let policy = ClosedWindowPolicy(rawValue: text) else {
      throw .invalid("if_closed", "It must be template, park or refuse.")
    }
    return policy
  }

  private static func time(_ name: String, _ json: JSON?) throws(Problem) -> Instant? {
    guard let json else { return nil }
    guard case .string(let text) = json, let instant = Instant(rfc3339: text) else {
      throw .invalid(name, "It must be a time in RFC 3339, such as 2026-11-21T10:00:00Z.")
    }
    return instant
  }
}

extension JSON {
  /// A member that is a string and not empty.
  fileprivate func string(_ key: String) -> String? {
    guard case .string(let text) = self[key], !text.isEmpty else { return nil }
    return text
  }
}
