import CloudAPI
import CustomerCare
import Storage

/// What callbacks are told, in JSON.
enum CallbackBody {
  /// An event in the envelope that Standard Webhooks recommends: type, timestamp, data.
  static func envelope(of event: CareEvent, _ details: EventDetails) -> [UInt8] {
    let told = (try? JSON.parse(text: event.body)) ?? .null
    var data: JSON = [
      "phone_number_id": .string(event.number.rawValue),
      "customer": customer(event.customer, details.aliases),
    ]
    switch event.kind {
    case .messageReceived:
      data.set("message", to: message(told, details.message))
    case .messageState:
      data.set("message", to: state(told))
    case .windowOpened, .windowClosing, .windowClosed:
      data.set("opened_by", to: told["opening"] ?? .null)
      let end = told["until"]?.integer.map { Instant(milliseconds: $0).rfc3339 }
      data.set(
        event.kind == .windowClosed ? "closed_since" : "closes_at",
        to: end.map(JSON.string) ?? .null
      )
    }
    return JSON.object([
      JSONMember("type", .string(event.kind.rawValue)),
      JSONMember("timestamp", .string(event.at.rfc3339)),
      JSONMember("late", .bool(event.isLate)),
      JSONMember("data", data),
    ]).serialized()
  }

  private static func customer(_ id: CustomerID, _ aliases: [Alias]) -> JSON {
    func name(_ kind: Alias.Kind) -> JSON {
      aliases.first { $0.kind == kind }.map { .string($0.value) } ?? .null
    }
    return [
      "id": .string(id.rawValue), "wa_id": name(.phone), "user_id": name(.bsuid),
      "group_id": name(.group),
    ]
  }

  private static func message(_ told: JSON, _ view: MessageView?) -> JSON {
    var json: JSON = [
      "id": told["message"] ?? .null, "wamid": told["message"] ?? .null, "direction": "in",
      "type": told["type"] ?? .null,
    ]
    guard let view else { return json }
    json.set("origin", to: .string(view.message.origin.rawValue))
    let type = told["type"]?.text ?? ""
    if view.revokedAt == nil, let content = view.raw.flatMap({ try? JSON.parse($0) })?[type] {
      json.set(type, to: MetaExcerpt.withoutMediaURL(content, under: type))
    }
    json.set("at", to: .string(view.message.at.rfc3339))
    json.set("in_reply_to", to: view.message.inReplyTo.map { .string($0.rawValue) })
    return json
  }

  private static func state(_ told: JSON) -> JSON {
    [
      "id": told["request"] ?? .null, "wamid": told["message"] ?? .null, "direction": "out",
      "state": told["state"] ?? .null, "error": told["error"] ?? .null,
    ]
  }
}

extension Deliver.Claimed {
  /// The bytes to post; `nil` when the entry cannot be read or says nothing about the subject any more.
  func body(on engine: any SQLEngine) async throws -> [UInt8]? {
    switch content {
    case .body(let body): return body
    case .entry(let body, let subject):
      guard let json = try? JSON.parse(body),
        let excerpt = MetaExcerpt(json, about: subject)
      else { return nil }
      let ours = excerpt.references.compactMap { text in
        AttemptReference(text: text).map { (text, $0) }
      }
      guard !ours.isEmpty else { return excerpt.bytes { $0 } }
      let theirs = try await engine.read { unit in
        try Dictionary(
          ours.map { text, reference in
            (text, try Requests.find(reference.request, in: unit)?.clientReference)
          },
          uniquingKeysWith: { first, _ in first }
        )
      }
      return excerpt.bytes { text in theirs[text] ?? text }
    }
  }
}

extension CallbackSecret {
  /// The signature as Meta makes it, with this secret in the place of the app's.
  func metaHeader(over body: [UInt8]) -> (name: String, value: String) {
    (Signature.headerName, Signature.header(for: body, secret: text))
  }
}
