import CloudAPI
import CustomerCare
import Storage

extension MessageView {
  /// A message of a conversation as the API shows it (contract 4.3).
  func json(publicURL: String) -> JSON {
    var json: JSON = [
      "id": .string(request?.rawValue ?? message.id.rawValue),
      "wamid": .string(message.id.rawValue),
      "direction": .string(direction.rawValue),
      "origin": .string(message.origin.rawValue),
      "type": .string(type),
    ]
    if revokedAt == nil, var content = contentJSON {
      if case .media = message.content { content.set("url", to: nil) }
      media?.complete(&content, publicURL: publicURL, number: message.number)
      json.set(type, to: content)
    }
    json.set("at", to: .time(message.at))
    json.set("state", to: .string(state))
    json.set("in_reply_to", to: message.inReplyTo.map { .string($0.rawValue) })
    json.set("edited_at", to: editedAt.map { .time($0) })
    json.set("revoked_at", to: revokedAt.map { .time($0) })
    json.set("error", to: errors.last?.json)
    return json
  }

  private var state: String {
    if direction == .inbound { return "received" }
    return delivery == .none ? RequestState.handedOver.rawValue : delivery.rawValue
  }

  /// Meta's own object, or what was edited into its place.
  private var contentJSON: JSON? {
    if editedAt != nil, case .text(let body) = message.content {
      return ["body": .string(body)]
    }
    return raw.flatMap { try? JSON.parse($0) }?[type]
  }
}

extension MetaRefusal {
  /// Meta's error as the API shows it.
  var json: JSON {
    ["code": .integer(code), "title": .string(title), "details": .string(details)]
  }
}

extension RequestRecord {
  /// A request with its attempts and everything that happened to it.
  ///
  /// `template` is what went out in its place, if anything did.
  func json(
    template: RequestRecord?,
    history: [RequestLine],
    in language: Refusal.Language
  ) -> JSON {
    var json: JSON = [
      "id": .string(request.id.rawValue),
      "from": .string(request.from.rawValue),
      "to": .string(request.to.alias.value),
      "type": .string(type),
    ]
    if let content = (try? JSON.parse(payload))?[type] { json.set(type, to: content) }
    json.set("wamid", to: .id(message))
    json.set("state", to: .string(stateWord))
    json.set("delivery", to: .string(delivery.rawValue))
    json.set("verdict", to: verdict.json(in: language))
    json.set("failure", to: .text(failure))
    json.set("template_sent", to: template?.sentJSON(in: language) ?? .null)
    json.set("in_place_of", to: .id(inPlace?.original))
    json.set("created_at", to: .time(request.at))
    json.set("expires_at", to: .time(request.expiresAt))
    json.set("send_at", to: .time(request.sendAt))
    json.set("attempts", to: .array(attempts.map(\.json)))
    json.set("history", to: .array(history.map(\.json)))
    return json
  }

  /// A template that went out in another message's place.
  private func sentJSON(in language: Refusal.Language) -> JSON {
    guard let reason = inPlace?.reason else { return .null }
    return [
      "id": .string(request.id.rawValue), "name": .string(reason.name),
      "language": .string(reason.language), "reason": .string(reason.sentence(in: language)),
      "state": .string(stateWord), "wamid": .id(message),
    ]
  }

  /// The delivery once Meta took it, otherwise the request's own state.
  private var stateWord: String {
    state == .handedOver && delivery != .none ? delivery.rawValue : state.rawValue
  }
}

extension AttemptRecord {
  fileprivate var json: JSON {
    [
      "number": .integer(number), "dispatch_began_at": .time(dispatchBeganAt),
      "outcome": .text(outcome), "ended_at": .time(endedAt), "wamid": .id(message),
      "error": refusal?.json ?? .null, "reason": .text(reason),
    ]
  }
}

extension RequestLine {
  fileprivate var json: JSON {
    ["at": .time(at), "event": .string(event), "detail": .text(detail)]
  }
}
