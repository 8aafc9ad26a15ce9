import CloudAPI

extension SimulatedMeta {
  /// Which endpoint a message came to.
  enum Product: Sendable {
    case messages, marketing
  }

  /// `POST /{phone-number-id}/messages` and `/marketing_messages`.
  mutating func send(
    _ body: JSON,
    from number: SandboxNumber,
    product: Product
  ) throws(MetaError) -> GraphReply {
    guard body["messaging_product"]?.text == "whatsapp" else {
      throw MetaError(
        100,
        status: 400,
        "The parameter messaging_product is required.",
        details: nil
      )
    }
    if body["status"] != nil { return try markRead(body, number) }
    let order = try SendOrder(body, from: number)
    guard product == .messages || order.type == "template" else {
      throw MetaError(134100, status: 400, "Only marketing messages supported")
    }
    try checkMedia(order, number)
    let fault = faults.strike(call: number.phoneNumberID, chance: &chance)
    try refuse(early: fault, isOpen: isOpen(order, number))
    if case .drop(afterAccepting: false) = fault { return .json(200, [:], manner: .hangUp) }
    let party = recipient(order, number)
    let key = MetaWindows.Key(phoneNumberID: number.phoneNumberID, party: party)
    guard pace.take(number: number.phoneNumberID, perSecond: perSecond(number), now: latest) else {
      throw .throughput
    }
    if settings.hasPairLimit, !pace.take(pair: key, now: latest) { throw .pairLimit }
    let template = try template(of: order, number, product)
    if template == nil, settings.closedWindow == .http, !windows.isOpen(key, now: latest) {
      throw .reengagement
    }
    let outcome = judge(order, number, key, template, fault)
    let id = accept(order, number, party, template, product, failing: outcome)
    return answer(order, id: id, party: party, fault: fault)
  }

  /// Messages a second this number may pass.
  func perSecond(_ number: SandboxNumber) -> Int64 {
    settings.perSecond
      ?? (number.isOnBusinessApp ? Pace.coexistencePerSecond : Pace.ordinaryPerSecond)
  }

  /// The person's user id or the group's id; whoever is dialled exists from now on.
  private mutating func recipient(_ order: SendOrder, _ number: SandboxNumber) -> String {
    switch order.target {
    case .group(let id): id
    case .userID(let userID): people.person(named: userID)?.userID ?? userID
    case .phone(_, let digits): people.person(waID: Dialling.waID(digits)).userID
    }
  }

  private mutating func isOpen(_ order: SendOrder, _ number: SandboxNumber) -> Bool {
    let party = recipient(order, number)
    return windows.isOpen(
      MetaWindows.Key(phoneNumberID: number.phoneNumberID, party: party),
      now: latest
    )
  }

  private func checkMedia(_ order: SendOrder, _ number: SandboxNumber) throws(MetaError) {
    guard ["image", "video", "audio", "document", "sticker"].contains(order.type),
      let id = order.content["id"]?.text
    else { return }
    guard media.item(id, now: latest)?.phoneNumberID == number.phoneNumberID else {
      throw .invalidParameter(
        "Param \(order.type)['id'] is not a valid whatsapp business account media attachment ID"
      )
    }
  }

  /// Faults that strike before anything is accepted.
  private func refuse(early fault: Fault.Kind?, isOpen: Bool) throws(MetaError) {
    switch fault {
    case .httpStatus(let status, afterAccepting: false): throw Self.breakdown(status)
    case .code(let code, late: false): throw .chosen(code)
    case .glitch(late: false) where isOpen: throw .reengagement
    default: break
    }
  }

  private static func breakdown(_ status: Int) -> MetaError {
    switch status {
    case 401: .badToken
    case 403: .notPermitted
    case 429: MetaError(4, status: 429, "Application request limit reached")
    case 503: MetaError(2, status: 503, "Service temporarily unavailable")
    default: MetaError(131000, status: status, "Something went wrong")
    }
  }

  /// Whether an accepted message fails later, and with what.
  private mutating func judge(
    _ order: SendOrder,
    _ number: SandboxNumber,
    _ key: MetaWindows.Key,
    _ template: Template?,
    _ fault: Fault.Kind?
  ) -> MetaError? {
    let isOpen = windows.isOpen(key, now: latest)
    if template == nil, !isOpen { return .reengagement }
    switch fault {
    case .glitch(late: true) where template == nil: return .reengagement
    case .code(let code, late: true): return .chosen(code)
    default: break
    }
    let person = people.person(userID: key.party)
    if let person, !person.isReachable { return .undeliverable }
    if template?.category == "MARKETING", let person, Dialling.country(of: person.waID) == "US" {
      return MetaError(
        131049,
        status: 400,
        "This message was not delivered to maintain healthy ecosystem engagement."
      )
    }
    if order.type == "reaction", messages[order.content["message_id"]?.text ?? ""] == nil {
      return .badValue("Reaction to a message that does not exist.")
    }
    let mustPay = latest >= Bill.serviceCharged && !settings.hasPaymentMethod
    let isFree =
      template == nil
      && bill.left(
        number: number.phoneNumberID,
        allowance: settings.allowance,
        now: latest
      ) > 0
    return mustPay && !isFree ? .unpaid : nil
  }

  private func template(
    of order: SendOrder,
    _ number: SandboxNumber,
    _ product: Product
  ) throws(MetaError) -> Template? {
    guard order.type == "template" else { return nil }
    let name = order.content["name"]?.text ?? ""
    let language = order.content["language"]?["code"]?.text ?? ""
    guard let template = templates.find(number.wabaID, name, language) else {
      throw .templateMissing(name, language)
    }
    switch template.status {
    case "APPROVED": break
    case "PAUSED": throw MetaError(132015, status: 400, "Template is Paused")
    case "DISABLED": throw MetaError(132016, status: 400, "Template is Disabled")
    default: throw .templateMissing(name, language)
    }
    if product == .marketing, template.category != "MARKETING" {
      throw MetaError(134100, status: 400, "Only marketing messages supported")
    }
    if template.category == "AUTHENTICATION", case .userID = order.target {
      throw MetaError(131062, status: 400, "Recipient is not supported for this message")
    }
    try template.check(order.content["components"]?.items ?? [])
    return template
  }

  private mutating func accept(
    _ order: SendOrder,
    _ number: SandboxNumber,
    _ party: String,
    _ template: Template?,
    _ product: Product,
    failing error: MetaError?
  ) -> String {
    let id = newID("wamid")
    var content = order.content
    if let template { content.set("rendered", to: .string(template.rendered(order.content))) }
    var isGroup = false
    var isByUserID = false
    switch order.target {
    case .group: isGroup = true
    case .userID: isByUserID = true
    case .phone: break
    }
    messages[id] = SentMessage(
      id: id,
      writer: .business,
      phoneNumberID: number.phoneNumberID,
      party: party,
      isGroup: isGroup,
      isByUserID: isByUserID,
      type: order.type,
      content: content,
      category: template.map {
        product == .marketing ? "marketing_lite" : $0.category.lowercased()
      },
      contextID: order.contextID,
      callbackData: order.callbackData,
      at: latest,
      state: .accepted
    )
    if let error {
      agenda.add(.failure(message: id, error: error), at: latest + settings.failedAfter)
      return id
    }
    agenda.add(.progress(message: id, to: .sent), at: latest + settings.sentAfter)
    guard order.type != "reaction" else { return id }  // Reactions yield `sent` and nothing more.
    let delivered = latest + Swift.max(settings.sentAfter, settings.deliveredAfter)
    agenda.add(.progress(message: id, to: .delivered), at: delivered)
    if let wait = settings.readAfter {
      agenda.add(.progress(message: id, to: .read), at: Swift.max(delivered, latest + wait))
    }
    return id
  }

  private mutating func answer(
    _ order: SendOrder,
    id: String,
    party: String,
    fault: Fault.Kind?
  ) -> GraphReply {
    let contact: JSON =
      switch order.target {
      case .group(let group): ["input": .string(group), "wa_id": .string(group)]
      case .userID(let userID): ["input": .string(userID), "user_id": .string(userID)]
      case .phone(let written, let digits):
        ["input": .string(written), "wa_id": .string(Dialling.waID(digits))]
      }
    var message: JSON = ["id": .string(id)]
    if order.type == "template" { message.set("message_status", to: "accepted") }
    if case .group(let group) = order.target { message.set("group_id", to: .string(group)) }
    let body: JSON = [
      "messaging_product": "whatsapp", "contacts": [contact], "messages": [message],
    ]
    switch fault {
    case .httpStatus(let status, afterAccepting: true):
      let error = Self.breakdown(status)
      return .json(error.status, error.body(trace: newID("A")))
    case .timeout: return .json(200, body, manner: .silence)
    case .drop(afterAccepting: true): return .json(200, body, manner: .hangUp)
    case .slow(let wait): return .json(200, body, manner: .slow(wait))
    default: return .json(200, body)
    }
  }

  /// `status: "read"`, with or without a typing indicator.
  private mutating func markRead(
    _ body: JSON,
    _ number: SandboxNumber
  ) throws(MetaError) -> GraphReply {
    guard body["status"]?.text == "read" else {
      throw .invalidParameter("status must be one of {read}.")
    }
    guard let id = body["message_id"]?.text else {
      throw .missingParameter("The parameter message_id is required.")
    }
    guard var message = messages[id], message.writer == .customer,
      message.phoneNumberID == number.phoneNumberID
    else { throw .invalidParameter("There is no message with this message_id.") }
    message.state = .read
    messages[id] = message
    return .json(200, ["success": true])
  }
}
