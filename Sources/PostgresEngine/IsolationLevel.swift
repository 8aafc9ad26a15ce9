import Storage

/// How much of what runs beside it a transaction may notice.
///
/// - Why: SERIALIZABLE takes everything on one page of an index for one, and the indexes of what is on its way have one page:
///   of two sends that meet, one would have to do all of its work again, whomever they are to.
/// - How: as strict as the work needs; `SQLUnit.isolate` asks for more.
enum IsolationLevel: String, Comparable {
  /// Each statement sees what was committed when it began: enough for who only appends.
  case readCommitted = "READ COMMITTED"
  /// All of it sees one state; who writes a row that somebody else has written since does it all again.
  case repeatableRead = "REPEATABLE READ"
  /// As if nothing ran beside it, as far as the others are serializable as well.
  case serializable = "SERIALIZABLE"

  /// The level of units that share a transaction.
  init(of units: [QueuedUnit], isAlone: Bool) {
    switch units.first?.priority {
    case .journal where !isAlone: self = .readCommitted
    case .gate where !isAlone: self = .repeatableRead
    default: self = .serializable
    }
  }

  static func < (one: IsolationLevel, other: IsolationLevel) -> Bool { one.order < other.order }

  private var order: Int {
    switch self {
    case .readCommitted: 0
    case .repeatableRead: 1
    case .serializable: 2
    }
  }
}

extension StoreError {
  /// The unit has to begin anew, isolated from all others.
  static let needsIsolation = StoreError(
    code: .busy,
    message: "The unit has to run as if it were alone",
    cause: NeedsIsolation()
  )

  /// Whether the unit has to begin anew, isolated from all others.
  var asksForIsolation: Bool { cause is NeedsIsolation }

  private struct NeedsIsolation: Error {}
}
