import CustomerCare

/// The window ledger of one business number.
struct Ledger {
  let number: NumberFacts
  let unit: any SQLUnit

  /// Writes an entry, merged with what is known of the same event.
  ///
  /// Returns the entry as the ledger has it now; `nil` when that is nothing new.
  func record(_ entry: LedgerEntry) throws -> LedgerEntry? {
    try record([entry])[0]
  }

  /// Writes entries, each as if it were alone.
  ///
  /// Returns for each what `record(_:)` would.
  func record(_ entries: [LedgerEntry]) throws -> [LedgerEntry?] {
    // Nearly every event is new; only one that is not has to be read.
    let inserted = try unit.run(Self.insertion, forEach: entries.map(parameters))
    return try zip(entries, inserted).map { entry, isNew in
      isNew == 1 ? entry : try merge(entry)
    }
  }

  private func merge(_ entry: LedgerEntry) throws -> LedgerEntry? {
    let known = try unit.first(
      "SELECT \(Self.columns) FROM ledger WHERE phone_number_id = $number AND event_id = $event",
      ["number": .id(number.phoneNumberID), "event": .text(entry.eventID)],
      LedgerEntry.init(row:)
    )
    let merged = known?.merging(entry) ?? entry
    guard merged != known else { return nil }
    try unit.run(
      """
      UPDATE ledger SET subject = $subject, kind = $kind, opening_kind = $opening, alias = $alias,
        group_id = $group, at = $at, received_at = $received, doubt = $doubt, live = $live
      WHERE phone_number_id = $number AND event_id = $event
      """,
      parameters(merged)
    )
    return merged
  }

  private static let insertion = """
    INSERT INTO ledger (phone_number_id, event_id, subject, kind, opening_kind, alias, group_id,
      at, received_at, doubt, live)
    VALUES ($number, $event, $subject, $kind, $opening, $alias, $group, $at, $received, $doubt,
      $live)
    ON CONFLICT (phone_number_id, event_id) DO NOTHING
    """

  private func parameters(_ entry: LedgerEntry) -> SQLParameters {
    [
      "number": .id(number.phoneNumberID), "event": .text(entry.eventID),
      "subject": .text(entry.subject.key), "kind": .text(entry.kindWord),
      "opening": .text(entry.openingKind?.rawValue), "alias": .text(entry.alias.key),
      "group": .id(entry.groupID), "at": .instant(entry.at),
      "received": .instant(entry.receivedAt), "doubt": .text(entry.doubt?.rawValue),
      "live": .flag(entry.live),
    ]
  }

  /// How many entries are read at first, and then: mostly the newest suffices, else the newest few.
  private static var fewEntries: [Int] { [1, 8] }

  /// How long before the last opening an event may still bear on the window: where nothing is
  /// certain, messages that went through prove one opening after the other, each for a day.
  private static var provingSpan: Duration { .seconds(7 * 24 * 60 * 60) }

  /// The time in which an alias was a person's: entries outside of it are somebody else's.
  private struct Tenure {
    let subject: Alias
    let from: Instant
    let until: Instant

    init(_ subject: Alias, of person: Person) {
      let holdings = person.holdings.filter { $0.alias == subject }
      self.subject = subject
      from = holdings.map { $0.from ?? .distantPast }.min() ?? .distantPast
      until = holdings.map { $0.until ?? .distantFuture }.max() ?? .distantFuture
    }
  }

  /// The window with a person, or a group, at an instant.
  ///
  /// Only what the fold looks at is read: nothing before the latest certain opening under a
  /// present alias (`CareWindow.fold`), and where there is none, nothing long before the last.
  func window(with person: Person, at now: Instant) throws -> CareWindow {
    var entries: [LedgerEntry] = []
    for subject in person.holdings.map(\.alias).uniqued() {
      entries += try telling(subject, of: person)
    }
    return .fold(entries, of: person.isGroup ? nil : person, at: now, number: number)
  }

  /// The entries under an alias that bear on the window.
  private func telling(_ subject: Alias, of person: Person) throws -> [LedgerEntry] {
    let tenure = Tenure(subject, of: person)
    var newest: Instant?
    for limit in Self.fewEntries {
      let few = try self.newest(in: tenure, limit: limit)
      if few.count < limit || few.contains(where: { hidesOlder($0, of: person) }) { return few }
      newest = few[0].at
    }
    if let from = try latestCertainOpening(subject, of: person) {
      return try since(from, in: tenure)
    }
    let last = try latestOpening(in: tenure) ?? newest ?? .distantPast
    return try since(last - Self.provingSpan, in: tenure)
  }

  private func newest(in tenure: Tenure, limit: Int) throws -> [LedgerEntry] {
    var parameters = parameters(from: tenure.from, in: tenure)
    parameters.append("limit", .integer(limit))
    return try unit.rows(
      """
      SELECT \(Self.columns) FROM ledger
      WHERE phone_number_id = $number AND subject = $subject AND at >= $from AND at < $until
      ORDER BY at DESC, event_id DESC LIMIT $limit
      """,
      parameters,
      LedgerEntry.init(row:)
    )
  }

  private func since(_ from: Instant, in tenure: Tenure) throws -> [LedgerEntry] {
    try unit.rows(
      """
      SELECT \(Self.columns) FROM ledger
      WHERE phone_number_id = $number AND subject = $subject AND at >= $from AND at < $until
      """,
      parameters(from: max(from, tenure.from), in: tenure),
      LedgerEntry.init(row:)
    )
  }

  /// Whether a person, or a group, has opened the window since an instant.
  func hasOpening(of person: Person, since instant: Instant) throws -> Bool {
    for subject in person.holdings.map(\.alias).uniqued() {
      let last = try latestOpening(in: Tenure(subject, of: person))
      if let last, last >= instant { return true }
    }
    return false
  }

  private func latestOpening(in tenure: Tenure) throws -> Instant? {
    try unit.first(
      """
      SELECT at FROM ledger
      WHERE phone_number_id = $number AND subject = $subject AND at >= $from AND at < $until
        AND kind = 'opening' AND live = 1
      ORDER BY at DESC LIMIT 1
      """,
      parameters(from: tenure.from, in: tenure)
    ) { row in try row.instant("at") }
  }

  private func parameters(from: Instant, in tenure: Tenure) -> SQLParameters {
    [
      "number": .id(number.phoneNumberID), "subject": .text(tenure.subject.key),
      "from": .instant(from), "until": .instant(tenure.until),
    ]
  }

  /// Whether nothing before an entry bears on the window.
  func hidesOlder(_ entry: LedgerEntry, of person: Person) -> Bool {
    guard entry.openingKind != nil, entry.certainty == .certain, entry.live else { return false }
    return entry.at >= hidingFrom(entry.subject, of: person) ?? .distantFuture
  }

  /// From when on a certain opening under an alias hides what is older; `nil`: never, because the
  /// alias was given up.
  private func hidingFrom(_ alias: Alias, of person: Person) -> Instant? {
    guard let holding = person.holdings.last(where: { $0.alias == alias && $0.isPresent }) else {
      return nil
    }
    let from = holding.from ?? .distantPast
    // What came before a Coexistence number was onboarded opens nothing, so it hides nothing.
    guard number.coexistence, let onboardedAt = number.onboardedAt else { return from }
    return max(from, onboardedAt + .milliseconds(1))
  }

  private func latestCertainOpening(_ subject: Alias, of person: Person) throws -> Instant? {
    guard let from = hidingFrom(subject, of: person) else { return nil }
    return try unit.first(
      """
      SELECT at FROM ledger WHERE phone_number_id = $number AND subject = $subject
        AND kind = 'opening' AND doubt IS NULL AND live = 1 AND at >= $from
      ORDER BY at DESC LIMIT 1
      """,
      [
        "number": .id(number.phoneNumberID), "subject": .text(subject.key),
        "from": .instant(from),
      ]
    ) { row in try row.instant("at") }
  }

  /// The columns that `LedgerEntry.init(row:)` reads.
  static let columns =
    "event_id, kind, opening_kind, alias, group_id, at, received_at, doubt, live"
}

extension Person {
  /// Whether it is a group, whose window any member opens.
  var isGroup: Bool { holdings.contains { $0.alias.kind == .group } }
}

extension Sequence where Element: Hashable {
  /// The elements, each once, in the order in which they first occur.
  func uniqued() -> [Element] {
    var seen: Set<Element> = []
    return filter { seen.insert($0).inserted }
  }
}
