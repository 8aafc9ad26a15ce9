import CloudAPI

/// What a customer's message holds, filled up where a request left something out.
struct InboundContent {
  let meta: SimulatedMeta
  let person: Person
  let number: SandboxNumber
  let now: Int64

  /// The object named by a type; kinds the sandbox does not know are handed on as they were given.
  func content(_ type: String, _ json: JSON) -> JSON {
    if type == "text", let body = json["text"]?.text { return ["body": .string(body)] }
    let given = json[type]
    switch type {
    case "text": return given ?? ["body": "Hello"]
    case "reaction":
      return given
        ?? ["message_id": .string(newest(.business)), "emoji": "\u{1F44D}"]
    case "button": return given ?? ["payload": "OK", "text": "OK"]
    case "interactive":
      return given ?? ["type": "button_reply", "button_reply": ["id": "ok", "title": "OK"]]
    case "location":
      return given
        ?? .object([
          JSONMember("latitude", .number("52.52")), JSONMember("longitude", .number("13.405")),
        ])
    case "contacts":
      return given ?? [["name": ["formatted_name": "Ben Roth", "first_name": "Ben"]]]
    case "order":
      return given
        ?? [
          "catalog_id": "880011",
          "product_items": [
            [
              "product_retailer_id": "SKU-1", "quantity": 1, "item_price": 10, "currency": "EUR",
            ]
          ],
        ]
    case "unsupported": return given ?? ["type": "unknown"]
    case "edit": return edited(given)
    case "revoke": return given ?? ["original_message_id": .string(newest(.customer))]
    default: return given ?? (MediaSample.types[type] == nil ? .null : [:])
    }
  }

  /// The errors that come with some types.
  static func errors(_ type: String, _ json: JSON) -> JSON? {
    guard type == "unsupported" else { return nil }
    let isPlaceholder = json["code"]?.integer == 131060
    let title = isPlaceholder ? "This message is unavailable." : "Message type unknown"
    let details =
      isPlaceholder
      ? "This message is currently unavailable." : "Message type is currently not supported."
    return [
      [
        "code": isPlaceholder ? 131060 : 131051, "title": .string(title),
        "message": .string(title), "error_data": ["details": .string(details)],
      ]
    ]
  }

  private func edited(_ given: JSON?) -> JSON {
    if let given, given.isObject { return given }
    let text = given?.text ?? "Hello again"
    return [
      "original_message_id": .string(newest(.customer)),
      "message": ["type": "text", "text": ["body": .string(text)]],
    ]
  }

  private func newest(_ writer: SentMessage.Writer) -> String {
    let found = meta.messages.newest(1) {
      $0.writer == writer && $0.party == person.userID
        && $0.phoneNumberID == number.phoneNumberID
    }
    return found.first?.id ?? "wamid.UNKNOWN"
  }
}

/// A file that stands in where a request sends media without saying which.
struct MediaSample: Sendable {
  let mimeType: String
  let text: String

  /// A sample for each kind of media; plain text inside, because nobody looks.
  static let types: [String: MediaSample] = [
    "image": MediaSample(mimeType: "image/jpeg", text: "A photograph of a bicycle."),
    "video": MediaSample(mimeType: "video/mp4", text: "A film of a bicycle."),
    "audio": MediaSample(mimeType: "audio/ogg; codecs=opus", text: "The bell of a bicycle."),
    "document": MediaSample(mimeType: "application/pdf", text: "The bill for a bicycle."),
    "sticker": MediaSample(mimeType: "image/webp", text: "A drawing of a bicycle."),
  ]
}
