import CloudAPI
import HTTPTypes
import Hummingbird

/// An error in the shape of Meta's Graph API, with its HTTP status.
struct GraphAnswer: Sendable {
  var status: HTTPResponse.Status
  var error: GraphErrorBody
  var headers: HTTPFields = [:]
  /// Whether the connection is closed after the answer.
  var isLast = false

  init(_ status: HTTPResponse.Status, _ error: GraphErrorBody) {
    self.status = status
    self.error = error
  }

  var response: Response {
    let response = Response(
      status,
      "application/json; charset=UTF-8",
      error.json.serialized(),
      headers: headers
    )
    return isLast ? response.last : response
  }
}

extension GraphAnswer {
  /// A call that is wrong in itself: Meta's code 100.
  static func invalid(_ details: String, status: HTTPResponse.Status = .badRequest) -> GraphAnswer {
    GraphAnswer(status, GraphErrorBody(code: 100, title: "Invalid parameter", details: details))
  }

  /// No token, or one that is worth nothing.
  ///
  /// Meta's words, so that clients recognise it.
  static func unauthorized(_ details: String) -> GraphAnswer {
    var error = GraphErrorBody(code: 190, title: "", details: details)
    error.message = "Invalid OAuth access token - Cannot parse access token"
    var answer = GraphAnswer(.unauthorized, error)
    answer.headers[.wwwAuthenticate] = "Bearer realm=\"CareWindow\""
    return answer
  }

  /// The token may not do this.
  static func forbidden(_ details: String) -> GraphAnswer {
    GraphAnswer(
      .forbidden,
      GraphErrorBody(
        code: 10,
        title: "Application does not have permission for this action",
        details: details
      )
    )
  }

  /// No such number, or none that this token may know of: never told apart, as Meta does.
  static func unknownObject(_ id: String, _ method: HTTPRequest.Method) -> GraphAnswer {
    var error = GraphErrorBody(code: 100, title: "", type: "GraphMethodException")
    error.message =
      "Unsupported \(method.rawValue.lowercased()) request. Object with ID '\(id)' does not exist, cannot be loaded due to "
      + "missing permissions, or does not support this operation"
    error.subcode = 33
    return GraphAnswer(.badRequest, error)
  }

  /// Nothing of Meta's has such a path.
  static let unknownPath: GraphAnswer = {
    var error = GraphErrorBody(
      code: 2500,
      title: "",
      details: "The path is not one of the Graph API's: /v{N}.{M}/{phone-number-id}/messages."
    )
    error.message = "Unknown path components"
    return GraphAnswer(.notFound, error)
  }()

  /// The world failed us before anything left; sending again is safe and will help.
  static func unavailable(_ details: String) -> GraphAnswer {
    var answer = GraphAnswer(
      .serviceUnavailable,
      GraphErrorBody(
        code: 131016,
        title: "Service unavailable",
        details: details,
        isTransient: true
      )
    )
    answer.headers[.retryAfter] = "1"
    return answer
  }
}
