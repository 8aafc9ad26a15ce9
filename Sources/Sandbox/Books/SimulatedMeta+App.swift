package import CloudAPI

extension SimulatedMeta {
  /// For how long after onboarding contacts and history can be asked for: 24 hours.
  private static let syncLife: Int64 = 86_400_000

  /// A person types in the WhatsApp Business app: an echo, no window.
  ///
  /// `json` holds `to` (phone number or user id), `type` (`text` if missing) and its object,
  ///   `phone_number_id`; types `edit` and `revoke` change the newest message of the app.
  package mutating func appWrites(_ json: JSON, now: Int64) throws(MetaError) -> JSON {
    settle(now: now)
    let number = try number(json)
    guard number.isOnBusinessApp else {
      throw .invalidParameter("Number \(number.phoneNumberID) is not in the WhatsApp Business app.")
    }
    let person = try person(json["to"]?.text ?? "", json)
    let type = json["type"]?.text ?? "text"
    let id = newID("wamid")
    let original = messages.newest(1) { $0.writer == .app && $0.party == person.userID }.first?.id
    var content = InboundContent(meta: self, person: person, number: number, now: latest)
      .content(type, json)
    if ["edit", "revoke"].contains(type), json[type]?["original_message_id"] == nil {
      content.set("original_message_id", to: .string(original ?? "wamid.UNKNOWN"))
    }
    change(type, content)
    messages[id] = SentMessage(
      id: id,
      writer: .app,
      phoneNumberID: number.phoneNumberID,
      party: person.userID,
      isGroup: false,
      isByUserID: false,
      type: type,
      content: content,
      category: nil,
      contextID: nil,
      callbackData: nil,
      at: latest,
      state: .delivered
    )
    let echo: JSON = .present([
      "from": .string(number.displayPhoneNumber), "to": person.shownPhone,
      "to_user_id": .string(person.userID), "id": .string(id),
      "timestamp": .string(String(latest / 1000)), "type": .string(type), type: content,
    ])
    announce(
      .list(
        "message_echoes",
        [echo],
        field: "smb_message_echoes",
        number: number,
        contacts: [person.contact()]
      ),
      at: latest
    )
    settle(now: now)
    return ["id": .string(id), "timestamp": .string(String(latest / 1000))]
  }

  private mutating func change(_ type: String, _ content: JSON) {
    let original = content["original_message_id"]?.text ?? ""
    if type == "revoke" { messages[original]?.isRevoked = true }
    if type == "edit", let text = content["message"]?["text"] { messages[original]?.content = text }
  }

  /// Lays down what the phone remembers from before onboarding, and sends it unless told not to.
  ///
  /// `json` holds `threads`: a list of `{"wa_id", "messages": [{"from": "customer"|"business",
  ///   "text", "seconds_ago"}]}`; `declined`: whether sharing was refused; `start` (true if missing).
  package mutating func startHistory(_ json: JSON, now: Int64) throws(MetaError) -> JSON {
    settle(now: now)
    let number = try number(json)
    past[number.phoneNumberID] = json
    if json["start"]?.flag ?? true { try sendHistory(number) }
    settle(now: now)
    return ["success": true]
  }

  /// `POST /{phone-number-id}/smb_app_data`: each kind once, within a day of onboarding.
  mutating func startSync(_ body: JSON, _ number: SandboxNumber) throws(MetaError) -> GraphReply {
    let kind = body["sync_type"]?.text ?? ""
    guard ["history", "smb_app_state_sync"].contains(kind) else {
      throw .invalidParameter("sync_type must be one of {smb_app_state_sync, history}.")
    }
    guard number.isOnBusinessApp, latest < (number.onboardedAt ?? latest) + Self.syncLife else {
      throw MetaError(2_593_108, status: 400, "Sync can only be requested within 24 hours")
    }
    guard syncs.insert("\(number.phoneNumberID)/\(kind)").inserted else {
      throw MetaError(2_593_107, status: 400, "Sync was already requested")
    }
    if kind == "history" { try sendHistory(number) } else { sendContacts(number) }
    return .json(
      200,
      ["messaging_product": "whatsapp", "request_id": .string(newID("request"))]
    )
  }

  private mutating func sendHistory(_ number: SandboxNumber) throws(MetaError) {
    let story = past[number.phoneNumberID] ?? [:]
    if story["declined"]?.flag == true {
      let error = MetaError(2_593_109, status: 400, "History sharing is turned off")
      announceHistory(["errors": [error.item()]], number)
      return
    }
    let threads = story["threads"]?.items ?? []
    guard threads.count <= Self.updatesMax else {
      throw .invalidParameter("threads is a list of at most \(Self.updatesMax).")
    }
    if threads.isEmpty {
      announceHistory(["metadata": ["phase": 2, "chunk_order": 1, "progress": 100]], number)
    }
    for (index, thread) in threads.enumerated() {
      let person = try person(thread["wa_id"]?.text ?? "", thread)
      let progress = (index + 1) * 100 / threads.count
      let lines = thread["messages"]?.items ?? []
      var messages: [JSON] = []
      for line in lines { messages.append(remembered(line, person, number)) }
      announceHistory(
        [
          "metadata": [
            "phase": 0, "chunk_order": .integer(index + 1), "progress": .integer(progress),
          ],
          "threads": [
            .present([
              "id": person.shownPhone,
              "context": .present([
                "wa_id": person.shownPhone, "user_id": .string(person.userID),
                "username": person.username.map { .string($0) },
              ]), "messages": .array(messages),
            ])
          ],
        ],
        number
      )
    }
  }

  private mutating func remembered(
    _ line: JSON,
    _ person: Person,
    _ number: SandboxNumber
  ) -> JSON {
    let isCustomer = line["from"]?.text != "business"
    let instant = latest / 1000 - Swift.max(0, line["seconds_ago"]?.integer ?? 3600)
    return .present([
      "from": isCustomer ? person.shownPhone : .string(number.displayPhoneNumber),
      "from_user_id": JSON.string(person.userID).when(isCustomer),
      "to": person.shownPhone?.when(!isCustomer),
      "id": .string(line["id"]?.text ?? newID("wamid")), "timestamp": .string(String(instant)),
      "type": "text", "text": ["body": .string(line["text"]?.text ?? "Hello from the past")],
      "history_context": ["status": "READ"],
    ])
  }

  private mutating func announceHistory(_ chunk: JSON, _ number: SandboxNumber) {
    announce(.list("history", [chunk], field: "history", number: number), at: latest)
  }

  private mutating func sendContacts(_ number: SandboxNumber) {
    let names = (past[number.phoneNumberID]?["threads"]?.items ?? []).prefix(Self.updatesMax)
    var items: [JSON] = []
    for name in names.compactMap({ $0["wa_id"]?.text }) {
      guard let person = people.person(named: name) else { continue }
      items.append([
        "type": "contact", "action": "add",
        "contact": .present([
          "full_name": .string(person.name), "first_name": .string(person.name),
          "phone_number": person.shownPhone, "user_id": .string(person.userID),
        ]), "metadata": ["timestamp": .string(String(latest / 1000))],
      ])
    }
    announce(
      .list("state_sync", items, field: "smb_app_state_sync", number: number),
      at: latest
    )
  }
}
