import CloudAPI
import CustomerCare

/// A message somebody wants to send, read from Meta's wire shape into our words.
struct SubmittedMessage: Sendable {
  /// Whom it is for; for a receipt, which names a message instead of a person, nobody.
  let recipient: Recipient
  /// What it is, as far as the window cares.
  let kind: MessageKind
  /// Meta's word for the kind.
  let type: String
  /// What it says.
  let content: Content
  /// The caller's own `biz_opaque_callback_data`.
  let clientReference: String?
  /// The message as it leaves: what was judged, written by us.
  let payload: [UInt8]
  /// The same bytes for every way of writing the same message.
  let canonical: [UInt8]

  /// Whether it is a read receipt or typing indicator.
  var isReceipt: Bool { kind == .readReceipt || kind == .typing }

  /// Reads a body.
  ///
  /// - Throws: What Meta would answer to it, or would have to if it were as strict.
  init(reading body: [UInt8]) throws(MetaRefusal) {
    let json = try Self.object(body)
    let message: OutboundMessage
    do {
      message = try OutboundMessage.parse(json)
    } catch {
      throw MetaRefusal(error)
    }
    recipient = Recipient(message.recipient)
    kind = MessageKind(message)
    type = message.type
    content = Content(message)
    clientReference = message.callbackData
    payload = message.raw.serialized()
    canonical = json.serialized(sortedKeys: true)
  }

  /// The body as JSON without ambiguity: an object, no key twice.
  private static func object(_ body: [UInt8]) throws(MetaRefusal) -> JSON {
    let document: JSON.Document
    do {
      document = try JSON.document(body)
    } catch {
      throw MetaRefusal(
        parameter: "The body is not JSON (\(error)). Send one JSON object as application/json."
      )
    }
    guard document.root.isObject else {
      throw MetaRefusal(
        parameter:
          "The body must be one JSON object, such as {\"messaging_product\":\"whatsapp\",…}."
      )
    }
    guard !document.hasDuplicateKeys else {
      throw MetaRefusal(
        parameter:
          "A key occurs twice in the body, so it could be read in two ways. Send each key once."
      )
    }
    return document.root
  }

  /// A remembered payload with our reference in it; the caller's own stays with us.
  static func payload(_ payload: [UInt8], carrying reference: String) -> [UInt8] {
    guard var json = try? JSON.parse(payload) else { return payload }
    json.set("biz_opaque_callback_data", to: .string(reference))
    return json.serialized()
  }
}

extension Recipient {
  fileprivate init(_ recipient: OutboundRecipient?) {
    self =
      switch recipient {
      case .phone(let digits, _): .customer(.phone(digits))
      case .user(let id): .customer(id.contains(".ENT.") ? .parentBSUID(id) : .bsuid(id))
      case .group(let id): .group(GroupID(id))
      case nil: .customer(.dialled(""))
      }
  }
}

extension MetaRefusal {
  /// Meta's error 100 with an explanation.
  fileprivate init(parameter details: String) {
    self.init(code: 100, title: "Invalid parameter", details: details)
  }

  /// An error in Meta's shape.
  fileprivate init(_ error: GraphErrorBody) {
    let prefix = "(#\(error.code)) "
    let title =
      error.message.hasPrefix(prefix)
      ? String(error.message.dropFirst(prefix.count)) : error.message
    self.init(code: error.code, title: title, details: error.details ?? "")
  }
}
