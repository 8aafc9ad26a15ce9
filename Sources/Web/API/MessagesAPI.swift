import CloudAPI
import CustomerCare
import Gateway
import HTTPTypes
import Hummingbird
import Storage

/// `/v1/messages`: send, preview, ask, withdraw.
struct MessagesAPI: Sendable {
  let engine: any SQLEngine
  let outbox: Outbox
  let time: any TimeSource
  let margin: Duration
  let limits: WebLimits

  var routes: [APIRoute] {
    [
      APIRoute(.post, "/v1/messages", "sendMessage", scope: .send, run: send),
      APIRoute(.post, "/v1/messages/preview", "previewMessage", scope: .send, run: preview),
      APIRoute(.get, "/v1/messages/{id}", "getMessage", scope: .read, run: message),
      APIRoute(.delete, "/v1/messages/{id}", "withdrawMessage", scope: .send, run: withdraw),
    ]
  }

  @Sendable private func send(_ call: APICall) async throws -> Response {
    let language = call.language
    var submission = try await submission(of: call, in: language)
    if call.request.headers.contains(.idempotencyKey) {
      guard let key = call.request.headers.single(.idempotencyKey), IdempotencyKeyText.isValid(key)
      else { throw Problem.invalid("Idempotency-Key", IdempotencyKeyText.rule) }
      submission.idempotencyKey = key
    }
    switch await outbox.submit(submission) {
    case .invalid(let error): throw Problem(error)
    case .keyReused:
      throw Problem(
        .conflict,
        "key_reused",
        "This Idempotency-Key was used for another message."
      )
    case .paced(_, let limit, let pause, _): throw Problem(limit, after: pause)
    // What counts at the commit is answered at the commit: nobody waits for a turn or an answer.
    case .busy, .inProgress, .unavailable: throw Problem.unavailable
    case .carried:
      throw Problem(
        .badRequest,
        "invalid_message",
        "Read receipts and typing indicators go through POST /v{N}.{M}/{phone-number-id}/messages."
      )
    case .request(let report): return try Self.answer(report, in: language)
    }
  }

  private static func answer(
    _ report: RequestReport,
    in language: Refusal.Language
  ) throws(Problem) -> Response {
    let verdict = report.verdict.json(in: language)
    if case .refused(let refusal) = report.verdict {
      if case .unknownNumber = refusal { throw .unknownNumber }
      var problem = Problem(.unprocessableContent, refusal.code, refusal.sentence(in: language))
      problem.members = [
        JSONMember("id", .string(report.id.rawValue)),
        JSONMember("state", .string(report.state.rawValue)), JSONMember("verdict", verdict),
      ]
      problem.headers[.contentLanguage] = language.rawValue
      throw problem
    }
    return Response(
      .accepted,
      json: [
        "id": .string(report.id.rawValue), "state": .string(report.state.rawValue),
        "verdict": verdict, "estimate": .null,
      ]
    )
  }

  @Sendable private func preview(_ call: APICall) async throws -> Response {
    let language = call.language
    let submission = try await submission(of: call, in: language)
    switch await outbox.preview(submission) {
    case .invalid(let error): throw Problem(error)
    case .unavailable: throw Problem.unavailable
    case .verdict(let verdict, let window, let template):
      var headers: HTTPFields = [:]
      headers[.contentLanguage] = language.rawValue
      return Response(
        .ok,
        json: [
          "verdict": verdict.json(in: language), "window": .string(window.stateWord),
          "template": template?.json ?? .null, "estimate": .null,
        ],
        headers: headers
      )
    }
  }

  @Sendable private func message(_ call: APICall) async throws -> Response {
    let id = CustomerCare.RequestID(call.id)
    let shown = try await engine.read { unit in try Shown(id, in: unit) }
    guard let shown, call.token.isGood(for: shown.record.request.from) else {
      throw Self.unknownMessage
    }
    return Response(.ok, json: shown.json(in: call.language))
  }

  @Sendable private func withdraw(_ call: APICall) async throws -> Response {
    let id = CustomerCare.RequestID(call.id)
    let found = try await engine.read { unit in try Requests.find(id, in: unit) }
    guard let found, call.token.isGood(for: found.request.from) else { throw Self.unknownMessage }
    let now = time.now
    let withdrawn = try await engine.write(.gate) { unit in
      try Parked.withdraw(id, now: now, in: unit).map { ($0, try Shown(id, in: unit)) }
    }
    guard let ((found, isWithdrawn), shown) = withdrawn else { throw Self.unknownMessage }
    if isWithdrawn, let shown { return Response(.ok, json: shown.json(in: call.language)) }
    var problem = Problem(
      .conflict,
      "not_waiting",
      "Only a parked or scheduled message can be withdrawn; this one is \(found.state.rawValue)."
    )
    problem.members = [JSONMember("state", .string(found.state.rawValue))]
    throw problem
  }

  /// A request with everything that is shown with it.
  private struct Shown: Sendable {
    let record: RequestRecord
    let template: RequestRecord?
    let history: [RequestLine]

    init?(_ id: CustomerCare.RequestID, in unit: any SQLUnit) throws {
      guard let record = try Requests.find(id, in: unit) else { return nil }
      self.record = record
      template = try Requests.template(inPlaceOf: id, in: unit)
      history = try Requests.history(of: id, in: unit)
    }

    func json(in language: Refusal.Language) -> JSON {
      record.json(template: template, history: history, in: language)
    }
  }

  private static let unknownMessage = Problem(
    .notFound,
    "unknown_message",
    "There is no such message, or this token is not good for its number."
  )
}

// MARK: - The body of a send or a preview

extension MessagesAPI {
  /// How far ahead a message may be planned: whatever changes in a quarter of a year, somebody should look at it again.
  private static let daysAheadMax = 90
  private static var aheadMax: Duration { .seconds(daysAheadMax * 24 * 60 * 60) }

  private func submission(
    of call: APICall,
    in language: Refusal.Language
  ) async throws -> Submission {
    let body = try MessageBody(try await call.body(limits))
    try await allow(body.from, to: call.token)
    let now = time.now
    if let sendAt = body.sendAt, sendAt <= now {
      throw refused(.scheduledInPast(sendAt: sendAt, now: now), in: language)
    }
    for (name, instant) in [("send_at", body.sendAt), ("expires_at", body.expiresAt)] {
      guard let instant, instant > now + Self.aheadMax else { continue }
      throw Problem.invalid(name, "It must be within \(Self.daysAheadMax) days.")
    }
    if let expiresAt = body.expiresAt, expiresAt <= now {
      throw refused(.expired(at: expiresAt, now: now), in: language)
    }
    var submission = Submission(
      from: body.from,
      body: body.message.serialized(),
      sender: .program(call.token.id),
      acceptance: .atCommit
    )
    submission.token = call.token.id
    submission.ifClosed = body.ifClosed
    submission.expiresAt = body.expiresAt
    submission.sendAt = body.sendAt
    return submission
  }

  /// The number must be there, and the token good for it; the answer does not tell which is missing.
  private func allow(_ number: PhoneNumberID, to token: TokenRecord) async throws {
    guard token.isGood(for: number),
      try await engine.read({ unit in try Numbers.find(number, in: unit) }) != nil
    else { throw Problem.unknownNumber }
  }

  /// What is refused before there is a request: nothing was stored.
  private func refused(_ refusal: Refusal, in language: Refusal.Language) -> Problem {
    var problem = Problem(.unprocessableContent, refusal.code, refusal.sentence(in: language))
    problem.members = [
      JSONMember("id", .null), JSONMember("state", "refused"),
      JSONMember("verdict", Verdict.refused(refusal).json(in: language)),
    ]
    problem.headers[.contentLanguage] = language.rawValue
    return problem
  }
}

extension FallbackChoice {
  /// The template as the customer would read it.
  fileprivate var json: JSON {
    [
      "name": .string(reason.name), "language": .string(reason.language),
      "category": .string(reason.isMarketing ? "marketing" : "utility"), "body": .string(text),
    ]
  }
}

extension APICall {
  /// The language the caller wants to read refusals in.
  fileprivate var language: Refusal.Language {
    Refusal.Language(acceptLanguage: request.headers[.acceptLanguage])
  }
}

extension Problem {
  /// A limit of Meta's on speed leaves no slot that is near; nothing was stored.
  fileprivate init(_ limit: PaceLimit, after pause: Duration) {
    self.init(.tooManyRequests, limit.code, limit.sentence)
    members = [JSONMember("meta_code", .integer(limit.metaCode))]
    headers[.retryAfter] = pause.retryAfter
  }

  /// What Meta would refuse about a message object.
  fileprivate init(_ refusal: MetaRefusal) {
    self.init(
      .badRequest,
      "invalid_message",
      refusal.details.isEmpty ? refusal.title : refusal.details
    )
    members = [JSONMember("meta_code", .integer(refusal.code))]
  }
}
