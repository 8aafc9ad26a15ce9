extension MessageContent {
  /// Meta's word for the kind; `unknown` where none can be named.
  package var typeName: String {
    switch self {
    case .text: "text"
    case .image: "image"
    case .video: "video"
    case .audio: "audio"
    case .document: "document"
    case .sticker: "sticker"
    case .location: "location"
    case .contacts: "contacts"
    case .reaction: "reaction"
    case .interactive: "interactive"
    case .button: "button"
    case .order: "order"
    case .system: "system"
    case .unsupported: "unsupported"
    case .edit: "edit"
    case .revoke: "revoke"
    case .requestWelcome: "request_welcome"
    case .mediaPlaceholder: "media_placeholder"
    case .unreadable, .unknown: "unknown"
    }
  }

  /// Reads the member that `type` names.
  init(type: String, of json: JSON, _ reader: inout WireReader) {
    switch type {
    case "request_welcome": self = .requestWelcome
    case "media_placeholder": self = .mediaPlaceholder
    case "unsupported":
      // "unsupported" without a member of that name is the form of before 2025-11.
      self = .unsupported(UnsupportedContent(type: json["unsupported"]?["type"]?.text))
    case "contacts": self = Self.contacts(json, &reader)
    default: self = Self.known(type, json, &reader)
    }
  }

  private static func contacts(_ json: JSON, _ reader: inout WireReader) -> MessageContent {
    guard json["contacts"] != nil else { return .unreadable }
    return .contacts(reader.eachObject("contacts", of: json) { SharedContact($0, &$1) })
  }

  private static func known(
    _ type: String,
    _ json: JSON,
    _ reader: inout WireReader
  ) -> MessageContent {
    guard typesWithPayload.contains(type) else { return .unknown }
    // A known kind without its member has been seen with "Unsupported webhook payload" (131000).
    guard let member = json[type] else { return .unreadable }
    let content = reader.inside(type) { payload(type, member, &$0) }
    if content == nil { reader.note(type, "has not the shape of its kind") }
    return content ?? .unreadable
  }

  private static let typesWithPayload: Set<String> = [
    "text", "image", "video", "audio", "document", "sticker", "location", "reaction",
    "interactive", "button", "order", "system", "edit", "revoke",
  ]

  private static func payload(
    _ type: String,
    _ json: JSON,
    _ reader: inout WireReader
  ) -> MessageContent? {
    switch type {
    case "text": TextContent(json).map(MessageContent.text)
    case "image": MediaContent(json).map(MessageContent.image)
    case "video": MediaContent(json).map(MessageContent.video)
    case "audio": MediaContent(json).map(MessageContent.audio)
    case "document": MediaContent(json).map(MessageContent.document)
    case "sticker": MediaContent(json).map(MessageContent.sticker)
    case "location": LocationContent(json).map(MessageContent.location)
    case "reaction": ReactionContent(json).map(MessageContent.reaction)
    case "interactive": InteractiveReply(json, &reader).map(MessageContent.interactive)
    case "button": ButtonTap(json).map(MessageContent.button)
    case "order": OrderContent(json, &reader).map(MessageContent.order)
    case "system": SystemNotice(json).map(MessageContent.system)
    case "edit": EditContent(json, &reader).map(MessageContent.edit)
    case "revoke": RevokeContent(json).map(MessageContent.revoke)
    default: nil
    }
  }

  /// The member that Meta writes for the content; nil for kinds that have none.
  package var member: JSONMember? {
    let json: JSON? =
      switch self {
      case .text(let text): text.json
      case .image(let media), .video(let media), .audio(let media), .document(let media),
        .sticker(let media):
        media.json
      case .location(let location): location.json
      case .contacts(let contacts): .array(contacts.map(\.raw))
      case .reaction(let reaction): reaction.json
      case .interactive(let reply): reply.json
      case .button(let tap): tap.json
      case .order(let order): order.json
      case .system(let notice): notice.json
      case .unsupported(let unsupported): unsupported.type.map { ["type": .string($0)] }
      case .edit(let edit): edit.json
      case .revoke(let revoke): revoke.json
      case .requestWelcome, .mediaPlaceholder, .unreadable, .unknown: nil
      }
    return json.map { JSONMember(typeName, $0) }
  }
}
