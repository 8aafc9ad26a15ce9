extension OutboundContent {
  /// Lengths and counts of Meta's pages on interactive messages, read 2026-11-21.
  private enum InteractiveLimits {
    static let body = 1_024
    static let listBody = 4_096
    static let cardBody = 160
    static let cardBodyLineBreaks = 2
    static let footer = 60
    static let headerText = 60
    static let buttons = 1...3
    static let buttonID = 256
    static let buttonTitle = 20
    static let sections = 1...10
    static let rows = 10
    static let rowID = 200
    static let rowTitle = 24
    static let rowDescription = 72
    static let sectionTitle = 24
    static let displayText = 20
    static let payload = 512
    static let callMinutes: ClosedRange<Int64> = 1...43_200
    static let cards = 2...10
    static let products = 30
    static let word = 1_024
  }

  /// Checks an `interactive` object; kinds that are not known here pass unchecked, because Meta adds
  /// new ones and each is free-form whatever it holds.
  static func interactive(_ json: Checking) throws(GraphErrorBody) -> OutboundContent {
    let kind = try json.text("type", max: InteractiveLimits.word)
    let body = try bodyText(json, kind: kind)
    try checkHeader(json, kind: kind)
    if let footer = try json.objectIfPresent("footer") {
      guard !["carousel", "call_permission_request"].contains(kind) else {
        throw .invalid("interactive of type \(kind) has no footer.")
      }
      _ = try footer.text("text", max: InteractiveLimits.footer)
    }
    let action = try json.object("action")
    switch kind {
    case "button": try checkButtons(action)
    case "list": try checkList(action)
    case "cta_url": try checkLink(action)
    case "flow": try checkFlow(action)
    case "voice_call": try checkCallButton(action)
    case "product":
      _ = try action.id("catalog_id")
      _ = try action.id("product_retailer_id")
    case "product_list": try checkProductList(action)
    case "carousel": try checkCarousel(action)
    case "location_request_message": try checkName(action, "send_location")
    case "request_contact_info", "call_permission_request", "catalog_message", "address_message":
      try checkName(action, kind)
    default: break
    }
    return .interactive(kind: kind, bodyText: body)
  }

  private static func bodyText(
    _ json: Checking,
    kind: String
  ) throws(GraphErrorBody) -> String? {
    let max = kind == "list" ? InteractiveLimits.listBody : InteractiveLimits.body
    guard let body = try json.objectIfPresent("body") else {
      let isOptional = ["product", "call_permission_request"].contains(kind) || !isKnown(kind)
      if isOptional { return nil }
      throw .missing(json.place("body"))
    }
    return try body.text("text", max: max)
  }

  private static func isKnown(_ kind: String) -> Bool {
    [
      "button", "list", "cta_url", "location_request_message", "request_contact_info", "flow",
      "voice_call", "product_list", "catalog_message", "carousel", "address_message",
    ].contains(kind)
  }

  private static func checkHeader(_ json: Checking, kind: String) throws(GraphErrorBody) {
    guard let header = try json.objectIfPresent("header") else {
      if kind == "product_list" { throw .missing(json.place("header")) }
      return
    }
    let type = try header.text("type", max: InteractiveLimits.word)
    let allowed: [String] =
      switch kind {
      case "list", "product_list": ["text"]
      case "carousel", "product", "call_permission_request": []
      default: ["text", "image", "video", "document"]
      }
    guard allowed.contains(type) else {
      throw .invalid("interactive of type \(kind) has no header of type \(type).")
    }
    if type == "text" {
      _ = try header.text("text", max: InteractiveLimits.headerText)
    } else {
      _ = try OutboundMedia.source(try header.object(type))
    }
  }

  private static func checkButtons(_ action: Checking) throws(GraphErrorBody) {
    var ids: Set<String> = []
    var titles: Set<String> = []
    for button in try action.objects("buttons", count: InteractiveLimits.buttons) {
      guard button.json["type"] == .string("reply") else {
        throw .invalid("\(button.place("type")) must be reply.")
      }
      let reply = try button.object("reply")
      let id = try reply.text("id", max: InteractiveLimits.buttonID)
      let title = try reply.text("title", max: InteractiveLimits.buttonTitle)
      guard ids.insert(id).inserted else { throw .invalid("Two buttons have the same id.") }
      guard titles.insert(title).inserted else {
        throw .invalid("Two buttons have the same title.")
      }
    }
  }

  private static func checkList(_ action: Checking) throws(GraphErrorBody) {
    _ = try action.text("button", max: InteractiveLimits.displayText)
    let sections = try action.objects("sections", count: InteractiveLimits.sections)
    var ids: Set<String> = []
    var count = 0
    for section in sections {
      let title = try section.textIfPresent("title", max: InteractiveLimits.sectionTitle) ?? ""
      if sections.count > 1, title.isEmpty { throw .missing(section.place("title")) }
      let rows = try section.objects("rows", count: 1...InteractiveLimits.rows)
      count += rows.count
      for row in rows {
        let id = try row.text("id", max: InteractiveLimits.rowID)
        guard ids.insert(id).inserted else { throw .invalid("Two rows have the same id.") }
        _ = try row.text("title", max: InteractiveLimits.rowTitle)
        _ = try row.textIfPresent("description", max: InteractiveLimits.rowDescription)
      }
    }
    guard count <= InteractiveLimits.rows else {
      throw .invalid("\(action.path) has \(count) rows in all, allowed are 10.")
    }
  }

  private static func checkLink(_ action: Checking) throws(GraphErrorBody) {
    try checkName(action, "cta_url")
    let parameters = try action.object("parameters")
    _ = try parameters.text("display_text", max: InteractiveLimits.displayText)
    guard OutboundMedia.isWebAddress(try parameters.text("url", max: Limits.url)) else {
      throw .invalid("\(parameters.place("url")) is no http or https address.")
    }
  }

  private static func checkFlow(_ action: Checking) throws(GraphErrorBody) {
    try checkName(action, "flow")
    let parameters = try action.object("parameters")
    guard parameters.has("flow_id") != parameters.has("flow_name") else {
      throw .invalidParameter("\(parameters.path) needs exactly one of flow_id and flow_name.")
    }
    _ = try parameters.text("flow_cta", max: InteractiveLimits.word)
    if let mode = try parameters.textIfPresent("mode", max: InteractiveLimits.word) {
      guard ["draft", "published"].contains(mode) else {
        throw .invalid("\(parameters.place("mode")) must be draft or published.")
      }
    }
    if let next = try parameters.textIfPresent("flow_action", max: InteractiveLimits.word) {
      guard ["navigate", "data_exchange"].contains(next) else {
        throw .invalid("\(parameters.place("flow_action")) must be navigate or data_exchange.")
      }
    }
  }

  private static func checkCallButton(_ action: Checking) throws(GraphErrorBody) {
    try checkName(action, "voice_call")
    guard let parameters = try action.objectIfPresent("parameters") else { return }
    _ = try parameters.textIfPresent("display_text", max: InteractiveLimits.displayText)
    _ = try parameters.textIfPresent("payload", max: InteractiveLimits.payload)
    guard let minutes = parameters.json["ttl_minutes"] else { return }
    guard let minutes = minutes.integer, InteractiveLimits.callMinutes.contains(minutes) else {
      throw .invalid("\(parameters.place("ttl_minutes")) must be 1 to 43200.")
    }
  }

  private static func checkProductList(_ action: Checking) throws(GraphErrorBody) {
    _ = try action.id("catalog_id")
    var count = 0
    for section in try action.objects("sections", count: InteractiveLimits.sections) {
      let products = try section.objects("product_items", count: 1...InteractiveLimits.products)
      for product in products { _ = try product.id("product_retailer_id") }
      count += products.count
    }
    guard count <= InteractiveLimits.products else {
      throw .invalid("\(action.path) has \(count) products in all, allowed are 30.")
    }
  }

  private static func checkCarousel(_ action: Checking) throws(GraphErrorBody) {
    var headers: Set<String> = []
    for card in try action.objects("cards", count: InteractiveLimits.cards) {
      if let header = try card.objectIfPresent("header") {
        let type = try header.text("type", max: InteractiveLimits.word)
        headers.insert(type)
        _ = try OutboundMedia.source(try header.object(type))
      }
      if let text = try card.objectIfPresent("body")?.text("text", max: InteractiveLimits.cardBody)
      {
        guard text.count(where: \.isNewline) <= InteractiveLimits.cardBodyLineBreaks else {
          throw .invalid("\(card.place("body")) has more than 2 line breaks.")
        }
      }
      _ = try card.object("action")
    }
    guard headers.count <= 1 else {
      throw .invalid("The headers of all cards must be of the same type.")
    }
  }

  private static func checkName(_ action: Checking, _ name: String) throws(GraphErrorBody) {
    guard try action.text("name", max: InteractiveLimits.word) == name else {
      throw .invalid("\(action.place("name")) must be \(name).")
    }
  }
}
