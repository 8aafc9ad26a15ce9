import CustomerCare

/// The window ledger of one business number.
struct Ledger {
  let number: NumberFacts
  let unit: any SQLUnit

  /// Writes an entry, merged with what is known of the same event.
  ///
  /// Returns whether the ledger says anything new.
  func record(_ entry: LedgerEntry) throws -> Bool {
    // Nearly every event is new; only one that is not has to be read.
    if try insert(entry) { return true }
    let known = try unit.first(
      "SELECT \(Self.columns) FROM ledger WHERE phone_number_id = $number AND event_id = $event",
      ["number": .id(number.phoneNumberID), "event": .text(entry.eventID)],
      LedgerEntry.init(row:)
    )
    let merged = known?.merging(entry) ?? entry
    guard merged != known else { return false }
    try unit.run(
      """
      UPDATE ledger SET subject = $subject, kind = $kind, opening_kind = $opening, alias = $alias,
        group_id = $group, at = $at, received_at = $received, doubt = $doubt, live = $live
      WHERE phone_number_id = $number AND event_id = $event
      """,
      parameters(merged)
    )
    return true
  }

  private func insert(_ entry: LedgerEntry) throws -> Bool {
    try unit.run(
      """
      INSERT INTO ledger (phone_number_id, event_id, subject, kind, opening_kind, alias, group_id,
        at, received_at, doubt, live)
      VALUES ($number, $event, $subject, $kind, $opening, $alias, $group, $at, $received, $doubt,
        $live)
      ON CONFLICT (phone_number_id, event_id) DO NOTHING
      """,
      parameters(entry)
    ) == 1
  }

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

  /// How many entries are read at first: in a lively conversation the newest few suffice.
  private static var fewEntries: Int { 4 }

  /// The window with a person, or a group, at an instant.
  ///
  /// Only what the fold looks at is read: nothing before the latest certain opening under a
  /// present alias (`CareWindow.fold`).
  func window(with person: Person, at now: Instant) throws -> CareWindow {
    var entries: [LedgerEntry] = []
    for subject in person.holdings.map(\.alias).uniqued() {
      let few = try newest(subject, limit: Self.fewEntries)
      if few.count < Self.fewEntries || few.contains(where: { hidesOlder($0, of: person) }) {
        entries += few
      } else {
        entries += try since(latestCertainOpening(subject, of: person), subject)
      }
    }
    return .fold(entries, of: person.isGroup ? nil : person, at: now, number: number)
  }

  private func newest(_ subject: Alias, limit: Int) throws -> [LedgerEntry] {
    try unit.rows(
      """
      SELECT \(Self.columns) FROM ledger
      WHERE phone_number_id = $number AND subject = $subject
      ORDER BY at DESC, event_id DESC LIMIT $limit
      """,
      [
        "number": .id(number.phoneNumberID), "subject": .text(subject.key),
        "limit": .integer(limit),
      ],
      LedgerEntry.init(row:)
    )
  }

  private func since(_ from: Instant, _ subject: Alias) throws -> [LedgerEntry] {
    try unit.rows(
      """
      SELECT \(Self.columns) FROM ledger
      WHERE phone_number_id = $number AND subject = $subject AND at >= $from
      """,
      [
        "number": .id(number.phoneNumberID), "subject": .text(subject.key),
        "from": .instant(from),
      ],
      LedgerEntry.init(row:)
    )
  }

  /// Whether nothing before an entry bears on the window.
  private func hidesOlder(_ entry: LedgerEntry, of person: Person) -> Bool {
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

  private func latestCertainOpening(_ subject: Alias, of person: Person) throws -> Instant {
    guard let from = hidingFrom(subject, of: person) else { return .distantPast }
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
    ) { row in try row.instant("at") } ?? .distantPast
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
