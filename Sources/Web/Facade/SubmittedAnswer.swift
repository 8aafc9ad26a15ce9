import CloudAPI
import CustomerCare
import Gateway
import HTTPTypes
import Hummingbird
import Storage

/// What became of a submission, in Meta's words (contract 4.2).
enum SubmittedAnswer {
  static func response(to submitted: Submitted, number: PhoneNumberID) -> Response {
    switch submitted {
    case .invalid(let refusal):
      let error = GraphErrorBody(code: refusal.code, title: refusal.title, details: refusal.details)
      return GraphAnswer(HTTPResponse.Status(code: error.httpStatus), error).response
    case .keyReused(let window):
      var answer = GraphAnswer.invalid(
        "This Idempotency-Key was used for another message. Use a new key for a new message.",
        status: .conflict
      )
      answer.headers[.careWindowWindow] = window.headerValue
      return answer.response
    case .inProgress(let id, let window):
      var answer = GraphAnswer.invalid(
        "in_progress: the first request with this Idempotency-Key has not been answered yet. Nothing was sent again.",
        status: .conflict
      )
      answer.headers[.retryAfter] = "10"
      answer.headers[.careWindowRequestID] = id.rawValue
      answer.headers[.careWindowWindow] = window.headerValue
      return answer.response
    case .busy(let id, let window):
      return notNow(
        .pair,
        "Another message to this customer is still on its way. Nothing was sent; try again.",
        after: .seconds(10),
        id,
        window
      )
    case .paced(let id, let limit, let pause, let window):
      return notNow(limit, limit.sentence, after: pause, id, window)
    case .unavailable:
      return Facade.noDatabase.response
    case .carried(let carried): return response(to: carried)
    case .request(let report): return response(to: report, number: number)
    }
  }

  /// The message's turn is more than ten seconds away: Meta's own error for it, and nothing sent.
  private static func notNow(
    _ limit: PaceLimit,
    _ details: String,
    after pause: Duration,
    _ id: CustomerCare.RequestID,
    _ window: CareWindow
  ) -> Response {
    var answer = GraphAnswer(
      .badRequest,
      GraphErrorBody(code: limit.metaCode, title: limit.metaTitle, details: details)
    )
    answer.headers[.retryAfter] = pause.retryAfter
    answer.headers[.careWindowRequestID] = id.rawValue
    answer.headers[.careWindowWindow] = window.headerValue
    answer.headers[.careWindowVerdict] = "not-sent"
    return answer.response
  }

  /// A receipt: repeating one does no harm, so an unknown outcome is an error like any other.
  private static func response(to carried: Carried) -> Response {
    if let answer = carried.answer { return unchanged(answer, headers: [:]) }
    switch carried.outcome {
    case .accepted, .acknowledged: return Response(.ok, json: ["success": true])
    case .refused(let refusal):
      return GraphAnswer(
        .badRequest,
        GraphErrorBody(code: refusal.code, title: refusal.title, details: refusal.details)
      ).response
    case .notSent, .unknown:
      return GraphAnswer.unavailable("Meta did not answer. Try again.").response
    }
  }

  /// A request: Meta's own answer only where it is the whole truth.
  ///
  /// An error makes its reader send again, so whatever may have reached the customer is answered 200,
  /// whatever Meta said to it.
  private static func response(to report: RequestReport, number: PhoneNumberID) -> Response {
    var headers: HTTPFields = [:]
    headers[.careWindowRequestID] = report.id.rawValue
    headers[.careWindowWindow] = report.window?.headerValue
    if let message = report.takenBefore {
      // Meta took it then, and it was answered so; what became of it since then, callbacks tell.
      headers[.careWindowVerdict] = "sent"
      return shaped(message.rawValue, headers: headers)
    }
    if let template = report.template {
      // Whatever became of the message itself since then, this was the answer.
      headers[.careWindowVerdict] = "template; parked=\(report.id)"
      if let answer = template.answer, (200..<300).contains(answer.status) {
        return unchanged(answer, headers: headers)
      }
      return shaped(template.message.rawValue, headers: headers)
    }
    if report.hasWaited, report.state.isTerminal, report.state != .handedOver {
      // It was answered 200 when it began to wait; what became of it since then, callbacks tell.
      headers[.careWindowVerdict] = report.state.rawValue
      return standIn(for: report.id, headers: headers)
    }
    if case .refused(let refusal) = report.verdict {
      headers[.careWindowVerdict] = "refused; code=\(refusal.code)"
      return refused(refusal, number: number, headers: headers)
    }
    switch report.state {
    case .handedOver:
      headers[.careWindowVerdict] = "sent"
      if let answer = report.answer, (200..<300).contains(answer.status) {
        return unchanged(answer, headers: headers)
      }
      return standIn(for: report.id, headers: headers)
    case .refused:
      guard let answer = report.answer else { return notSent(report, headers: headers) }
      headers[.careWindowVerdict] = "sent; refused-by-meta"
      return unchanged(answer, headers: headers)
    case .failed where report.failure == RequestRecord.neverKnown: break
    case .failed, .expired, .withdrawn: return notSent(report, headers: headers)
    case .parked, .scheduled:
      headers[.careWindowVerdict] = report.state.rawValue
      return standIn(for: report.id, headers: headers)
    case .accepted, .dispatching, .unknown: break
    }
    headers[.careWindowVerdict] = "unknown"
    return standIn(for: report.id, headers: headers)
  }

  /// It certainly did not reach Meta, or Meta said so in an error of its own.
  private static func notSent(_ report: RequestReport, headers: HTTPFields) -> Response {
    var headers = headers
    headers[.careWindowVerdict] = "not-sent"
    if let answer = report.answer, let json = try? JSON.parse(answer.body),
      GraphErrorBody(json) != nil
    {
      return unchanged(answer, headers: headers)
    }
    var answer = GraphAnswer.unavailable(
      "The message certainly did not reach Meta. Sending it again is safe."
    )
    answer.headers.append(contentsOf: headers)
    return answer.response
  }

  private static func refused(
    _ refusal: Refusal,
    number: PhoneNumberID,
    headers: HTTPFields
  ) -> Response {
    var answer: GraphAnswer
    if case .unknownNumber = refusal {
      answer = .unknownObject(number.rawValue, .post)
    } else {
      let graph = refusal.graph
      answer = GraphAnswer(
        graph.status,
        GraphErrorBody(
          code: graph.code,
          title: graph.title,
          details: refusal.sentence(in: .english)
        )
      )
    }
    answer.headers.append(contentsOf: headers)
    return answer.response
  }

  /// Meta's answer, byte for byte.
  private static func unchanged(_ answer: MetaAnswer, headers: HTTPFields) -> Response {
    Response(
      HTTPResponse.Status(code: answer.status),
      "application/json; charset=UTF-8",
      answer.body,
      headers: headers
    )
  }

  /// Meta's shape around our own id, for a message of which Meta's id was not known when it was answered.
  private static func standIn(for id: CustomerCare.RequestID, headers: HTTPFields) -> Response {
    shaped(RequestRecord.standIn(for: id), headers: headers)
  }

  private static func shaped(_ message: String, headers: HTTPFields) -> Response {
    let json: JSON = [
      "messaging_product": "whatsapp", "contacts": [], "messages": [["id": .string(message)]],
    ]
    return Response(
      .ok,
      "application/json; charset=UTF-8",
      json.serialized(),
      headers: headers
    )
  }
}
