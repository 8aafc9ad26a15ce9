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
      data.set("message", to: message(told, details.message, of: event.number))
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

  private static func message(
    _ told: JSON,
    _ view: MessageView?,
    of number: PhoneNumberID
  ) -> JSON {
    var json: JSON = [
      "id": told["message"] ?? .null, "wamid": told["message"] ?? .null, "direction": "in",
      "type": told["type"] ?? .null,
    ]
    guard let view else { return json }
    json.set("origin", to: .string(view.message.origin.rawValue))
    let type = told["type"]?.text ?? ""
    if view.revokedAt == nil, let content = view.raw.flatMap({ try? JSON.parse($0) })?[type] {
      json.set(type, to: MetaExcerpt.withoutMediaURL(content, under: type))
      json.set("media", to: view.media.map { media($0, of: number) })
    }
    json.set("at", to: .string(view.message.at.rfc3339))
    json.set("in_reply_to", to: view.message.inReplyTo.map { .string($0.rawValue) })
    return json
  }

  /// Where a file is that a message names, when its callback is told; the path is below our own address.
  private static func media(_ view: MediaView, of number: PhoneNumberID) -> JSON {
    [
      "id": .string(view.fact.id.rawValue),
      "url": .string("/v1/media/\(number)/\(view.fact.id)"),
      "state": .string(view.state.rawValue),
      "mime_type": view.fact.mimeType.map(JSON.string) ?? .null,
      "sha256": (view.content?.hash ?? view.fact.hash).map { .string($0.hex) } ?? .null,
    ]
  }

  private static func state(_ told: JSON) -> JSON {
    [
      "id": told["request"] ?? .null, "wamid": told["message"] ?? .null, "direction": "out",
      "state": told["state"] ?? .null, "error": told["error"] ?? .null,
    ]
  }
}

extension CallbackBody {
  /// Meta's webhook for a message that failed, about a request whose end Meta knows nothing of.
  static func failed(_ record: RequestRecord, of number: NumberFacts, at: Instant) -> [UInt8] {
    let to = record.request.to.alias
    // What ended by waiting did not end by what Meta said before.
    let hasLapsed = record.state == .expired || record.state == .withdrawn
    let refusal = hasLapsed ? nil : record.attempts.last?.refusal
    let known = GraphError.known(code: refusal?.code ?? somethingWentWrong)
    let status = MessageStatus(
      id: record.takenBefore?.rawValue ?? RequestRecord.standIn(for: record.request.id),
      kind: .failed,
      timestamp: at.seconds,
      recipientID: to.kind == .bsuid || to.kind == .parentBSUID ? nil : to.value,
      recipientUserID: to.kind == .bsuid ? to.value : nil,
      recipientParentUserID: to.kind == .parentBSUID ? to.value : nil,
      recipientType: to.kind == .group ? "group" : nil,
      callbackData: record.clientReference,
      errors: [
        ReportedError(
          code: refusal?.code ?? somethingWentWrong,
          title: refusal?.title ?? known?.meaning,
          message: refusal?.title ?? known?.meaning,
          details: refusal?.details
            ?? details(of: record)
        )
      ]
    )
    let encoder = WebhookEncoder(
      wabaID: number.wabaID.rawValue,
      phoneNumberID: number.phoneNumberID.rawValue,
      displayPhoneNumber: number.displayPhoneNumber.filter(\.isNumber)
    )
    return encoder.body([encoder.messages(MessagesValue(statuses: [status]))])
  }

  /// Why a request ended of which Meta said nothing.
  private static func details(of record: RequestRecord) -> String {
    switch record.state {
    case .expired: "It waited, and expired before it could be sent."
    case .withdrawn: "It waited, and was withdrawn before it was sent."
    case .refused:
      if case .refused(let refusal) = record.verdict {
        refusal.sentence(in: .english)
      } else {
        "It was not sent."
      }
    case .failed where record.failure != RequestRecord.neverKnown: "It was not sent."
    case .handedOver: "Meta took it twice, and did not deliver it."
    case .accepted, .scheduled, .parked, .dispatching, .unknown, .failed:
      "Nobody ever learned whether Meta took this message. It was not sent again."
    }
  }

  /// Meta's code for a failure that has no other.
  private static var somethingWentWrong: Int { 131_000 }
}

extension Deliver.Claimed {
  /// What there is to post.
  enum Letter {
    /// These bytes.
    case body([UInt8])
    /// Nothing: what it was about is not over yet, and will be told then.
    case withheld
    /// It cannot be read, or says nothing about the subject any more.
    case unreadable
  }

  /// What there is to post now.
  func letter(on engine: any SQLEngine) async throws -> Letter {
    switch content {
    case .body(let body): return .body(body)
    case .entry(let body, let subject):
      guard let json = try? JSON.parse(body),
        let excerpt = MetaExcerpt(json, about: subject)
      else { return .unreadable }
      return try await letter(with: excerpt, on: engine)
    case .end(let id, let at):
      let found = try await engine.read { unit in
        try Requests.find(id, in: unit).map { record in
          (record, try Numbers.find(record.request.from, in: unit)?.facts)
        }
      }
      guard case (let record, let number?)? = found else { return .unreadable }
      return .body(CallbackBody.failed(record, of: number, at: at))
    }
  }

  private func letter(
    with excerpt: MetaExcerpt,
    on engine: any SQLEngine
  ) async throws -> Letter {
    let ours = excerpt.references.compactMap { text in
      AttemptReference(text: text).map { (text, $0) }
    }
    guard !ours.isEmpty else { return Letter(excerpt.bytes { $0 }) }
    let requests = try await engine.read { unit in
      try ours.map { text, reference in
        (text, reference, try Requests.find(reference.request, in: unit))
      }
    }
    let withheld = requests.filter { text, reference, record in
      excerpt.closedWindows.contains(text) && record?.goesOn(after: reference.number) == true
    }
    let theirs = Dictionary(
      requests.map { text, _, record in (text, record?.clientReference) },
      uniquingKeysWith: { first, _ in first }
    )
    return Letter(excerpt.bytes(withholding: Set(withheld.map(\.0))) { theirs[$0] ?? $0 })
  }
}

extension Deliver.Claimed.Letter {
  /// What is left of an excerpt.
  fileprivate init(_ bytes: [UInt8]?) {
    self = bytes.map { .body($0) } ?? .withheld
  }
}

extension CallbackSecret {
  /// The signature as Meta makes it, with this secret in the place of the app's.
  func metaHeader(over body: [UInt8]) -> (name: String, value: String) {
    (Signature.headerName, Signature.header(for: body, secret: text))
  }
}
