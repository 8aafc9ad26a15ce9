import CloudAPI
import CustomerCare
import Gateway
import HTTPTypes
import Hummingbird
import NIOCore
import Storage

/// Programs that speak Cloud API call here, with nothing changed but host and token.
struct Facade: Sendable {
  let outbox: Outbox
  let passage: Passage
  let tokens: TokenGate
  let limits: WebLimits

  /// Answers a call, each with an id of its own; `channel` is asked whether its caller is still there.
  func respond(
    to request: Request,
    at target: RequestTarget,
    channel: any Channel
  ) async -> Response {
    let id = outbox.makeID()
    var response = await respond(to: request, at: target, as: id, channel: channel)
    // The answer to a repetition has the first request's id.
    if !response.headers.contains(.careWindowRequestID) {
      response.headers[.careWindowRequestID] = id.rawValue
    }
    return response
  }

  private func respond(
    to request: Request,
    at target: RequestTarget,
    as id: CustomerCare.RequestID,
    channel: any Channel
  ) async -> Response {
    switch FacadePath(target) {
    case .nowhere: GraphAnswer.unknownPath.response
    case .never(let call): await closed(request, Self.never(call))
    case .media(let link): await media(behind: link, request, target, channel)
    case .other(let path, let version):
      await pass(request, path: path, version: version, query: target.query, channel)
    case .send(let number, let road, let version):
      await send(
        request,
        as: id,
        query: target.query,
        from: number,
        road: road,
        version: version,
        channel: channel
      )
    }
  }

  /// What is closed to everybody says so only to those who may call at all.
  private func closed(_ request: Request, _ answer: GraphAnswer) async -> Response {
    switch await tokens.admit(request.headers) {
    case .admitted: answer.response
    case .missing: Self.noToken.response
    case .unknown: Self.wrongToken.response
    case .unavailable: Self.noDatabase.response
    }
  }

  private func send(
    _ request: Request,
    as id: CustomerCare.RequestID,
    query: String?,
    from number: PhoneNumberID,
    road: Parcel.Road,
    version: String,
    channel: any Channel
  ) async -> Response {
    guard request.method == .post else {
      var answer = GraphAnswer.unknownObject(number.rawValue, request.method)
      answer.status = .methodNotAllowed
      answer.headers[.allow] = "POST"
      return answer.response
    }
    let token: TokenRecord
    switch await tokens.admit(request.headers, about: number) {
    case .missing: return Self.noToken.response
    case .unknown: return Self.wrongToken.response
    case .unavailable: return Self.noDatabase.response
    case .admitted(let record, let known):
      guard record.scopes.contains(.send) else {
        return GraphAnswer.forbidden("This token has no scope `send`.").response
      }
      guard record.isGood(for: number), known != nil else {
        return GraphAnswer.unknownObject(number.rawValue, .post).response
      }
      token = record
    }
    var submission = Submission(
      from: number,
      body: [],
      sender: .program(token.id),
      acceptance: .whenAnswered
    )
    submission.id = id
    submission.road = road
    submission.version = version
    submission.token = token.id
    if let wrong = readHead(request, query: query, into: &submission) { return wrong.response }
    if let wrong = await readBody(request, into: &submission) { return wrong.response }
    let submitted = await HangUp.cancelling(on: channel) { [outbox, submission] in
      await outbox.submit(submission)
    }
    return SubmittedAnswer.response(to: submitted, number: number)
  }

  /// Takes the terms of the submission from the request's head; returns what is wrong with it.
  private func readHead(
    _ request: Request,
    query: String?,
    into submission: inout Submission
  ) -> GraphAnswer? {
    guard query?.isEmpty ?? true else {
      return .invalid(
        "Query parameters are not passed on. Send everything in the JSON body, and the token in the Authorization header."
      )
    }
    guard request.headers.announcesJSON else {
      return .invalid(
        "Send one JSON object with Content-Type: application/json. Forms, multipart and packed bodies are not taken here."
      )
    }
    if request.headers.contains(.idempotencyKey) {
      guard let key = request.headers.single(.idempotencyKey), IdempotencyKeyText.isValid(key)
      else {
        return .invalid(IdempotencyKeyText.rule)
      }
      submission.idempotencyKey = key
    }
    if request.headers.contains(.careWindowIfClosed) {
      guard let text = request.headers.single(.careWindowIfClosed),
        let policy = ClosedWindowPolicy(rawValue: text)
      else { return .invalid("CareWindow-If-Closed takes template, park or refuse.") }
      submission.ifClosed = policy
    }
    return nil
  }

  private func readBody(_ request: Request, into submission: inout Submission) async -> GraphAnswer?
  {
    var answer: GraphAnswer
    do {
      switch try await request.readBody(bytesMax: limits.requestBytesMax) {
      case .whole(let body):
        submission.body = body
        return nil
      case .tooLarge:
        answer = .invalid(
          "The body is larger than \(limits.requestBytesMax) bytes.",
          status: .contentTooLarge
        )
      case .tooSlow: answer = .invalid("The body did not arrive in time.", status: .requestTimeout)
      }
    } catch {
      // The connection broke; nobody reads this.
      answer = .invalid("The body broke off.")
    }
    answer.isLast = true
    return answer
  }
}

extension Facade {
  static let noToken = GraphAnswer.unauthorized(
    "Show a CareWindow token in the header `Authorization: Bearer cw_…`."
  )
  static let wrongToken = GraphAnswer.unauthorized(
    "This is no CareWindow token, or it was revoked. Meta's own tokens are not taken here."
  )
  static let noDatabase = GraphAnswer.unavailable(
    "The database did not answer. Nothing was sent; try again."
  )

  static func never(_ call: String) -> GraphAnswer {
    .forbidden(
      "`\(call)` is never passed on, because it would take the number or Meta's webhooks away from CareWindow. Programs "
        + "get webhooks by `carewindow callback add`; everything else about the account is done at Meta."
    )
  }

  static func notPassed(_ method: HTTPRequest.Method) -> GraphAnswer {
    var answer = GraphAnswer.invalid(
      "CareWindow does not pass this call on. What passes: messages, the number and its profile, its account's numbers and "
        + "templates, media, uploads of samples, and block_users; docs/reference/http.md has the list."
    )
    answer.error.message = "(#100) Unsupported \(method.rawValue.lowercased()) request"
    return answer
  }
}

/// What an `Idempotency-Key` may be, at both doors.
enum IdempotencyKeyText {
  static let rule =
    "Idempotency-Key takes 1 to \(OutboxLimits.idempotencyKeyMax) printable ASCII characters, once."

  static func isValid(_ text: String) -> Bool {
    (1...OutboxLimits.idempotencyKeyMax).contains(text.utf8.count)
      && text.utf8.allSatisfy { (0x20...0x7E).contains($0) }
  }
}
