import CloudAPI

extension SimulatedMeta {
  /// Answers a call to the Graph API.
  package mutating func answer(_ call: GraphCall, now: Int64) -> GraphReply {
    settle(now: now)
    do throws(MetaError) {
      let reply = try route(call)
      settle(now: now)
      return reply
    } catch {
      return .json(error.status, error.body(trace: newID("A")))
    }
  }

  private mutating func route(_ call: GraphCall) throws(MetaError) -> GraphReply {
    var path = call.path
    if let first = path.first, Self.isVersion(first) { path.removeFirst() }
    guard let token = call.bearer ?? call.query["access_token"] else { throw .badToken }
    let isApp = token == "\(app.id)|\(app.secret)"
    guard isApp || roster.knows(token: token) else { throw .badToken }
    guard let node = path.first, path.count <= 2 else {
      throw .unknownObject(path.first ?? "", method: call.method)
    }
    let edge = path.count == 2 ? path[1] : ""
    if node == app.id || node == "app" { return try answerApp(call, edge, asApp: isApp) }
    switch node {
    case "me": return .json(200, ["id": "122100000000000001", "name": "Sandbox System User"])
    case "debug_token": return debugToken(call.query["input_token"] ?? "")
    case "_media": return try download(edge, token)
    default: break
    }
    if node.hasPrefix(SampleUploads.prefix), edge.isEmpty { return try answerUpload(call, node) }
    if let number = roster.numbers[node] {
      guard number.tokens.contains(token) else { throw .notPermitted }
      return try answerNumber(call, number, edge)
    }
    if roster.accounts[node] != nil {
      guard roster.may(token, use: node) else { throw .notPermitted }
      return try answerAccount(call, node, edge)
    }
    if let template = templates.byID[node], edge.isEmpty {
      guard roster.may(token, use: template.wabaID) else { throw .notPermitted }
      return try answerTemplate(call, template)
    }
    if let item = media.item(node, now: latest), edge.isEmpty {
      guard roster.numbers[item.phoneNumberID]?.tokens.contains(token) == true else {
        throw .notPermitted
      }
      return answerMedia(call, item)
    }
    throw .unknownObject(node, method: call.method)
  }

  /// Whether a part of a path is a version such as `v24.0`.
  private static func isVersion(_ part: String) -> Bool {
    guard part.hasPrefix("v") else { return false }
    let numbers = part.dropFirst().split(separator: ".", omittingEmptySubsequences: false)
    return numbers.count == 2 && numbers.allSatisfy { UInt16($0) != nil }
  }

  private mutating func answerNumber(
    _ call: GraphCall,
    _ number: SandboxNumber,
    _ edge: String
  ) throws(MetaError) -> GraphReply {
    switch (call.method, edge) {
    case ("GET", ""): return .json(200, describe(number, fields: call.query["fields"]))
    case ("POST", "messages"): return try send(Self.body(call), from: number, product: .messages)
    case ("POST", "marketing_messages"):
      return try send(Self.body(call), from: number, product: .marketing)
    case ("POST", "media"): return try upload(call, number)
    case ("POST", "smb_app_data"): return try startSync(Self.body(call), number)
    case (_, "whatsapp_business_profile"): return try answerProfile(call, number)
    case (_, "block_users"): return try answerBlocked(call, number)
    default: throw .unknownObject(number.phoneNumberID, method: call.method)
    }
  }

  private mutating func answerAccount(
    _ call: GraphCall,
    _ wabaID: String,
    _ edge: String
  ) throws(MetaError) -> GraphReply {
    switch (call.method, edge) {
    case ("GET", ""):
      return .json(
        200,
        [
          "id": .string(wabaID), "name": "Sandbox", "timezone_id": "1", "currency": "USD",
          "message_template_namespace": "sandbox",
        ]
      )
    case ("GET", "phone_numbers"):
      let numbers = roster.numbers(of: wabaID).map { describe($0, fields: call.query["fields"]) }
      return .json(200, ["data": .array(numbers)])
    case ("GET", "subscribed_apps"):
      let item: JSON = ["whatsapp_business_api_data": ["id": .string(app.id), "name": "Sandbox"]]
      let isSubscribed = roster.accounts[wabaID]?.isSubscribed == true
      return .json(200, ["data": isSubscribed ? [item] : []])
    case ("POST", "subscribed_apps"), ("DELETE", "subscribed_apps"):
      roster.setSubscribed(call.method == "POST", account: wabaID)
      return .json(200, ["success": true])
    case (_, "message_templates"): return try answerTemplates(call, wabaID)
    default: throw .unknownObject(wabaID, method: call.method)
    }
  }

  private mutating func answerApp(
    _ call: GraphCall,
    _ edge: String,
    asApp: Bool
  ) throws(MetaError) -> GraphReply {
    guard edge != "subscriptions" || asApp else { throw .appTokenNeeded }
    switch (call.method, edge) {
    case ("GET", ""): return .json(200, ["id": .string(app.id), "name": "Sandbox"])
    case ("POST", "uploads"): return try beginUpload(call)
    case ("GET", "subscriptions"):
      let fields = roster.fields.map { field -> JSON in
        ["name": .string(field), "version": "v24.0"]
      }
      let item: JSON = [
        "object": "whatsapp_business_account", "callback_url": .string(app.callbackURL),
        "active": true, "fields": .array(fields),
      ]
      return .json(200, ["data": [item]])
    case ("POST", "subscriptions"):
      let fields = call.query["fields"] ?? Self.form(call.body)["fields"] ?? ""
      roster.fields = fields.split(separator: ",").map(String.init)
      return .json(200, ["success": true])
    default: throw .unknownObject(app.id, method: call.method)
    }
  }

  private func debugToken(_ token: String) -> GraphReply {
    let isValid = roster.knows(token: token)
    let scopes = ["whatsapp_business_management", "whatsapp_business_messaging"]
    let accounts = JSON.array(roster.accounts(for: token).map { .string($0) })
    let data: JSON = [
      "app_id": .string(app.id), "type": "SYSTEM_USER", "application": "Sandbox",
      "is_valid": .bool(isValid), "expires_at": 0, "data_access_expires_at": 0,
      "scopes": isValid ? .array(scopes.map { .string($0) }) : [],
      "granular_scopes": isValid
        ? .array(scopes.map { ["scope": .string($0), "target_ids": accounts] }) : [],
      "user_id": "122100000000000001",
    ]
    return .json(200, ["data": data])
  }

  /// A number with the fields that were asked for; all if nothing was asked.
  private func describe(_ number: SandboxNumber, fields: String?) -> JSON {
    let all: JSON = [
      "id": .string(number.phoneNumberID),
      "display_phone_number": .string("+" + number.displayPhoneNumber),
      "verified_name": .string(number.verifiedName), "quality_rating": "GREEN",
      "status": "CONNECTED", "platform_type": "CLOUD_API",
      "is_on_biz_app": .bool(number.isOnBusinessApp),
      "code_verification_status": "VERIFIED", "name_status": "APPROVED",
      "throughput": ["level": .string(number.isOnBusinessApp ? "NOT_APPLICABLE" : "STANDARD")],
      "whatsapp_business_manager_messaging_limit": "TIER_2K",
      "webhook_configuration": ["application": .string(app.callbackURL)],
    ]
    guard let fields, !fields.isEmpty else { return all }
    let wanted = Set(fields.split(separator: ",").map { String($0.prefix { $0 != "{" }) } + ["id"])
    return .object(all.members.filter { wanted.contains($0.key) })
  }

  /// The body of a call as JSON; form bodies are what Graph takes too, and are read as texts.
  static func body(_ call: GraphCall) throws(MetaError) -> JSON {
    if call.contentType?.hasPrefix("application/x-www-form-urlencoded") == true {
      return .object(form(call.body).sorted { $0.key < $1.key }.map { JSONMember($0, .string($1)) })
    }
    return try json(call)
  }

  /// The body of a call, which must be a JSON object.
  static func json(_ call: GraphCall) throws(MetaError) -> JSON {
    do throws(WireError) {
      let json = try JSON.parse(call.body)
      guard json.isObject else { throw WireError(.unexpectedShape, "Not an object.") }
      return json
    } catch {
      throw .invalidParameter("The body is not a JSON object.")
    }
  }

  /// A form body.
  static func form(_ body: [UInt8]) -> [String: String] {
    QueryText.decode(String(decoding: body, as: UTF8.self))
  }
}

/// Names and values as they stand behind a question mark or in a form.
enum QueryText {
  /// Decodes a query; of several values for a name the first stays.
  static func decode(_ text: String) -> [String: String] {
    var values: [String: String] = [:]
    for pair in text.split(separator: "&") {
      let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      let name = plain(parts[0], plusIsSpace: true)
      if values[name] == nil {
        values[name] = parts.count == 2 ? plain(parts[1], plusIsSpace: true) : ""
      }
    }
    return values
  }

  /// Undoes percent-encoding.
  static func plain(_ text: Substring, plusIsSpace: Bool = false) -> String {
    var bytes: [UInt8] = []
    var rest = Array(text.utf8)[...]
    while let byte = rest.popFirst() {
      if byte == UInt8(ascii: "%"), rest.count >= 2,
        let value = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16)
      {
        bytes.append(value)
        rest = rest.dropFirst(2)
      } else {
        bytes.append(plusIsSpace && byte == UInt8(ascii: "+") ? UInt8(ascii: " ") : byte)
      }
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}
