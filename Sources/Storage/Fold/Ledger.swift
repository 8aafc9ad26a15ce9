import CustomerCare

/// The window ledger of one business number.
struct Ledger {
  let number: NumberFacts
  let unit: any SQLUnit

  /// Writes an entry, merged with what is known of the same event.
  ///
  /// Returns whether the ledger says anything new.
  func record(_ entry: LedgerEntry) throws -> Bool {
    let known = try unit.first(
      "SELECT \(Self.columns) FROM ledger WHERE phone_number_id = $number AND event_id = $event",
      ["number": .id(number.phoneNumberID), "event": .text(entry.eventID)],
      LedgerEntry.init(row:)
    )
    let merged = known?.merging(entry) ?? entry
    guard merged != known else { return false }
    try unit.run(
      """
      INSERT INTO ledger (phone_number_id, event_id, subject, kind, opening_kind, alias, group_id,
        at, received_at, doubt, live)
      VALUES ($number, $event, $subject, $kind, $opening, $alias, $group, $at, $received, $doubt,
        $live)
      ON CONFLICT (phone_number_id, event_id) DO UPDATE SET
        subject = excluded.subject, kind = excluded.kind, opening_kind = excluded.opening_kind,
        alias = excluded.alias, group_id = excluded.group_id, at = excluded.at,
        received_at = excluded.received_at, doubt = excluded.doubt, live = excluded.live
      """,
      [
        "number": .id(number.phoneNumberID), "event": .text(merged.eventID),
        "subject": .text(merged.subject.key), "kind": .text(merged.kindWord),
        "opening": .text(merged.openingKind?.rawValue), "alias": .text(merged.alias.key),
        "group": .id(merged.groupID), "at": .instant(merged.at),
        "received": .instant(merged.receivedAt), "doubt": .text(merged.doubt?.rawValue),
        "live": .flag(merged.live),
      ]
    )
    return true
  }

  /// The window with a person, or a group, at an instant.
  ///
  /// Only what the fold looks at is read: nothing before the latest certain opening under a
  /// present alias (`CareWindow.fold`).
  func window(with person: Person, at now: Instant) throws -> CareWindow {
    let from = try latestCertainOpening(of: person) ?? .distantPast
    let entries = try person.holdings.map(\.alias.key).uniqued().flatMap { subject in
      try unit.rows(
        """
        SELECT \(Self.columns) FROM ledger
        WHERE phone_number_id = $number AND subject = $subject AND at >= $from
        """,
        [
          "number": .id(number.phoneNumberID), "subject": .text(subject), "from": .instant(from),
        ],
        LedgerEntry.init(row:)
      )
    }
    return .fold(entries, of: person.isGroup ? nil : person, at: now, number: number)
  }

  private func latestCertainOpening(of person: Person) throws -> Instant? {
    var latest: Instant?
    for holding in person.holdings where holding.isPresent {
      var from = holding.from ?? .distantPast
      // What came before a Coexistence number was onboarded opens nothing, so it hides nothing.
      if number.coexistence, let onboardedAt = number.onboardedAt {
        from = max(from, onboardedAt + .milliseconds(1))
      }
      let at = try unit.first(
        """
        SELECT at FROM ledger WHERE phone_number_id = $number AND subject = $subject
          AND kind = 'opening' AND doubt IS NULL AND live = 1 AND at >= $from
        ORDER BY at DESC LIMIT 1
        """,
        [
          "number": .id(number.phoneNumberID), "subject": .text(holding.alias.key),
          "from": .instant(from),
        ]
      ) { row in try row.instant("at") }
      if let at, at > latest ?? .distantPast { latest = at }
    }
    return latest
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
