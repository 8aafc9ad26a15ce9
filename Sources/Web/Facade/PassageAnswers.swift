import Gateway
import HTTPTypes
import Storage

extension PassageRefusal {
  /// How it looks to a program that speaks Cloud API.
  func answer(to method: HTTPRequest.Method) -> GraphAnswer {
    switch self {
    case .notListed: return Facade.notPassed(method)
    case .scope(let scope):
      return .forbidden("This token has no scope `\(scope.rawValue)`.")
    case .unknownObject(let id): return .unknownObject(id, method)
    case .wrongParameter(let sentence): return .invalid(sentence)
    case .wrongBody(let sentence): return last(.invalid(sentence))
    case .tooLarge(let bytesMax):
      return last(.invalid("The body is larger than \(bytesMax) bytes.", status: .contentTooLarge))
    case .brokenOff:
      return last(
        .invalid("The body broke off, or did not arrive in time.", status: .requestTimeout)
      )
    case .deadLink:
      return .invalid(
        "This link has expired, is another token's, or what it led to is gone. Ask for a new one: GET /{media-id}.",
        status: .notFound
      )
    case .noAccessToken:
      return .unavailable(
        "CareWindow has no usable token of Meta's for this number. `carewindow doctor` tells why."
      )
    case .noDatabase:
      return .unavailable("The database did not answer. Nothing was asked; try again.")
    case .busy:
      return .unavailable("Too many calls are passing at once. Nothing was asked; try again.")
    case .unreachable:
      return .unavailable("Meta could not be reached. Nothing was done; try again.")
    case .unanswered:
      var answer = GraphAnswer.unavailable(
        "Meta did not answer in time. What only reads can be asked again; otherwise look first whether it was done."
      )
      answer.status = .gatewayTimeout
      return answer
    case .unreadable:
      var answer = GraphAnswer.unavailable(
        "Meta answered with something that cannot be handed on. `carewindow doctor` checks the way to Meta."
      )
      answer.status = .badGateway
      return answer
    }
  }

  /// The reason in a stable word, for metrics.
  var word: String {
    switch self {
    case .notListed: "not_listed"
    case .scope: "scope"
    case .unknownObject: "unknown_object"
    case .wrongParameter, .wrongBody, .tooLarge, .brokenOff: "invalid"
    case .deadLink: "dead_link"
    case .noAccessToken, .noDatabase, .busy: "unavailable"
    case .unreachable, .unanswered, .unreadable: "meta"
    }
  }

  /// Whoever may still be sending a body is answered for the last time.
  private func last(_ answer: GraphAnswer) -> GraphAnswer {
    var answer = answer
    answer.isLast = true
    return answer
  }
}
