extension OutboundContent {
  /// The kinds that can be sent.
  package static let types = [
    "text", "image", "video", "audio", "document", "sticker", "location", "contacts",
    "interactive", "template", "reaction", "pin",
  ]

  /// Lengths and counts of Meta's pages on each kind, read 2026-11-21.
  enum Limits {
    static let textBody = 4_096
    static let caption = 1_024
    static let filename = 1_024
    static let url = 2_048
    static let contacts = 1...257
    static let pinDays: ClosedRange<Int64> = 1...30
    static let templateName = 512
    static let languageCode = 32
  }

  init(type: String, of body: Checking) throws(GraphErrorBody) {
    switch type {
    case "text":
      let text = try body.object("text")
      self = .text(
        body: try text.text("body", max: Limits.textBody),
        showsPreview: text.json["preview_url"]?.flag ?? false
      )
    case "image", "video", "audio", "document", "sticker":
      self = .media(try OutboundMedia(type: type, try body.object(type)))
    case "location": self = .location(try Self.location(try body.object("location")))
    case "contacts":
      self = .contacts(try Self.contacts(try body.objects("contacts", count: Limits.contacts)))
    case "reaction": self = try Self.reaction(try body.object("reaction"))
    case "pin": self = try Self.pin(try body.object("pin"))
    case "template": self = .template(try OutboundTemplate(try body.object("template")))
    case "interactive": self = try Self.interactive(try body.object("interactive"))
    default: throw .invalidParameter("type \(type) cannot be sent.")
    }
  }

  private static func location(_ json: Checking) throws(GraphErrorBody) -> LocationContent {
    for key in ["latitude", "longitude"] where !json.has(key) { throw .missing(json.place(key)) }
    guard let location = LocationContent(json.json), abs(location.latitude) <= 90,
      abs(location.longitude) <= 180
    else { throw .invalid("location has no latitude and longitude on Earth.") }
    return location
  }

  private static func contacts(_ cards: [Checking]) throws(GraphErrorBody) -> [SharedContact] {
    var contacts: [SharedContact] = []
    for card in cards {
      _ = try card.object("name").text("formatted_name", max: Limits.caption)
      if let birthday = try card.textIfPresent("birthday", max: Limits.caption) {
        guard isDate(birthday) else {
          throw .invalid("\(card.place("birthday")) is not of the form YYYY-MM-DD.")
        }
      }
      var reader = WireReader()
      contacts.append(SharedContact(card.json, &reader))
    }
    return contacts
  }

  private static func isDate(_ text: String) -> Bool {
    let parts = text.split(separator: "-", omittingEmptySubsequences: false)
    return parts.map(\.utf8.count) == [4, 2, 2]
      && parts.allSatisfy { $0.utf8.allSatisfy { $0 &- UInt8(ascii: "0") <= 9 } }
  }

  private static func reaction(_ json: Checking) throws(GraphErrorBody) -> OutboundContent {
    let id = try json.id("message_id")
    guard json.has("emoji") else { throw .missing(json.place("emoji")) }
    let emoji = try json.textIfPresent("emoji", max: Limits.caption) ?? ""
    if emoji.isEmpty { return .reaction(messageID: id, emoji: nil) }
    guard emoji.count == 1, emoji.utf8.count > 1 else {
      throw .invalid("reaction.emoji is not one emoji.")
    }
    return .reaction(messageID: id, emoji: emoji)
  }

  private static func pin(_ json: Checking) throws(GraphErrorBody) -> OutboundContent {
    let days = json.json["expiration_days"]?.integer
    if json.has("expiration_days"), !(days.map(Limits.pinDays.contains) ?? false) {
      throw .invalid("pin.expiration_days must be 1 to 30.")
    }
    switch try json.text("type", max: Limits.caption) {
    case "pin": return .pin(messageID: try json.id("message_id"), isPinned: true, days: days)
    case "unpin": return .pin(messageID: try json.id("message_id"), isPinned: false, days: days)
    default: throw .invalid("pin.type must be pin or unpin.")
    }
  }
}

extension OutboundMedia {
  init(type: String, _ json: Checking) throws(GraphErrorBody) {
    source = try Self.source(json)
    caption = try json.textIfPresent("caption", max: OutboundContent.Limits.caption)
    if caption != nil, type == "audio" || type == "sticker" {
      throw .invalid("\(json.place("caption")): this kind has no caption.")
    }
    filename = try json.textIfPresent("filename", max: OutboundContent.Limits.filename)
    isVoice = json.json["voice"]?.flag ?? false
  }

  /// The place of the bytes: exactly one of `id` and `link`.
  static func source(_ json: Checking) throws(GraphErrorBody) -> Source {
    switch (json.has("id"), json.has("link")) {
    case (true, true), (false, false):
      throw .invalidParameter("\(json.path) needs exactly one of id and link.")
    case (true, false): return .id(try json.id("id"))
    case (false, true):
      let link = try json.text("link", max: OutboundContent.Limits.url)
      guard isWebAddress(link) else {
        throw .invalid("\(json.place("link")) is no http or https address.")
      }
      return .link(link)
    }
  }

  static func isWebAddress(_ text: String) -> Bool {
    let lowercased = text.lowercased()
    return ["https://", "http://"].contains { lowercased.hasPrefix($0) && text.count > $0.count }
  }
}

extension OutboundTemplate {
  init(_ json: Checking) throws(GraphErrorBody) {
    name = try json.text("name", max: OutboundContent.Limits.templateName)
    language = try json.object("language").text(
      "code",
      max: OutboundContent.Limits.languageCode
    )
    components = []
    guard json.has("components") else { return }
    // At most: header, body, limited time offer, carousel and ten buttons; twice that is generous.
    for component in try json.objects("components", count: 0...32) {
      _ = try component.text("type", max: OutboundContent.Limits.caption)
      components.append(component.json)
    }
  }
}
