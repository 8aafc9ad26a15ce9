package import CustomerCare

/// Everything that must be the same after a replay: windows, ledgers, inbound messages, what Meta told
/// of files, statuses and identities, in one canonical text.
///
/// What we did ourselves (requests, our own messages, fetching files) is not in it, and neither is anything that
/// depends on when an entry was applied.
package enum CanonicalState {
  /// The state at an instant as JSON, one thing per line, sorted.
  package static func json(at now: Instant, in unit: any SQLUnit) throws -> String {
    var lines: [String] = []
    for number in try Numbers.list(in: unit).map(\.facts) {
      lines += try messages(of: number, in: unit)
      lines += try media(of: number, in: unit)
      lines += try statuses(of: number, in: unit)
      lines += try ledger(of: number, in: unit)
      lines += try windows(of: number, now: now, in: unit)
    }
    lines += try identities(in: unit)
    return "[\n" + lines.uniqued().sorted().joined(separator: ",\n") + "\n]\n"
  }

  private static func line(_ thing: String, _ members: [String: StoredJSON?]) -> String {
    var members = members
    members["thing"] = .text(thing)
    return StoredJSON.members(of: members).string
  }

  private static func messages(
    of number: NumberFacts,
    in unit: any SQLUnit
  ) throws -> [String] {
    try unit.rows(
      "SELECT \(Messages.columns) FROM message WHERE phone_number_id = $number AND direction = 'in'",
      ["number": .id(number.phoneNumberID)]
    ) { row in
      let fact = try MessageFact(row: row)
      let message = fact.message
      return line(
        "message",
        [
          "number": .text(message.number.rawValue), "id": .text(message.id.rawValue),
          "alias": .text(message.alias.key), "group": .optional(message.groupID?.rawValue),
          "origin": .text(message.origin.rawValue), "type": .text(fact.type),
          "content": message.content.stored, "at": .at(message.at),
          "received_at": .at(message.receivedAt),
          "reply_to": .optional(message.inReplyTo?.rawValue),
        ]
      )
    }
      + unit.rows(
        "SELECT id, target, content, at FROM amendment WHERE phone_number_id = $number",
        ["number": .id(number.phoneNumberID)]
      ) { row in
        line(
          "amendment",
          [
            "number": .text(number.phoneNumberID.rawValue), "id": .text(try row.text("id")),
            "target": .text(try row.text("target")),
            "content": .optional(try row.textIfAny("content")),
            "at": .at(try row.instant("at")),
          ]
        )
      }
  }

  private static func media(of number: NumberFacts, in unit: any SQLUnit) throws -> [String] {
    try unit.rows(
      "SELECT * FROM media WHERE phone_number_id = $number",
      ["number": .id(number.phoneNumberID)]
    ) { row in
      let fact = try MediaFact(row: row)
      return line(
        "media",
        [
          "number": .text(number.phoneNumberID.rawValue), "id": .text(fact.id.rawValue),
          "message": .text(fact.message.rawValue), "kind": .text(fact.kind.rawValue),
          "mime_type": .optional(fact.mimeType), "filename": .optional(fact.filename),
          "hash": .optional(fact.hash?.hex),
        ]
      )
    }
  }

  private static func statuses(
    of number: NumberFacts,
    in unit: any SQLUnit
  ) throws -> [String] {
    try unit.rows(
      """
      SELECT wamid, participant, status, at, errors, pricing FROM delivery
      WHERE phone_number_id = $number
      """,
      ["number": .id(number.phoneNumberID)]
    ) { row in
      line(
        "status",
        [
          "number": .text(number.phoneNumberID.rawValue), "message": .text(try row.text("wamid")),
          "participant": .text(try row.text("participant")),
          "status": .text(try row.text("status")), "at": .at(try row.instant("at")),
          "errors": .text(try row.text("errors")), "pricing": .text(try row.text("pricing")),
        ]
      )
    }
  }

  private static func ledger(
    of number: NumberFacts,
    in unit: any SQLUnit
  ) throws -> [String] {
    try unit.rows(
      "SELECT \(Ledger.columns) FROM ledger WHERE phone_number_id = $number",
      ["number": .id(number.phoneNumberID)]
    ) { row in
      line(
        "ledger",
        [
          "number": .text(number.phoneNumberID.rawValue),
          "entry": try LedgerEntry(row: row).stored,
        ]
      )
    }
  }

  private static func windows(
    of number: NumberFacts,
    now: Instant,
    in unit: any SQLUnit
  ) throws -> [String] {
    let identities = Identities(scope: number.scope, unit: unit)
    let customers = try unit.rows(
      """
      SELECT DISTINCT h.customer_id FROM ledger l
      JOIN holding h ON h.scope = $scope AND h.alias = l.subject
      WHERE l.phone_number_id = $number
      """,
      ["number": .id(number.phoneNumberID), "scope": .id(number.scope)]
    ) { row in try row.id("customer_id", as: CustomerID.self) }
    return try customers.compactMap { try identities.person($0) }.map { person in
      let window = try Ledger(number: number, unit: unit).window(with: person, at: now)
      return line(
        "window",
        [
          "number": .text(number.phoneNumberID.rawValue), "customer": .text(person.id.rawValue),
          "state": .text("\(window.state)"),
        ]
      )
    }
  }

  /// Persons of whom Meta said anything: whom only we wrote to are nobody's memory but ours.
  private static func identities(in unit: any SQLUnit) throws -> [String] {
    try unit.rows(
      """
      SELECT h.scope, h.customer_id, h.alias, h.from_at, h.until_at, h.present FROM holding h
      WHERE EXISTS (SELECT 1 FROM identity_fact f
          WHERE f.scope = h.scope AND f.one = h.alias)
        OR EXISTS (SELECT 1 FROM identity_fact f
          WHERE f.scope = h.scope AND f.other = h.alias)
        OR EXISTS (SELECT 1 FROM ledger l JOIN business_number n
          ON n.phone_number_id = l.phone_number_id AND n.scope = h.scope
          WHERE l.subject = h.alias)
      """
    ) { row in
      line(
        "identity",
        [
          "scope": .text(try row.text("scope")), "customer": .text(try row.text("customer_id")),
          "alias": .text(try row.text("alias")), "from": .at(try row.instant("from_at")),
          "until": .at(try row.instant("until_at")),
          "present": .integer(try row.integer("present")),
        ]
      )
    }
      + unit.rows("SELECT scope, kind, one, other, at FROM identity_fact") { row in
        line(
          "fact",
          [
            "scope": .text(try row.text("scope")), "kind": .text(try row.text("kind")),
            "one": .text(try row.text("one")), "other": .text(try row.text("other")),
            "at": .at(try row.instant("at")),
          ]
        )
      }
  }
}
