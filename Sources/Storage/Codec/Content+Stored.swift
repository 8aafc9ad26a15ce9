import CustomerCare

extension Content {
  /// The content as it is kept.
  var stored: StoredJSON {
    switch self {
    case .text(let text): .members(["kind": .text("text"), "text": .text(text)])
    case .media(let media): media.stored
    case .location(let location):
      .members([
        "kind": .text("location"), "latitude": .text(location.latitude),
        "longitude": .text(location.longitude), "name": .optional(location.name),
        "address": .optional(location.address),
      ])
    case .contacts(let cards):
      .members([
        "kind": .text("contacts"),
        "cards": .array(
          cards.map { card in
            .members([
              "name": .text(card.name), "phones": .array(card.phones.map(StoredJSON.text)),
            ])
          }
        ),
      ])
    case .interactive(let type, let body):
      .members(["kind": .text("interactive"), "type": .text(type), "body": .text(body)])
    case .reply(let reply):
      .members([
        "kind": .text("reply"), "reply": .text(reply.kind.rawValue), "id": .optional(reply.id),
        "title": .text(reply.title),
      ])
    case .order(let order): order.stored
    case .reaction(let emoji, let target):
      .members([
        "kind": .text("reaction"), "emoji": .optional(emoji), "to": .text(target.rawValue),
      ])
    case .template(let name, let language, let text):
      .members([
        "kind": .text("template"), "name": .text(name), "language": .text(language),
        "text": .optional(text),
      ])
    case .system(let type, let text):
      .members(["kind": .text("system"), "type": .text(type), "text": .text(text)])
    case .unsupported(let type, let code):
      .members([
        "kind": .text("unsupported"), "type": .optional(type),
        "code": code.map { .integer(Int64($0)) },
      ])
    case .unknown(let type): .members(["kind": .text("unknown"), "type": .text(type)])
    }
  }

  /// Reads what `stored` wrote; what a newer release wrote is shown as unknown.
  init(stored json: StoredJSON) {
    func text(_ name: String) -> String { json[name]?.text ?? "" }
    switch json["kind"]?.text {
    case "text": self = .text(text("text"))
    case "media": self = .media(Media(stored: json))
    case "location":
      self = .location(
        Location(
          latitude: text("latitude"),
          longitude: text("longitude"),
          name: json["name"]?.text,
          address: json["address"]?.text
        )
      )
    case "contacts":
      self = .contacts(
        (json["cards"]?.items ?? []).map { card in
          ContactCard(
            name: card["name"]?.text ?? "",
            phones: (card["phones"]?.items ?? []).compactMap(\.text)
          )
        }
      )
    case "interactive": self = .interactive(type: text("type"), body: text("body"))
    case "reply":
      self = .reply(
        Reply(
          kind: OpeningKind(rawValue: text("reply")) ?? .unknown,
          id: json["id"]?.text,
          title: text("title")
        )
      )
    case "order": self = .order(Order(stored: json))
    case "reaction":
      self = .reaction(emoji: json["emoji"]?.text, to: MessageID(text("to")))
    case "template":
      self = .template(name: text("name"), language: text("language"), text: json["text"]?.text)
    case "system": self = .system(type: text("type"), text: text("text"))
    case "unsupported":
      self = .unsupported(type: json["type"]?.text, code: json["code"]?.integer.map(Int.init))
    default: self = .unknown(type: text("type"))
    }
  }
}

extension Content.Media {
  fileprivate var stored: StoredJSON {
    .members([
      "kind": .text("media"), "media": .text(kind.rawValue), "id": .optional(id),
      "mime_type": .optional(mimeType), "caption": .optional(caption),
      "filename": .optional(filename),
    ])
  }

  fileprivate init(stored json: StoredJSON) {
    self.init(
      kind: json["media"]?.text.flatMap(Kind.init(rawValue:)) ?? .document,
      id: json["id"]?.text,
      mimeType: json["mime_type"]?.text,
      caption: json["caption"]?.text,
      filename: json["filename"]?.text
    )
  }
}

extension Content.Order {
  fileprivate var stored: StoredJSON {
    .members([
      "kind": .text("order"), "catalog": .optional(catalogID), "text": .optional(text),
      "items": .array(
        items.map { item in
          .members([
            "retailer_id": .text(item.retailerID), "quantity": .integer(item.quantity),
            "price": .text(item.price), "currency": .text(item.currency),
          ])
        }
      ),
    ])
  }

  fileprivate init(stored json: StoredJSON) {
    self.init(
      catalogID: json["catalog"]?.text,
      text: json["text"]?.text,
      items: (json["items"]?.items ?? []).map { item in
        Item(
          retailerID: item["retailer_id"]?.text ?? "",
          quantity: item["quantity"]?.integer ?? 0,
          price: item["price"]?.text ?? "",
          currency: item["currency"]?.text ?? ""
        )
      }
    )
  }
}
