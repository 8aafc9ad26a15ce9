package import CustomerCare

/// What is read about windows.
package enum Windows {
  /// A customer's conversation and window.
  ///
  /// `customer` is a phone number in digits, a BSUID, a group id, or our own id; one that nobody
  /// knows has a window that was never opened. Returns `nil` when nobody added the number.
  ///
  /// `numbers` are those whose customers may be told of; `nil`: all. Numbers of a portfolio share
  /// their customers, and of one who had to do with none of these no more is told than was asked.
  package static func window(
    number: PhoneNumberID,
    customer: String,
    seenAt numbers: Set<PhoneNumberID>? = nil,
    now: Instant,
    in unit: any SQLUnit
  ) throws -> Conversation? {
    guard let facts = try Numbers.find(number, in: unit)?.facts else { return nil }
    let reference = CustomerReference(customer)
    let person = try reference.person(in: facts.scope, unit)
    if let numbers, try !numbers.contains(where: { try isSeen(person.id, at: $0, in: unit) }) {
      let stranger = Identities(scope: facts.scope, unit: unit).stranger(reference.alias)
      return try conversation(facts, stranger, name: nil, now: now, in: unit)
    }
    let name = try Profiles(scope: facts.scope, unit: unit).name(of: person)
    return try conversation(facts, person, name: name, now: now, in: unit)
  }

  /// Every entry of a customer's window ledger, newest first; `nil` when nobody added the number.
  package static func ledger(
    number: PhoneNumberID,
    customer: String,
    after cursor: Cursor? = nil,
    limit: Int,
    in unit: any SQLUnit
  ) throws -> Page<LedgerEntry>? {
    guard let facts = try Numbers.find(number, in: unit)?.facts else { return nil }
    let person = try CustomerReference(customer).person(in: facts.scope, unit)
    guard let (at, event) = place(cursor) else { return Page(items: [], next: nil) }
    let read = try person.holdings.flatMap { holding in
      try unit.rows(
        """
        SELECT \(Ledger.columns) FROM ledger
        WHERE subject = $subject AND phone_number_id = $number AND at >= $from AND at < $until
          AND (at < $at OR (at = $at AND event_id < $event))
        ORDER BY at DESC, event_id DESC LIMIT $limit
        """,
        [
          "number": .id(number), "subject": .text(holding.alias.key),
          "from": .instant(holding.from ?? .distantPast),
          "until": .instant(holding.until ?? .distantFuture), "at": .instant(at),
          "event": .text(event), "limit": .integer(limit + 1),
        ],
        LedgerEntry.init(row:)
      )
    }.sorted { ($0.at, $0.eventID) > ($1.at, $1.eventID) }
    return Page(read, limit: limit) { ["\($0.at.milliseconds)", $0.eventID] }
  }

  /// The window board: windows in one state at `now`, soonest to close first.
  package static func board(
    _ filter: BoardFilter,
    now: Instant,
    after cursor: Cursor? = nil,
    limit: Int,
    in unit: any SQLUnit
  ) throws -> Page<Conversation> {
    var parameters: SQLParameters = ["now": .instant(now), "limit": .integer(limit + 1)]
    var conditions: [String]
    switch filter.state {
    case .open, .uncertain:
      conditions = ["state = $state", "until_at > $now"]
      parameters.append("state", .text(filter.state.rawValue))
    case .closed:
      conditions = ["state IN ('open', 'uncertain', 'closed')", "until_at <= $now"]
    }
    if let within = filter.closingWithin {
      conditions.append("until_at <= $within")
      parameters.append("within", .instant(now + within))
    }
    if let numbers = filter.numbers {
      guard !numbers.isEmpty else { return Page(items: [], next: nil) }
      let list = parameters.appendList("number", numbers.sorted().map { .id($0) })
      conditions.append("phone_number_id IN (\(list))")
    }
    if let cursor {
      guard let keys = cursor.keys(3), let until = Int64(keys[0]) else {
        return Page(items: [], next: nil)
      }
      conditions.append(
        """
        (until_at > $until OR (until_at = $until AND (phone_number_id > $after_number
          OR (phone_number_id = $after_number AND customer_id > $after_customer))))
        """
      )
      parameters.append("until", .integer(until))
      parameters.append("after_number", .text(keys[1]))
      parameters.append("after_customer", .text(keys[2]))
    }
    let rows = try unit.rows(
      """
      SELECT phone_number_id, customer_id, until_at FROM conversation
      WHERE \(conditions.joined(separator: " AND "))
      ORDER BY until_at, phone_number_id, customer_id LIMIT $limit
      """,
      parameters
    ) { row in
      (
        number: try row.id("phone_number_id", as: PhoneNumberID.self),
        customer: try row.id("customer_id", as: CustomerID.self),
        until: try row.integer("until_at")
      )
    }
    let page = Page(rows, limit: limit) {
      ["\($0.until)", $0.number.rawValue, $0.customer.rawValue]
    }
    return Page(
      items: try page.items.compactMap {
        try conversation($0.number, $0.customer, now: now, in: unit)
      },
      next: page.next
    )
  }

  /// How many windows are open now, over all numbers; for the metric.
  package static func openCount(now: Instant, in unit: any SQLUnit) throws -> Int {
    try unit.first(
      "SELECT COUNT(*) AS count FROM conversation WHERE state = 'open' AND until_at > $now",
      ["now": .instant(now)]
    ) { row in Int(try row.integer("count")) } ?? 0
  }

  /// A conversation by the ids of its row; `nil` when its number was removed.
  static func conversation(
    _ number: PhoneNumberID,
    _ customer: CustomerID,
    now: Instant,
    in unit: any SQLUnit
  ) throws -> Conversation? {
    guard let facts = try Numbers.find(number, in: unit)?.facts,
      let person = try Identities(scope: facts.scope, unit: unit).person(customer)
    else { return nil }
    let name = try Profiles(scope: facts.scope, unit: unit).name(of: person)
    return try conversation(facts, person, name: name, now: now, in: unit)
  }

  private static func isSeen(
    _ customer: CustomerID,
    at number: PhoneNumberID,
    in unit: any SQLUnit
  ) throws -> Bool {
    try unit.first(
      "SELECT state FROM conversation WHERE customer_id = $customer AND phone_number_id = $number",
      ["customer": .id(customer), "number": .id(number)]
    ) { _ in true } ?? false
  }

  private static func conversation(
    _ number: NumberFacts,
    _ person: Person,
    name: String?,
    now: Instant,
    in unit: any SQLUnit
  ) throws -> Conversation {
    Conversation(
      number: number.phoneNumberID,
      customer: person.id,
      aliases: person.aliases,
      name: name,
      window: try Ledger(number: number, unit: unit).window(with: person, at: now)
    )
  }

  /// Where a list that is sorted by instant and id goes on; its beginning without a cursor.
  static func place(_ cursor: Cursor?) -> (at: Instant, id: String)? {
    guard let cursor else { return (.distantFuture, "") }
    guard let keys = cursor.keys(2), let at = Int64(keys[0]) else { return nil }
    return (Instant(milliseconds: at), keys[1])
  }
}

/// Which windows of the board.
package struct BoardFilter: Sendable, Hashable {
  /// What a window on the board may be.
  package enum State: String, Sendable, CaseIterable {
    /// Free-form messages are allowed.
    case open
    /// It may be open.
    case uncertain
    /// It was open, or may have been.
    case closed
  }

  /// Only windows in this state.
  package var state: State
  /// Only windows that close within this time; `nil`: all.
  package var closingWithin: Duration?
  /// Only these numbers; `nil`: all.
  package var numbers: Set<PhoneNumberID>?

  /// Makes a filter.
  package init(
    state: State = .open,
    closingWithin: Duration? = nil,
    numbers: Set<PhoneNumberID>? = nil
  ) {
    self.state = state
    self.closingWithin = closingWithin
    self.numbers = numbers
  }
}
