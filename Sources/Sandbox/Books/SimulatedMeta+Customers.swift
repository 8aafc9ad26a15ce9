package import CloudAPI

extension SimulatedMeta {
  /// Messages in one go: what Meta puts into one body at most.
  static let updatesMax = 1000

  /// A customer writes.
  ///
  /// `name` is the customer's phone number or business-scoped user id. `json` holds `type` (`text` if
  /// missing) and its object as Meta's webhook has it (`text` may be a plain string);
  /// `phone_number_id` (the first number if missing), `name`, `username`, `user_id`, `hide_phone`,
  /// `group_id`, `context`, `referral`, `delay_ms` (the webhook is late), `count` (that many messages
  /// in one body), `file` (the bytes of media; see `InboundFile`). Gives the ids and the timestamp of the messages and what the window is like now.
  package mutating func customerWrites(
    _ name: String,
    _ json: JSON,
    now: Int64
  ) throws(MetaError) -> JSON {
    settle(now: now)
    let number = try number(json)
    let person = try person(name, json)
    let group = json["group_id"]?.text
    if let group { groups[group, default: []].insert(person.userID) }
    let key = MetaWindows.Key(
      phoneNumberID: number.phoneNumberID,
      party: group ?? person.userID
    )
    let count = json["count"]?.integer ?? 1
    guard (1...Int64(Self.updatesMax)).contains(count) else {
      throw .invalidParameter("count is a number from 1 to \(Self.updatesMax).")
    }
    var items: [JSON] = []
    var ids: [JSON] = []
    for _ in 0..<count {
      let item = try inbound(json, person, number, group)
      ids.append(item["id"] ?? .null)
      items.append(item)
      pace.count(number: number.phoneNumberID, perSecond: perSecond(number), now: latest)
    }
    open(key, by: act(json), number)
    if json["referral"] != nil { freeEntries.knock(key, at: latest) }
    let delay = Swift.min(Swift.max(json["delay_ms"]?.integer ?? 0, 0), SandboxSettings.waitMax)
    announce(
      .list("messages", items, field: "messages", number: number, contacts: [person.contact()]),
      at: latest + delay
    )
    settle(now: now)
    return [
      "ids": .array(ids), "timestamp": .string(String(latest / 1000)),
      "user_id": .string(person.userID), "window": window(key),
    ]
  }

  /// Tells what is new about a customer: `name`, `username`, `hide_phone`, `reachable`, or
  /// `moves_to`, a new phone number, which the webhook hears of.
  package mutating func customerChanges(
    _ name: String,
    _ json: JSON,
    now: Int64
  ) throws(MetaError) -> JSON {
    settle(now: now)
    var person = try person(name, json)
    if let isReachable = json["reachable"]?.flag { person.isReachable = isReachable }
    people.keep(person)
    if let written = json["moves_to"]?.text {
      guard let digits = Dialling.digits(written, business: "") else {
        throw .invalidParameter("moves_to is not a phone number.")
      }
      person = try move(person, to: Dialling.waID(digits), number: number(json))
    }
    settle(now: now)
    return ["wa_id": .string(person.waID), "user_id": .string(person.userID)]
  }

  /// The business number that is meant.
  func number(_ json: JSON) throws(MetaError) -> SandboxNumber {
    let id = json["phone_number_id"]?.text ?? roster.order.first ?? ""
    guard let number = roster.numbers[id] else {
      throw .invalidParameter("There is no business number \(id).")
    }
    return number
  }

  /// The customer that is meant, with what the request says about the profile.
  mutating func person(_ name: String, _ json: JSON) throws(MetaError) -> Person {
    guard var person = people.person(named: name) else {
      throw .invalidParameter("The customer is a phone number in digits, or a user id.")
    }
    let before = person
    if let userID = json["user_id"]?.text, People.isUserID(userID) { person.userID = userID }
    if let name = json["name"]?.text { person.name = name }
    if let username = json["username"]?.text { person.username = username }
    if let hidesPhone = json["hide_phone"]?.flag { person.hidesPhone = hidesPhone }
    if person.userID != before.userID { windows.forget(party: before.userID) }
    people.keep(person)
    return person
  }

  /// What a window is like now, as JSON.
  func window(_ key: MetaWindows.Key) -> JSON {
    .present([
      "open": .bool(windows.isOpen(key, now: latest)),
      "ends_at_ms": windows.end(key).map { .integer($0) } ?? .null,
    ])
  }

  /// Opens a window, unless the number was connected only later.
  mutating func open(_ key: MetaWindows.Key, by act: MetaWindows.Act?, _ number: SandboxNumber) {
    guard let act, latest >= number.onboardedAt ?? latest else { return }
    windows.note(act, key: key, at: latest, lenient: settings.isLenient)
  }

  private func act(_ json: JSON) -> MetaWindows.Act? {
    let type = json["type"]?.text ?? "text"
    guard type == "interactive", let reply = json["interactive"]?["call_permission_reply"] else {
      return .wrote(type: type)
    }
    return reply["response_source"]?.text == "automatic" ? nil : .answeredCallPermission
  }

  private mutating func inbound(
    _ json: JSON,
    _ person: Person,
    _ number: SandboxNumber,
    _ group: String?
  ) throws(MetaError) -> JSON {
    let type = json["type"]?.text ?? "text"
    let id = json["id"]?.text ?? newID("wamid")
    let content = InboundContent(meta: self, person: person, number: number, now: latest)
      .content(type, json)
    let file = MediaSample.types[type]
    var object = content
    if let file, content["id"] == nil {
      object = try put(InboundFile(json["file"], file), content, number)
    }
    if type == "revoke", let original = object["original_message_id"]?.text {
      messages[original]?.isRevoked = true
    }
    messages[id] = SentMessage(
      id: id,
      writer: .customer,
      phoneNumberID: number.phoneNumberID,
      party: group ?? person.userID,
      isGroup: group != nil,
      isByUserID: false,
      type: type,
      content: object,
      category: nil,
      contextID: json["context"]?["id"]?.text,
      callbackData: nil,
      at: latest,
      state: .delivered
    )
    return .present([
      "from": person.shownPhone, "from_user_id": .string(person.userID), "id": .string(id),
      "timestamp": .string(String(latest / 1000)), "group_id": group.map { .string($0) },
      "context": json["context"], "referral": json["referral"], "type": .string(type),
      type: object.when(object != .null),
      "errors": json["errors"] ?? InboundContent.errors(type, json),
    ])
  }

  /// A change of phone number: another user id, and every window of the person is gone.
  private mutating func move(_ person: Person, to waID: String, number: SandboxNumber) -> Person {
    let moved = people.move(person, to: waID)
    windows.forget(party: person.userID)
    let notice: JSON = .present([
      "from": person.shownPhone, "from_user_id": .string(person.userID),
      "id": .string(newID("wamid")), "timestamp": .string(String(latest / 1000)),
      "type": "system",
      "system": .present([
        "type": .string(person.hidesPhone ? "user_changed_user_id" : "user_changed_number"),
        "body": .string("User changed from \(person.userID) to \(moved.userID)"),
        "wa_id": moved.shownPhone, "user_id": .string(moved.userID),
        "previous_user_id": .string(person.userID),
      ]),
    ])
    announce(.list("messages", [notice], field: "messages", number: number), at: latest)
    let update: JSON = .present([
      "wa_id": moved.shownPhone,
      "user_id": ["previous": .string(person.userID), "current": .string(moved.userID)],
      "timestamp": .string(String(latest / 1000)),
    ])
    announce(
      .list("user_id_update", [update], field: "user_id_update", number: number),
      at: latest
    )
    return moved
  }
}
