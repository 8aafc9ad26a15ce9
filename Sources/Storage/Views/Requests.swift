package import CustomerCare

/// What is read about requests.
package enum Requests {
  /// A request with its attempts; `nil` when there is none with this id.
  package static func find(_ id: RequestID, in unit: any SQLUnit) throws -> RequestRecord? {
    nil
  }

  /// Everything that happened to a request, oldest first.
  package static func history(of id: RequestID, in unit: any SQLUnit) throws -> [RequestLine] {
    []
  }
}

/// One line of a request's history.
package struct RequestLine: Sendable, Hashable {
  /// When it happened.
  package var at: Instant
  /// What happened, in a stable word such as `accepted`, `dispatching`, `handed_over`, `sent`.
  package var event: String
  /// More about it, such as Meta's code; `nil` where there is nothing to say.
  package var detail: String?
}
