import CloudAPI
import CustomerCare

extension Content {
  /// What a message of Meta's says, in our words.
  ///
  /// - Parameters:
  ///   - content: The decoded message.
  ///   - type: Meta's word for its kind.
  ///   - errors: What Meta reported with it; decides between the kinds of "not handed over".
  init(_ content: MessageContent, type: String, errors: [ReportedError] = []) {
    self =
      switch content {
      case .text(let text): .text(text.body)
      case .image(let media): .media(Media(.image, media))
      case .video(let media): .media(Media(.video, media))
      case .audio(let media): .media(Media(media.isVoice == true ? .voice : .audio, media))
      case .document(let media): .media(Media(.document, media))
      case .sticker(let media): .media(Media(.sticker, media))
      case .location(let place): .location(Location(place))
      case .contacts(let cards): .contacts(cards.map(ContactCard.init))
      case .reaction(let reaction):
        .reaction(emoji: reaction.emoji, to: MessageID(reaction.messageID ?? ""))
      case .interactive(let reply): Self(reply, type: type)
      case .button(let tap):
        .reply(Reply(kind: .templateButton, id: tap.payload, title: tap.text ?? ""))
      case .order(let order): .order(Order(order))
      case .system(let notice): .system(type: type, text: notice.body ?? "")
      case .unsupported(let kind):
        .unsupported(type: kind.type ?? "unknown", code: errors.first?.code)
      case .edit(let edit): Content(edit.content, type: edit.type ?? type)
      case .revoke: .system(type: type, text: "")
      case .mediaPlaceholder: .unsupported(type: "media_placeholder", code: nil)
      case .requestWelcome: .system(type: type, text: "")
      case .unreadable: .unsupported(type: "unreadable", code: errors.first?.code)
      case .unknown: .unknown(type: type)
      }
  }

  private init(_ reply: InteractiveReply, type: String) {
    self =
      switch reply {
      case .button(let id, let title):
        .reply(Reply(kind: .buttonReply, id: id, title: title ?? ""))
      case .list(let id, let title, _): .reply(Reply(kind: .listReply, id: id, title: title ?? ""))
      case .form(let form): .reply(Reply(kind: .flowReply, id: form.name, title: form.body ?? ""))
      case .callPermission(let permission):
        .reply(
          Reply(kind: .callPermissionReply, id: permission.response, title: permission.source ?? "")
        )
      case .product: .reply(Reply(kind: .productReply, id: nil, title: ""))
      case .unknown(let kind): .unknown(type: kind ?? type)
      }
  }
}

extension Content.Media {
  fileprivate init(_ kind: Kind, _ media: MediaContent) {
    self.init(
      kind: kind,
      id: media.id,
      mimeType: media.mimeType,
      caption: media.caption,
      filename: media.filename
    )
  }
}

extension Content.Location {
  fileprivate init(_ place: LocationContent) {
    self.init(
      latitude: String(place.latitude),
      longitude: String(place.longitude),
      name: place.name,
      address: place.address
    )
  }
}

extension Content.ContactCard {
  fileprivate init(_ card: SharedContact) {
    self.init(name: card.formattedName ?? "", phones: card.phones.compactMap(\.phone))
  }
}

extension Content.Order {
  fileprivate init(_ order: OrderContent) {
    self.init(
      catalogID: order.catalogID,
      text: order.text,
      items: order.items.map {
        Item(
          retailerID: $0.productRetailerID ?? "",
          quantity: $0.quantity ?? 0,
          price: $0.price ?? "",
          currency: $0.currency ?? ""
        )
      }
    )
  }
}
