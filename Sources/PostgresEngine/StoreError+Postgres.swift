import CLibPQ
import Storage

extension StoreError {
  /// Why a statement failed: the server refused it, or went away.
  ///
  /// The server's sentence is kept only where it names nothing but our schema: others can quote values.
  init(_ result: QueryResult, on connection: OpaquePointer, attempting attempt: String) {
    // What libpq finds out by itself is always about the connection, and has no code.
    guard let state = Self.field("C", of: result) else {
      self.init(lost: connection, attempting: attempt)
      return
    }
    let quotesValues = state.hasPrefix("22")
    let sentence = quotesValues ? nil : Self.field("M", of: result)
    self.init(
      code: Code(sqlState: state),
      message: "\(attempt): \(sentence ?? "a value does not fit") (\(state))",
      cause: ServerRefusal(state: state)
    )
  }

  /// Why a connection could not be made, or broke.
  init(lost connection: OpaquePointer?, attempting attempt: String) {
    let sentence = PQerrorMessage(connection).map { String(cString: $0) } ?? "no connection"
    self.init(
      code: .unavailable,
      message: "\(attempt): " + sentence.split(separator: "\n").joined(separator: "; "),
      cause: ServerRefusal(state: ServerRefusal.connectionFailure)
    )
  }

  /// Whether the same unit may succeed when it is run again: somebody else was in the way.
  var isConflict: Bool {
    [ServerRefusal.serializationFailure, "40P01"].contains((cause as? ServerRefusal)?.state)
  }

  /// Whether the connection it happened on is of no use any more.
  var endsConnection: Bool {
    guard let state = (cause as? ServerRefusal)?.state else { return false }
    return state.hasPrefix("08") || state.hasPrefix("57P")
  }

  /// Whether the server is one that cannot write (any more).
  var isReadOnly: Bool { (cause as? ServerRefusal)?.state == "25006" }

  /// A field of an error by its letter: libpq names them in macros that Swift does not see (postgres_ext.h).
  private static func field(_ letter: UnicodeScalar, of result: QueryResult) -> String? {
    PQresultErrorField(result.handle, CInt(letter.value)).map { String(cString: $0) }
  }
}

/// The server said no, with one of its codes.
struct ServerRefusal: Error {
  /// The transactions that ran beside it leave no order in which they could have run one after the other.
  static let serializationFailure = "40001"
  /// The connection broke, by libpq's own observation.
  static let connectionFailure = "08006"

  /// SQLSTATE.
  let state: String
}

extension StoreError.Code {
  /// The code for a SQLSTATE.
  ///
  /// Source: PostgreSQL 15, appendix A (errcodes-appendix.html), read 2026-11-22.
  init(sqlState state: String) {
    switch state {
    case "40001", "40P01", "55P03", "57014": self = .busy
    case "25006", "53300", "57P01", "57P02", "57P03", "3D000": self = .unavailable
    default:
      switch state.prefix(2) {
      case "23": self = .constraint
      case "08", "28": self = .unavailable
      case "53", "54", "58": self = .notStored
      case "XX": self = .damaged
      default: self = .misuse
      }
    }
  }
}
