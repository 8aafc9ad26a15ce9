import GRDB
import GRDBSQLite
import Storage

extension StoreError {
  /// Any error, as the store reports it.
  ///
  /// - Parameters:
  ///   - error: A `StoreError` stays as it is; one of GRDB's gets its code.
  ///   - attempt: What was being attempted, as the beginning of a sentence.
  init(sqlite error: any Error, attempting attempt: String) {
    if let error = error as? DatabaseError {
      self.init(
        code: Code(sqlite: error.extendedResultCode.rawValue),
        message: "\(attempt): \(error.message ?? "SQLite error \(error.resultCode.rawValue)")",
        cause: error
      )
    } else {
      self.init(reporting: error)
    }
  }

  /// The last error of a connection.
  init(connection: OpaquePointer?, attempting attempt: String) {
    let code = sqlite3_extended_errcode(connection)
    self.init(
      code: Code(sqlite: code),
      message: "\(attempt): \(String(cString: sqlite3_errmsg(connection))) (\(code))"
    )
  }

  /// True when the transaction in which it happened must not be committed.
  ///
  /// Source: SQLite, "Response To Errors Within A Transaction" (lang_transaction.html), read
  /// 2026-11-21: full disk, I/O error, no memory, busy and interrupt may end it.
  var losesTransaction: Bool {
    [.notStored, .damaged, .busy, .unavailable].contains(code)
  }
}

extension StoreError.Code {
  /// The code for one of SQLite's result codes, plain or extended.
  init(sqlite code: CInt) {
    switch code & 0xFF {
    case SQLITE_FULL, SQLITE_IOERR, SQLITE_NOMEM, SQLITE_READONLY, SQLITE_INTERRUPT, SQLITE_ABORT:
      self = .notStored
    case SQLITE_BUSY, SQLITE_LOCKED: self = .busy
    case SQLITE_CONSTRAINT: self = .constraint
    case SQLITE_CORRUPT, SQLITE_NOTADB: self = .damaged
    case SQLITE_CANTOPEN, SQLITE_PERM, SQLITE_AUTH, SQLITE_PROTOCOL: self = .unavailable
    default: self = .misuse
    }
  }
}
