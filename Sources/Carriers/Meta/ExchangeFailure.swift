import AsyncHTTPClient
import NIOCore
import NIOHTTP1
import NIOPosix

/// Why there is no whole answer.
struct ExchangeFailure: Error, Sendable, Hashable, CustomStringConvertible {
  /// What went wrong, in a closed set: texts of foreign errors quote hosts, headers and bodies.
  enum Cause: Error, Sendable, Hashable {
    case handoverDeadline
    case wholeDeadline
    case answerTooLarge
    case unsayable(String)
    case connection(String)
  }

  /// Whether any byte of the request may have left.
  var hasBegun: Bool
  var cause: Cause

  init(hasBegun: Bool, cause: Cause) {
    self.hasBegun = hasBegun
    self.cause = cause
  }

  /// Reads what the HTTP client threw.
  init(hasBegun: Bool, error: any Error) {
    self.hasBegun = hasBegun
    cause = (error as? Cause) ?? .connection(Self.name(of: error))
  }

  /// A fragment without any token, number or content.
  var description: String {
    switch cause {
    case .handoverDeadline: "the request could not be written in time"
    case .wholeDeadline: "no whole answer came in time"
    case .answerTooLarge: "the answer was too large to read"
    case .unsayable(let reason): reason
    case .connection(let name):
      hasBegun ? "the connection was lost (\(name))" : "no connection could be used (\(name))"
    }
  }

  private static func name(of error: any Error) -> String {
    switch error {
    case let error as HTTPClientError: error.shortDescription
    case let error as IOError: "errno \(error.errnoCode)"
    case is NIOConnectionError: "connection refused or host unknown"
    case is HTTPParserError: "not HTTP"
    default: String(describing: type(of: error))
    }
  }
}
