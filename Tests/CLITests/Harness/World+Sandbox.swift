import CloudAPI
import CustomerCare

extension World {
  /// The sandbox, called like the Graph API and at its desk.
  var meta: Caller { Caller(base: "http://127.0.0.1:\(sandboxPort)") }

  @discardableResult
  private func desk(_ path: String, _ json: JSON) async throws -> JSON {
    let answer = try await meta.post("/_sandbox/" + path, json)
    guard answer.status == 200 else {
      throw HarnessError("The sandbox answered \(answer.status) to \(path): \(answer.text)")
    }
    return answer.json
  }

  /// A customer writes.
  @discardableResult
  func writes(_ customer: String = World.customer, _ json: JSON = [:]) async throws -> JSON {
    try await desk("customers/\(customer)/messages", json)
  }

  /// A customer calls.
  @discardableResult
  func calls(_ customer: String = World.customer, _ json: JSON = [:]) async throws -> JSON {
    try await desk("customers/\(customer)/calls", json)
  }

  /// Moves the clock, and waits until a running gateway has seen it.
  func advance(_ seconds: Int) async throws { try await advance(milliseconds: seconds * 1000) }

  func advance(milliseconds: Int) async throws {
    let moved = try await desk("clock/advance", ["milliseconds": .integer(milliseconds)])
    guard gateway.token != nil, try served.status == nil, let now = moved["now"]?.integer else {
      return
    }
    // What expires now is refused as soon as the gateway's clock shows as much.
    let probe: JSON = [
      "from": .string(Self.number), "to": .string(Self.customer), "type": "template",
      "template": ["name": "hello_world", "language": ["code": "en_US"]],
      "expires_at": .string(Instant(milliseconds: now * 1000).rfc3339),
    ]
    try await Patience.until("the gateway shows the sandbox's time") {
      guard try served.status == nil else { return () }
      let answer = try await gateway.post("/v1/messages/preview", probe)
      return [401, 404, 422].contains(answer.status) ? () : nil
    }
  }

  func fault(_ json: JSON) async throws { try await desk("faults", json) }

  func sandbox(set settings: JSON) async throws { try await desk("settings", settings) }

  func sandbox(number json: JSON) async throws { try await desk("numbers", json) }

  func sandbox(template json: JSON) async throws { try await desk("templates", json) }

  func app(writes json: JSON) async throws { try await desk("app/messages", json) }

  /// What the sandbox's clock shows, in milliseconds since 1970.
  var now: Int64 {
    get async throws {
      guard let now = try await meta.get("/_sandbox/clock").json["now_ms"]?.integer else {
        throw HarnessError("The sandbox has no clock.")
      }
      return now
    }
  }

  /// What the business sent to a customer's phone, oldest first.
  func phone(of customer: String = World.customer) async throws -> [JSON] {
    let answer = try await meta.get("/_sandbox/outbox?limit=1000&wa_id=\(customer)")
    return (answer.json["data"]?.items ?? []).filter { $0["from"]?.text == "business" }
  }

  /// How many messages the sandbox has seen in all, failed ones too.
  var messagesSeen: Int64 {
    get async throws { try await meta.get("/_sandbox/state").json["messages"]?.integer ?? -1 }
  }
}

extension JSON {
  /// A template that may always be sent.
  static func template(to customer: String = World.customer) -> JSON {
    [
      "messaging_product": "whatsapp", "to": .string(customer), "type": "template",
      "template": ["name": "hello_world", "language": ["code": "en_US"]],
    ]
  }

  /// A text message as a client posts it.
  static func text(_ body: String, to customer: String = World.customer) -> JSON {
    [
      "messaging_product": "whatsapp", "recipient_type": "individual", "to": .string(customer),
      "type": "text", "text": ["body": .string(body)],
    ]
  }

  /// The members of several names, in that order.
  func texts(_ names: String...) -> [String?] { names.map { self[$0]?.text } }
}
