import CloudAPI
import CustomerCare

extension MessageKind {
  /// What a message to be sent is, as far as the window cares.
  init(_ message: OutboundMessage) {
    self =
      switch message.content {
      case .template(let template):
        .template(name: template.name, language: template.language)
      case .reaction: .reaction
      case .pin: .pin
      case .interactive(kind: "call_permission_request", _): .callPermissionRequest
      case .receipt(_, let showsTyping): showsTyping ? .typing : .readReceipt
      case .text, .media, .location, .contacts, .interactive: .freeForm(type: message.type)
      }
  }
}

extension MessageKind {
  /// Whether it is a template.
  var isTemplate: Bool {
    if case .template = self { true } else { false }
  }
}

extension Content {
  /// What a message to be sent says.
  init(_ message: OutboundMessage) {
    self =
      switch message.content {
      case .text(let body, _): .text(body)
      case .media(let media): .media(Media(media, type: message.type))
      case .location(let place):
        .location(
          Location(
            latitude: String(place.latitude),
            longitude: String(place.longitude),
            name: place.name,
            address: place.address
          )
        )
      case .contacts(let cards):
        .contacts(
          cards.map {
            ContactCard(name: $0.formattedName ?? "", phones: $0.phones.compactMap(\.phone))
          }
        )
      case .reaction(let id, let emoji): .reaction(emoji: emoji, to: MessageID(id))
      case .pin: .system(type: message.type, text: "")
      case .interactive(let kind, let body): .interactive(type: kind, body: body ?? "")
      case .template(let template):
        .template(name: template.name, language: template.language, text: "")
      case .receipt: .system(type: message.type, text: "")
      }
  }
}

extension Content.Media {
  fileprivate init(_ media: OutboundMedia, type: String) {
    let kind = media.isVoice ? Kind.voice : Kind(rawValue: type) ?? .document
    var id: String?
    if case .id(let upload) = media.source { id = upload }
    self.init(kind: kind, id: id, caption: media.caption, filename: media.filename)
  }
}
