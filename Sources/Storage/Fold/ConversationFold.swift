import CustomerCare

/// One conversation's row: the window as of the last time somebody looked, and what was announced.
///
/// The row answers the board and the clock; whoever decides folds the ledger again.
struct ConversationFold {
  let number: NumberFacts
  let unit: any SQLUnit
  /// False while a journal is replayed, where nothing may be announced twice.
  let publishing: Bool
  /// True for an entry that had to be set aside before.
  let isLate: Bool

  /// The row as it was.
  private struct Row {
    var state: String
    var until: Instant?
    var opening: String?
    var asOf: Instant
    var closingAnnounced: Bool
    var lastMessageAt: Instant?
    /// Whether messages wait for the customer.
    var hasParked = false

    func isOpen(at instant: Instant) -> Bool {
      state == "open" && instant < until ?? .distantPast
    }
  }

  /// Folds the window again, writes the row, and announces a window that opened or closed.
  ///
  /// The row is never folded for an earlier instant than before: entries are applied in any order.
  /// How far ahead it was is bounded, so that a clock that was wrong once is forgotten.
  /// `messageAt` is when a message of the conversation was written, if one was; the newest counts,
  /// unless `isWhole`, when it is the newest of all.
  @discardableResult
  func refold(
    _ person: Person,
    at instant: Instant,
    messageAt: Instant? = nil,
    isWhole: Bool = false
  ) throws -> CareWindow {
    let before = try row(of: person.id)
    // Whoever parks a message finds no row to note it in, and this looks for messages that wait: they must not miss each other.
    if before == nil { try unit.isolate() }
    let now = max(instant, min(before?.asOf ?? instant, instant + LedgerEntry.clockSkewMax))
    let window = try Ledger(number: number, unit: unit).window(with: person, at: now)
    var row = Row(state: "never_opened", asOf: now, closingAnnounced: false)
    switch window.state {
    case .open(let until, let entry):
      (row.state, row.until, row.opening) = ("open", until, entry.eventID)
    case .uncertain(let doubt, let until):
      (row.state, row.until, row.opening) = ("uncertain", until, doubt.opening?.eventID)
    case .closed(let since, let entry):
      (row.state, row.until, row.opening) = ("closed", since, entry.eventID)
    case .neverOpened: break
    }
    row.lastMessageAt =
      isWhole ? messageAt : [before?.lastMessageAt, messageAt].compactMap { $0 }.max()
    row.closingAnnounced = before?.opening == row.opening && before?.closingAnnounced == true
    // Of a conversation that had no row nobody noted whether anything waits in it.
    if before?.hasParked ?? true || isWhole {
      row.hasParked = try Parked.release(
        person.id,
        number.phoneNumberID,
        by: window,
        at: instant,
        in: unit
      )
    }
    try write(row, person.id)
    try announce(before, row, person, window)
    return window
  }

  /// The numbers that have conversations with customers.
  static func numbers(
    of customers: Set<CustomerID>,
    in unit: any SQLUnit
  ) throws -> Set<PhoneNumberID> {
    var numbers: Set<PhoneNumberID> = []
    for customer in customers {
      numbers.formUnion(
        try unit.rows(
          "SELECT phone_number_id FROM conversation WHERE customer_id = $customer",
          ["customer": .id(customer)]
        ) { row in try row.id("phone_number_id") }
      )
    }
    return numbers
  }

  /// Notes that a message waits for a customer: whatever happens next, the conversation is looked at as a whole.
  ///
  /// The customer may be writing for the first time just now, and there is no row yet at which both would meet.
  static func noteParked(
    _ customer: CustomerID,
    _ number: PhoneNumberID,
    in unit: any SQLUnit
  ) throws(StoreError) {
    try unit.isolate()
    try unit.run(
      """
      UPDATE conversation SET has_parked = 1
      WHERE phone_number_id = $number AND customer_id = $customer
      """,
      ["number": .id(number), "customer": .id(customer)]
    )
  }

  /// What may prolong a window that is open: all that happened since its row was written are openings.
  struct Prolongation {
    let person: Person
    /// The latest of the openings.
    let opening: LedgerEntry
    /// When the newest of them was received.
    let now: Instant
    /// When the newest message was written; `nil`: there is none among them.
    let messageAt: Instant?
  }

  /// Prolongs windows, each on its own.
  ///
  /// What is older than a certain opening bears on the window no longer, so neither the row nor the
  /// ledger is read. A refusal that came after both was refuted already by a message that went
  /// through, or the row would not be open.
  ///
  /// The row is found by its key: the CASE keeps its conditions from a server that has counted nothing yet, and would look
  /// through all windows that are open.
  ///
  /// Returns for each whether it was; where it was not, nothing was done.
  func prolong(_ prolongations: [Prolongation]) throws -> [Bool] {
    let ledger = Ledger(number: number, unit: unit)
    let isPlain = prolongations.map { ledger.hidesOlder($0.opening, of: $0.person) }
    var changes = try unit.run(
      """
      UPDATE conversation SET until_at = $until, opening = $opening, closing_announced = 0,
        as_of = CASE WHEN as_of > $now THEN as_of ELSE $now END,
        last_message_at = CASE WHEN last_message_at > $message THEN last_message_at
          ELSE COALESCE($message, last_message_at) END
      WHERE phone_number_id = $number AND customer_id = $customer
        AND CASE WHEN state = 'open' AND has_parked = 0 AND until_at < $until AND until_at > $now
          AND until_at > as_of AND as_of <= $latest THEN 1 ELSE 0 END = 1
      """,
      forEach: zip(prolongations, isPlain).filter(\.1).map { parameters($0.0) }
    )[...]
    return isPlain.map { $0 && changes.popFirst() == 1 }
  }

  private func parameters(_ prolongation: Prolongation) -> SQLParameters {
    let (opening, now) = (prolongation.opening, prolongation.now)
    return [
      "until": .instant(opening.at + CareWindow.length), "opening": .text(opening.eventID),
      "now": .instant(now), "message": .instant(prolongation.messageAt),
      "number": .id(number.phoneNumberID), "customer": .id(prolongation.person.id),
      "latest": .instant(now + LedgerEntry.clockSkewMax),
    ]
  }

  /// Moves rows kept by customer after the persons changed.
  func move(_ change: Identities.Change, at instant: Instant) throws {
    for id in change.before.subtracting(change.now.map(\.id)).sorted() { try remove(id) }
    for person in change.now {
      let last = try lastMessage(of: person)
      guard try last != nil || hasAnything(of: person) else { continue }
      try refold(person, at: instant, messageAt: last, isWhole: true)
    }
  }

  private func remove(_ customer: CustomerID) throws {
    try unit.run(
      "DELETE FROM conversation WHERE phone_number_id = $number AND customer_id = $customer",
      ["number": .id(number.phoneNumberID), "customer": .id(customer)]
    )
  }

  private func hasAnything(of person: Person) throws -> Bool {
    for alias in person.holdings.map(\.alias.key).uniqued() {
      let found = try unit.first(
        """
        SELECT 1 AS found WHERE
          EXISTS (SELECT 1 FROM ledger WHERE phone_number_id = $number AND subject = $subject)
          OR EXISTS (SELECT 1 FROM message WHERE phone_number_id = $number AND subject = $subject)
        """,
        ["number": .id(number.phoneNumberID), "subject": .text(alias)]
      ) { row in try row.integer("found") }
      if found != nil { return true }
    }
    return false
  }

  private func lastMessage(of person: Person) throws -> Instant? {
    try unit.first(
      """
      SELECT MAX(m.at) AS at FROM holding h
      JOIN message m ON m.phone_number_id = $number AND m.subject = h.alias
        AND m.at >= h.from_at AND m.at < h.until_at
      WHERE h.customer_id = $customer AND h.scope = $scope
      """,
      [
        "number": .id(number.phoneNumberID), "customer": .id(person.id),
        "scope": .id(number.scope),
      ]
    ) { row in try row.instantIfAny("at") } ?? nil
  }

  private func row(of customer: CustomerID) throws -> Row? {
    try unit.first(
      """
      SELECT state, until_at, opening, as_of, closing_announced, last_message_at, has_parked
      FROM conversation WHERE phone_number_id = $number AND customer_id = $customer
      """,
      ["number": .id(number.phoneNumberID), "customer": .id(customer)]
    ) { row in
      Row(
        state: try row.text("state"),
        until: try row.instantIfAny("until_at"),
        opening: try row.textIfAny("opening"),
        asOf: try row.instant("as_of"),
        closingAnnounced: try row.flag("closing_announced"),
        lastMessageAt: try row.instantIfAny("last_message_at"),
        hasParked: try row.flag("has_parked")
      )
    }
  }

  private func write(_ row: Row, _ customer: CustomerID) throws {
    try unit.run(
      """
      INSERT INTO conversation (phone_number_id, customer_id, state, until_at, opening, as_of,
        closing_announced, last_message_at, has_parked)
      VALUES ($number, $customer, $state, $until, $opening, $as_of, $closing, $last, $parked)
      ON CONFLICT (phone_number_id, customer_id) DO UPDATE SET
        state = excluded.state, until_at = excluded.until_at, opening = excluded.opening,
        as_of = excluded.as_of, closing_announced = excluded.closing_announced,
        last_message_at = excluded.last_message_at, has_parked = excluded.has_parked
      """,
      [
        "number": .id(number.phoneNumberID), "customer": .id(customer),
        "state": .text(row.state), "until": .instant(row.until), "opening": .text(row.opening),
        "as_of": .instant(row.asOf), "closing": .flag(row.closingAnnounced),
        "last": .instant(row.lastMessageAt), "parked": .flag(row.hasParked),
      ]
    )
  }

  private func announce(
    _ before: Row?,
    _ row: Row,
    _ person: Person,
    _ window: CareWindow
  ) throws {
    guard publishing else { return }
    let isOpen = row.isOpen(at: row.asOf)
    if let before, before.state == "open", let opening = before.opening, let until = before.until,
      !before.isOpen(at: row.asOf) || !isOpen
    {
      let end = min(until, closing(of: window))
      try windowEvent(.windowClosed, opening, person, at: end, until: end)
    }
    if case .open(let until, let opening) = window.state, before?.isOpen(at: row.asOf) != true {
      try windowEvent(
        .windowOpened,
        opening.eventID,
        person,
        at: window.openSince ?? opening.at,
        until: until
      )
    }
  }

  /// When a window that is no longer open closed at the latest; for one that is open, now.
  private func closing(of window: CareWindow) -> Instant {
    switch window.state {
    case .closed(let since, _): since
    case .uncertain(let doubt, _): doubt.report?.at ?? window.asOf
    case .open, .neverOpened: window.asOf
    }
  }

  /// Writes an event about a window, whose id comes from the opening and the instant of the change,
  /// so that nodes cannot double it, and a window that opens again is told of again.
  func windowEvent(
    _ kind: CareEvent.Kind,
    _ opening: String,
    _ person: Person,
    at: Instant,
    until: Instant
  ) throws {
    try Publish.append(
      CareEvent(
        kind,
        key: "\(number.phoneNumberID)/\(opening)",
        number: number.phoneNumberID,
        customer: person.id,
        at: at,
        isLate: isLate,
        body: .members([
          "opening": .text(opening), "until": .at(until),
          "aliases": .array(person.aliases.map { .text($0.key) }),
        ])
      ),
      in: unit
    )
  }
}
