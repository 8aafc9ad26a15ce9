import CloudAPI

@testable import Sandbox

/// A simulated Meta at a fixed instant, with short ways to ask it things.
struct Stage {
  static let secret = "sandbox-secret"
  static let customer = "491700000042"
  /// 2026-11-21 10:00:00 UTC.
  static let start: Int64 = 1_795_255_200_000

  var meta: SimulatedMeta
  var now = Stage.start

  init(
    seed: UInt64 = 7,
    numbers: [SandboxNumber] = [.standard],
    settings: SandboxSettings = SandboxSettings()
  ) {
    meta = SimulatedMeta(
      seed: seed,
      app: SandboxApp(secret: Self.secret),
      numbers: numbers,
      settings: settings
    )
  }

  /// A number that is also in the WhatsApp Business app.
  static var coexisting: SandboxNumber {
    var number = SandboxNumber.standard
    number.isOnBusinessApp = true
    number.onboardedAt = start
    return number
  }

  mutating func pass(seconds: Int64) { now += seconds * 1000 }

  mutating func post(_ body: JSON, to path: [String] = ["v24.0", "900800700", "messages"])
    -> (status: Int, json: JSON, manner: GraphReply.Manner)
  {
    call("POST", path, body: body.serialized(), contentType: "application/json")
  }

  mutating func get(_ path: [String], _ query: [String: String] = [:])
    -> (status: Int, json: JSON, manner: GraphReply.Manner)
  {
    call("GET", path, query: query)
  }

  mutating func call(
    _ method: String,
    _ path: [String],
    query: [String: String] = [:],
    body: [UInt8] = [],
    contentType: String? = nil,
    token: String? = "sandbox-token"
  ) -> (status: Int, json: JSON, manner: GraphReply.Manner) {
    let reply = meta.answer(
      GraphCall(
        method,
        path,
        query: query,
        bearer: token,
        contentType: contentType,
        body: body,
        origin: "http://localhost:8090"
      ),
      now: now
    )
    return (reply.status, (try? JSON.parse(reply.body)) ?? .null, reply.manner)
  }

  /// A text to the customer.
  static func text(_ body: String = "Hello", to: String = customer) -> JSON {
    [
      "messaging_product": "whatsapp", "to": .string(to), "type": "text",
      "text": ["body": .string(body)], "biz_opaque_callback_data": "job:1",
    ]
  }

  /// The template that needs no parameters.
  static func template(_ name: String = "hello_world", language: String = "en_US") -> JSON {
    [
      "messaging_product": "whatsapp", "to": .string(customer), "type": "template",
      "template": ["name": .string(name), "language": ["code": .string(language)]],
    ]
  }

  /// Takes every body that falls due until the instant `seconds` from now, answering each with 200,
  /// and gives their changes.
  mutating func changes(within seconds: Int64 = 10) -> [(field: String, value: JSON)] {
    bodies(within: seconds).flatMap { body in
      (body["entry"]?.items ?? []).flatMap { $0["changes"]?.items ?? [] }.map {
        ($0["field"]?.text ?? "", $0["value"] ?? .null)
      }
    }
  }

  /// The same as whole bodies.
  mutating func bodies(within seconds: Int64 = 10) -> [JSON] {
    let end = now + seconds * 1000
    var found: [JSON] = []
    while true {
      for post in meta.takePosts(limit: 1_000_000, now: now) {
        found.append((try? JSON.parse(post.body)) ?? .null)
        meta.post(post.id, answered: 200, now: now)
      }
      guard let next = meta.nextAt, next <= end else { break }
      now = max(now, next)
    }
    now = end
    return found
  }

  /// The statuses among the changes: what, and with which code.
  mutating func statuses(within seconds: Int64 = 10) -> [String] {
    changes(within: seconds).flatMap { $0.value["statuses"]?.items ?? [] }.map { status in
      let code = status["errors"]?.items.first?["code"]?.text
      return (status["status"]?.text ?? "") + (code.map { " \($0)" } ?? "")
    }
  }
}

extension JSON {
  /// The code in a Graph error.
  var errorCode: Int64? { self["error"]?["code"]?.integer }

  /// The id of the message in an answer to a send.
  var messageID: String? { self["messages"]?.items.first?["id"]?.text }
}
