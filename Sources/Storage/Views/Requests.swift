package import CustomerCare

/// What is read about requests.
package enum Requests {
  /// A request with its attempts; `nil` when there is none with this id.
  package static func find(_ id: RequestID, in unit: any SQLUnit) throws -> RequestRecord? {
    try RequestRows(unit: unit).find(id)
  }

  /// The template that went out last in a request's place; `nil` when none did.
  package static func template(
    inPlaceOf id: RequestID,
    in unit: any SQLUnit
  ) throws -> RequestRecord? {
    try unit.first(
      "SELECT id FROM request WHERE in_place_of = $id ORDER BY created_at DESC, id DESC LIMIT 1",
      ["id": .id(id)]
    ) { row in try row.id("id", as: RequestID.self) }.flatMap { try find($0, in: unit) }
  }

  /// Everything that happened to a request, in the order in which we learned of it.
  package static func history(of id: RequestID, in unit: any SQLUnit) throws -> [RequestLine] {
    try unit.rows(
      "SELECT at, event, detail FROM request_line WHERE request_id = $id ORDER BY line",
      ["id": .id(id)]
    ) { row in
      RequestLine(
        at: try row.instant("at"),
        event: try row.text("event"),
        detail: try row.textIfAny("detail")
      )
    }
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
