package import CloudAPI

/// What a tester sees and sets: everything under `/_sandbox` that is no customer and no clock.
extension SimulatedMeta {
  /// How many messages the outbox shows at most.
  static let outboxMax = 1000

  /// What is on customers' phones, oldest first.
  ///
  /// `query` holds `wa_id` (phone number or user id), `phone_number_id`, `limit`.
  package mutating func outbox(_ query: [String: String], now: Int64) throws(MetaError) -> JSON {
    settle(now: now)
    var party: String?
    if let name = query["wa_id"] ?? query["customer"] {
      guard let person = people.person(named: name) else {
        throw .invalidParameter("wa_id is a phone number in digits, or a user id.")
      }
      party = person.userID
    }
    party = query["group_id"] ?? party
    let limit = Swift.min(query["limit"].flatMap { Int($0) } ?? 100, Self.outboxMax)
    let found = messages.newest(Swift.max(0, limit)) { message in
      (party.map { $0 == message.party } ?? true)
        && (query["phone_number_id"].map { $0 == message.phoneNumberID } ?? true)
        && message.state != .failed
    }
    return ["data": .array(found.map(bubble))]
  }

  private func bubble(_ message: SentMessage) -> JSON {
    let person = people.person(userID: message.party)
    return .present([
      "id": .string(message.id), "from": .string(message.writer.rawValue),
      "phone_number_id": .string(message.phoneNumberID),
      "wa_id": person.map { .string($0.waID) }, "user_id": person.map { .string($0.userID) },
      "group_id": JSON.string(message.party).when(message.isGroup),
      "type": .string(message.type), message.type: message.content,
      "state": .string(message.state.rawValue), "at_ms": .integer(message.at),
      "context": message.contextID.map { ["id": .string($0)] },
      "biz_opaque_callback_data": message.callbackData.map { .string($0) },
      "revoked": JSON.bool(true).when(message.isRevoked),
    ])
  }

  /// What Meta would bill.
  package mutating func invoice(now: Int64) -> JSON {
    settle(now: now)
    func money(_ micros: Int64) -> JSON {
      let fraction = String(micros % 1_000_000 + 1_000_000).dropFirst()
      return ["amount": .string("\(micros / 1_000_000).\(fraction)"), "currency": "USD"]
    }
    let totals = bill.totals.sorted {
      ($0.key.category, $0.key.type) < ($1.key.category, $1.key.type)
    }
    return [
      "note": "Simulated: list prices of 2026-10-01 in USD for a few markets, without tiers.",
      "total": money(totals.reduce(0) { $0 + $1.value.micros }),
      "by_pricing": .array(
        totals.map { price, sum in
          [
            "type": .string(price.type), "category": .string(price.category),
            "messages": .integer(sum.count), "amount": money(sum.micros),
          ]
        }
      ),
      "lines": .array(
        bill.lines.map { line in
          [
            "id": .string(line.messageID), "at_ms": .integer(line.at),
            "phone_number_id": .string(line.phoneNumberID), "country": .string(line.country),
            "type": .string(line.price.type), "category": .string(line.price.category),
            "amount": money(line.micros),
          ]
        }
      ),
    ]
  }

  /// How the sandbox is doing.
  package mutating func state(now: Int64) -> JSON {
    settle(now: now)
    return [
      "now_ms": .integer(latest), "seed": .integer(seed), "settings": settings.json(),
      "numbers": .array(
        roster.order.map { ["phone_number_id": .string($0)] }
      ),
      "customers": .integer(people.count), "messages": .integer(messages.total),
      "webhooks": [
        "delivered": .integer(office.delivered), "waiting": .integer(office.waiting),
        "failed_attempts": .integer(office.failures), "lost": .integer(office.lost),
      ],
      "agenda": .integer(agenda.count), "next_at_ms": agenda.nextAt.map { .integer($0) } ?? .null,
      "faults": .integer(faults.waiting.count),
    ]
  }

  /// What the simulated Meta holds to be open, for comparison with CareWindow.
  ///
  /// `query` holds `wa_id` or `group_id`, and `phone_number_id`.
  package mutating func windowState(
    _ query: [String: String],
    now: Int64
  ) throws(MetaError) -> JSON {
    settle(now: now)
    let number = try number(
      .present(["phone_number_id": query["phone_number_id"].map { .string($0) }])
    )
    let person = people.person(named: query["wa_id"] ?? "")
    guard let party = query["group_id"] ?? person?.userID else {
      throw .invalidParameter("wa_id or group_id is required.")
    }
    return window(MetaWindows.Key(phoneNumberID: number.phoneNumberID, party: party))
  }

  /// Changes settings.
  package mutating func set(_ json: JSON, now: Int64) throws(MetaError) -> JSON {
    settle(now: now)
    try settings.apply(json)
    return settings.json()
  }

  /// Adds a fault; `seed` starts the chance anew.
  package mutating func addFault(_ json: JSON, now: Int64) throws(MetaError) -> JSON {
    settle(now: now)
    let id = try faults.add(json)
    if let seed = json["seed"]?.integer { chance = Chance(seed: UInt64(bitPattern: seed)) }
    return ["id": .integer(id)]
  }

  /// Removes all faults.
  package mutating func clearFaults() { faults.clear() }

  /// Adds a business number, or changes one.
  package mutating func addNumber(_ json: JSON, now: Int64) throws(MetaError) -> JSON {
    settle(now: now)
    guard let id = json["phone_number_id"]?.text, let waba = json["waba_id"]?.text,
      let display = json["display_phone_number"]?.text.flatMap({ Dialling.digits($0, business: "") }
      )
    else { throw .missingParameter("phone_number_id, waba_id and display_phone_number.") }
    let tokens = (json["tokens"]?.items ?? []).compactMap(\.text)
    let isOnApp = json["coexistence"]?.flag ?? false
    let number = SandboxNumber(
      phoneNumberID: id,
      wabaID: waba,
      displayPhoneNumber: display,
      verifiedName: json["verified_name"]?.text ?? "Sandbox",
      tokens: tokens
        + [json["token"]?.text ?? (tokens.isEmpty ? "sandbox-token" : "")].filter { !$0.isEmpty },
      isOnBusinessApp: isOnApp,
      onboardedAt: json["onboarded_at"]?.integer.map { $0 * 1000 } ?? (isOnApp ? latest : nil)
    )
    guard roster.add(number) else {
      throw .invalidParameter("There are \(Roster.numbersMax) numbers already.")
    }
    stock(waba)
    return ["success": true]
  }

  /// Adds a template with any status, or sets status, category and quality of one that is there, and tells
  /// the webhook.
  package mutating func setTemplate(_ json: JSON, now: Int64) throws(MetaError) -> JSON {
    settle(now: now)
    guard
      let waba = json["waba_id"]?.text
        ?? roster.order.first.flatMap({ roster.numbers[$0]?.wabaID }),
      roster.accounts[waba] != nil
    else { throw .invalidParameter("There is no such account.") }
    let known = templates.find(waba, json["name"]?.text ?? "", json["language"]?.text ?? "")
    if let known { reconsider(known, json) }
    if let known, json["status"] == nil, json["category"] != nil || json["quality"] != nil {
      settle(now: now)
      return (templates.byID[known.id] ?? known).json()
    }
    let status = (json["status"]?.text ?? "APPROVED").uppercased()
    let changed = known.flatMap { templates.setStatus(status, of: $0.id) }
    let template =
      if let changed { changed } else { try templates.add(json, wabaID: waba, status: status) }
    announceTemplate(template, event: status, at: latest)
    settle(now: now)
    return template.json()
  }
}
