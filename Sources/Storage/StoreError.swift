/// The store could not do what it was asked: the world failing us, never a refusal.
package struct StoreError: Error, CustomStringConvertible {
  /// What kind of failure it is; open to growth.
  package struct Code: Sendable, Hashable, RawRepresentable {
    /// A stable word for logs and tests.
    package var rawValue: String

    /// Makes a code.
    package init(rawValue: String) {
      self.rawValue = rawValue
    }

    /// Nothing was stored, because the disk is full or failing; whoever asked may try again later.
    package static let notStored = Code(rawValue: "not_stored")
    /// Nothing was stored, because somebody else held the database for longer than the busy timeout.
    package static let busy = Code(rawValue: "busy")
    /// Stored or not: the server went away while it committed, and nobody can tell.
    package static let unknownOutcome = Code(rawValue: "unknown_outcome")
    /// Nothing of the unit was stored, because a constraint of the schema said no.
    package static let constraint = Code(rawValue: "constraint")
    /// Nothing of the unit was stored, because it threw an error of its own, which is the cause.
    package static let unit = Code(rawValue: "unit")
    /// A row holds something that no release wrote; it harms whatever reads it, and nothing else.
    package static let unreadable = Code(rawValue: "unreadable")
    /// The file is no database, or a damaged one.
    package static let damaged = Code(rawValue: "damaged")
    /// The database was written by a newer CareWindow.
    package static let newerSchema = Code(rawValue: "newer_schema")
    /// The database file belongs to another user of this machine.
    package static let foreignOwner = Code(rawValue: "foreign_owner")
    /// The database file could not be opened or created, or the server cannot be reached.
    package static let unavailable = Code(rawValue: "unavailable")
    /// The engine has been closed.
    package static let closed = Code(rawValue: "closed")
    /// A statement or column of ours is wrong: our bug.
    package static let misuse = Code(rawValue: "misuse")
  }

  /// What kind of failure it is.
  package var code: Code
  /// What was being attempted, and what went wrong, in one sentence.
  package var message: String
  /// What lies beneath, if anything.
  package var cause: (any Error)?

  /// Makes an error.
  package init(code: Code, message: String, cause: (any Error)? = nil) {
    self.code = code
    self.message = message
    self.cause = cause
  }

  /// Code, message and cause in one line.
  package var description: String {
    cause.map { "\(code.rawValue): \(message) (\($0))" } ?? "\(code.rawValue): \(message)"
  }

  /// An error for a statement or column of ours that is wrong.
  package static func misuse(_ message: String) -> StoreError {
    StoreError(code: .misuse, message: message)
  }

  /// Any error, as the store reports it: a `StoreError` unchanged, another one as a cause.
  package init(reporting error: any Error) {
    if let error = error as? StoreError {
      self = error
    } else {
      self.init(code: .unit, message: "The unit of work failed", cause: error)
    }
  }
}
