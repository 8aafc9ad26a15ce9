import CloudAPI

/// Meta's limits on the content of messages, as far as the sandbox holds them.
///
/// Lengths count UTF-16 units; Meta does not say what it counts.
///
/// Source: …/messages/* (2025-10 to 2026-05), read 2026-11-21.
enum SendRules {
  /// Checks the object named by a message's type.
  static func check(_ type: String, _ content: JSON) throws(MetaError) {
    switch type {
    case "text": try text(content["body"], "text.body", 1...4096)
    case "image", "video", "audio", "document", "sticker": try media(type, content)
    case "location":
      guard content["latitude"]?.decimal != nil, content["longitude"]?.decimal != nil else {
        throw .missingParameter("location.latitude and location.longitude are required.")
      }
    case "contacts": try contacts(content)
    case "reaction":
      guard content["message_id"]?.text != nil else {
        throw .missingParameter("reaction.message_id is required.")
      }
    case "pin":
      guard content["message_id"]?.text != nil, ["pin", "unpin"].contains(content["type"]?.text)
      else { throw .missingParameter("pin.message_id and pin.type are required.") }
    case "template":
      guard content["name"]?.text != nil, content["language"]?["code"]?.text != nil else {
        throw .missingParameter("template.name and template.language.code are required.")
      }
    case "interactive": try InteractiveRules.check(content)
    default: break
    }
  }

  /// A text that must be there and have a length in range.
  static func text(
    _ value: JSON?,
    _ name: String,
    _ range: ClosedRange<Int>
  ) throws(MetaError) {
    guard case .string(let text) = value, !text.isEmpty else {
      throw .missingParameter("The parameter \(name) is required.")
    }
    guard range.contains(text.utf16.count) else {
      throw .invalidParameter("Param \(name) must be at most \(range.upperBound) characters long.")
    }
  }

  /// A text that may be missing.
  static func optionalText(_ value: JSON?, _ name: String, max: Int) throws(MetaError) {
    if value?.text != nil { try text(value, name, 1...max) }
  }

  private static func media(_ type: String, _ content: JSON) throws(MetaError) {
    switch (content["id"]?.text, content["link"]?.text) {
    case (nil, nil): throw .missingParameter("\(type).id or \(type).link is required.")
    case (.some, .some): throw .invalidParameter("Only one of \(type).id and \(type).link.")
    case (nil, let link?):
      guard link.hasPrefix("https://") || link.hasPrefix("http://") else {
        throw .invalidParameter("\(type).link is not a web address.")
      }
    case (.some, nil): break
    }
    if ["audio", "sticker"].contains(type), content["caption"]?.text != nil {
      throw .invalidParameter("\(type) has no caption.")
    }
    try optionalText(content["caption"], "\(type).caption", max: 1024)
  }

  private static func contacts(_ content: JSON) throws(MetaError) {
    guard (1...257).contains(content.items.count) else {
      throw .invalidParameter("contacts is a list of 1 to 257 contacts.")
    }
    for contact in content.items where contact["name"]?["formatted_name"]?.text == nil {
      throw .missingParameter("contacts.name.formatted_name is required.")
    }
  }
}

/// Meta's limits on interactive messages.
enum InteractiveRules {
  private static let types: Set<String> = [
    "button", "list", "cta_url", "location_request_message", "request_contact_info", "flow",
    "voice_call", "call_permission_request", "product", "product_list", "catalog_message",
    "carousel", "address_message", "order_details", "order_status",
  ]

  /// Types that need no body.
  private static let bodyless: Set<String> = ["call_permission_request", "product", "order_status"]

  /// Checks the `interactive` object.
  static func check(_ content: JSON) throws(MetaError) {
    guard let type = content["type"]?.text, types.contains(type) else {
      throw .invalidParameter("interactive.type is not known.")
    }
    if !bodyless.contains(type) || content["body"] != nil {
      try SendRules.text(
        content["body"]?["text"],
        "interactive.body.text",
        1...(type == "list" ? 4096 : 1024)
      )
    }
    try SendRules.optionalText(content["footer"]?["text"], "interactive.footer.text", max: 60)
    try SendRules.optionalText(content["header"]?["text"], "interactive.header.text", max: 60)
    guard let action = content["action"] else {
      throw .missingParameter("The parameter interactive.action is required.")
    }
    switch type {
    case "button": try buttons(action)
    case "list": try list(action)
    case "cta_url":
      let parameters = action["parameters"]
      try SendRules.text(parameters?["display_text"], "action.parameters.display_text", 1...20)
      try SendRules.text(parameters?["url"], "action.parameters.url", 1...2000)
    default: break
    }
  }

  private static func buttons(_ action: JSON) throws(MetaError) {
    let buttons = action["buttons"]?.items ?? []
    guard (1...3).contains(buttons.count) else {
      throw .invalidParameter(
        "Invalid buttons count. Min allowed buttons: 1, Max allowed buttons: 3"
      )
    }
    var ids: Set<String> = []
    for button in buttons {
      try SendRules.text(button["reply"]?["id"], "action.buttons.reply.id", 1...256)
      try SendRules.text(button["reply"]?["title"], "action.buttons.reply.title", 1...20)
      guard ids.insert(button["reply"]?["id"]?.text ?? "").inserted else {
        throw .badValue("Duplicated button id.")
      }
    }
  }

  private static func list(_ action: JSON) throws(MetaError) {
    try SendRules.text(action["button"], "action.button", 1...20)
    let sections = action["sections"]?.items ?? []
    let rows = sections.flatMap { $0["rows"]?.items ?? [] }
    guard (1...10).contains(sections.count), (1...10).contains(rows.count) else {
      throw .invalidParameter("A list has 1 to 10 sections with 1 to 10 rows in total.")
    }
    var ids: Set<String> = []
    for section in sections {
      try SendRules.optionalText(section["title"], "action.sections.title", max: 24)
    }
    for row in rows {
      try SendRules.text(row["id"], "action.sections.rows.id", 1...200)
      try SendRules.text(row["title"], "action.sections.rows.title", 1...24)
      try SendRules.optionalText(row["description"], "action.sections.rows.description", max: 72)
      guard ids.insert(row["id"]?.text ?? "").inserted else {
        throw .badValue("Duplicated row id.")
      }
    }
  }
}
