import CloudAPI
import HTTPTypes
import Hummingbird

/// An error of `/v1`: `application/problem+json` (RFC 9457) with a stable `code`.
struct Problem: Error, Sendable {
  let status: HTTPResponse.Status
  /// The stable word for programs.
  let code: String
  /// What went wrong this time, and what to do, in a sentence.
  let detail: String
  /// Further members, such as the id of a refused request.
  var members: [JSONMember] = []
  var headers: HTTPFields = [:]
  /// Whether the connection is closed after the answer, because the rest of the body is not wanted.
  var isLast = false

  init(_ status: HTTPResponse.Status, _ code: String, _ detail: String) {
    self.status = status
    self.code = code
    self.detail = detail
  }

  /// The problem as an answer.
  var response: Response {
    let body = JSON.object(
      [
        JSONMember("type", "about:blank"),
        JSONMember("title", .string(status.reasonPhrase)),
        JSONMember("status", .integer(status.code)),
        JSONMember("code", .string(code)),
        JSONMember("detail", .string(detail)),
      ] + members
    )
    let response = Response(
      status,
      "application/problem+json",
      body.serialized(),
      headers: headers
    )
    return isLast ? response.last : response
  }
}

extension Problem {
  static let notFound = Problem(
    .notFound,
    "not_found",
    "Nothing is served here. /openapi.json lists every path."
  )

  static func methodNotAllowed(_ allowed: [HTTPRequest.Method]) -> Problem {
    let list = allowed.map(\.rawValue).joined(separator: ", ")
    var problem = Problem(.methodNotAllowed, "method_not_allowed", "Allowed here: \(list).")
    problem.headers[.allow] = list
    return problem
  }

  static func unauthorized(_ detail: String) -> Problem {
    var problem = Problem(.unauthorized, "unauthorized", detail)
    problem.headers[.wwwAuthenticate] = "Bearer realm=\"CareWindow\""
    return problem
  }

  /// A number nobody added, or one this token may not know of: never told apart.
  static let unknownNumber = Problem(
    .notFound,
    "unknown_number",
    "There is no such business number, or this token is not good for it."
  )

  static let unavailable: Problem = {
    var problem = Problem(
      .serviceUnavailable,
      "unavailable",
      "The database did not answer. Nothing was sent; try again."
    )
    problem.headers[.retryAfter] = "1"
    return problem
  }()

  static func invalid(_ what: String, _ detail: String) -> Problem {
    Problem(.badRequest, "invalid_parameter", "\(what): \(detail)")
  }

  static func tooLarge(_ bytesMax: Int) -> Problem {
    var problem = Problem(.contentTooLarge, "too_large", "A body may have \(bytesMax) bytes.")
    problem.isLast = true
    return problem
  }

  static let tooSlow: Problem = {
    var problem = Problem(.requestTimeout, "too_slow", "The body did not arrive in time.")
    problem.isLast = true
    return problem
  }()
}
