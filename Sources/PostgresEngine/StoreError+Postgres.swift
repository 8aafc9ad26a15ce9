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

  /// Why a connection could not be made, and what to do about it where that is known.
  init(unconnected connection: OpaquePointer?, attempting attempt: String) {
    self.init(lost: connection, attempting: attempt)
    if let remedy = Remedy.of(message) { message += ". " + remedy }
  }

  /// The server has said nothing for longer than anything takes.
  init(silent silence: Duration, attempting attempt: String) {
    self.init(
      code: .unavailable,
      message: "\(attempt): the server was silent for \(silence)",
      cause: ServerRefusal(state: ServerRefusal.connectionFailure)
    )
  }

  /// Whether the same unit may succeed when it is run again: somebody else was in the way.
  var isConflict: Bool {
    [ServerRefusal.serializationFailure, "40P01"].contains((cause as? ServerRefusal)?.state)
  }

  /// Whether there is such a row already.
  var isDuplicate: Bool { (cause as? ServerRefusal)?.state == "23505" }

  /// The error as one of two that met.
  var asConflict: StoreError {
    StoreError(
      code: .busy,
      message: message,
      cause: ServerRefusal(state: ServerRefusal.serializationFailure)
    )
  }

  /// Whether a lock that somebody else has was waited for too long.
  var isLockTimeout: Bool { (cause as? ServerRefusal)?.state == "55P03" }

  /// Whether a statement was prepared before another node changed the tables.
  ///
  /// The server says so for a statement whose columns are others now; prepared anew, it runs.
  var isOutdated: Bool { (cause as? ServerRefusal)?.state == "0A000" }

  /// Whether the connection it happened on is of no use any more.
  var endsConnection: Bool {
    guard let state = (cause as? ServerRefusal)?.state else { return false }
    // 25P03 and 25P04: a transaction stood still, or went on, for too long, and the server hung up.
    return state.hasPrefix("08") || state.hasPrefix("57P") || state.hasPrefix("25P0")
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

/// What helps when no connection can be made.
///
/// libpq has no codes for these failures, only the server's sentences or its own: what is not among these stays
/// without advice.
private enum Remedy {
  private static let connections = PostgresEngine.Options().connectionsMax
  private static let known: [(part: String, remedy: String)] = [
    ("password authentication failed", "Correct the user or the password in CAREWINDOW_DATABASE"),
    (
      "no password supplied",
      "Put the password into CAREWINDOW_DATABASE: postgres://user:password@…"
    ),
    (
      "too many clients",
      "A node takes up to \(connections) connections: raise max_connections, or end what holds the others"
    ),
    (
      "too many connections",
      "A node takes up to \(connections) connections: raise the limit of the role or the database"
    ),
    (
      "connection slots are reserved",
      "A node takes up to \(connections) connections: raise max_connections, or end what holds the others"
    ),
    ("no encryption", "The server wants TLS: add ?sslmode=verify-full to CAREWINDOW_DATABASE"),
    (
      "server does not support SSL",
      "Turn ssl on in the server's postgresql.conf, or take sslmode out of CAREWINDOW_DATABASE"
    ),
    (
      "root certificate file",
      "Name the file of the authority that signed the server's certificate: &sslrootcert=/path/root.crt"
    ),
    (
      "certificate verify failed",
      "The server's certificate is not signed by the authority in sslrootcert: name the right file"
    ),
    (
      "does not match host name",
      "Use the host name that the server's certificate was made for in CAREWINDOW_DATABASE"
    ),
  ]

  static func of(_ sentence: String) -> String? {
    known.first { sentence.contains($0.part) }?.remedy
  }
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
