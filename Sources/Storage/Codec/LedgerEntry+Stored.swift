import CustomerCare

extension LedgerEntry {
  /// The entry as evidence inside a stored verdict.
  var stored: StoredJSON {
    .members([
      "event": .text(eventID), "kind": .text(kindWord),
      "opening": .optional(openingKind?.rawValue), "alias": .text(alias.key),
      "group": .optional(groupID?.rawValue), "at": .integer(at.milliseconds),
      "received_at": .integer(receivedAt.milliseconds), "doubt": .optional(doubt?.rawValue),
      "live": .integer(live ? 1 : 0),
    ])
  }

  /// Reads what `stored` wrote.
  init(stored json: StoredJSON) throws(StoreError) {
    guard let event = json["event"]?.text, let kind = json["kind"]?.text,
      let alias = json["alias"]?.text, let at = json["at"]?.integer,
      let receivedAt = json["received_at"]?.integer
    else { throw .unreadable("a ledger entry") }
    try self.init(
      eventID: event,
      kind: kind,
      opening: json["opening"]?.text,
      alias: alias,
      group: json["group"]?.text,
      at: Instant(milliseconds: at),
      receivedAt: Instant(milliseconds: receivedAt),
      doubt: json["doubt"]?.text,
      live: json["live"]?.integer != 0
    )
  }

  /// Reads a row of the table `ledger`.
  init(row: any SQLRow) throws {
    try self.init(
      eventID: try row.text("event_id"),
      kind: try row.text("kind"),
      opening: try row.textIfAny("opening_kind"),
      alias: try row.text("alias"),
      group: try row.textIfAny("group_id"),
      at: try row.instant("at"),
      receivedAt: try row.instant("received_at"),
      doubt: try row.textIfAny("doubt"),
      live: try row.flag("live")
    )
  }

  /// The word for its kind in the table.
  var kindWord: String {
    switch kind {
    case .opening: "opening"
    case .refutation: "refutation"
    case .proof: "proof"
    }
  }

  /// What opened, if it is an opening.
  var openingKind: OpeningKind? {
    if case .opening(let kind) = kind { kind } else { nil }
  }

  /// Why it is uncertain; `nil` if it is certain.
  var doubt: UncertaintyReason? {
    if case .uncertain(let reason) = certainty { reason } else { nil }
  }

  private init(
    eventID: String,
    kind: String,
    opening: String?,
    alias: String,
    group: String?,
    at: Instant,
    receivedAt: Instant,
    doubt: String?,
    live: Bool
  ) throws(StoreError) {
    guard let alias = Alias(key: alias) else { throw .unreadable("an alias") }
    let meaning: Kind
    switch kind {
    case "refutation": meaning = .refutation
    case "proof": meaning = .proof
    default: meaning = .opening(opening.flatMap(OpeningKind.init(rawValue:)) ?? .unknown)
    }
    self.init(
      eventID: eventID,
      kind: meaning,
      alias: alias,
      groupID: group.map { GroupID($0) },
      at: at,
      receivedAt: receivedAt,
      certainty: doubt.map { .uncertain(UncertaintyReason(rawValue: $0) ?? .unknownKind) }
        ?? .certain,
      live: live
    )
  }
}

extension StoreError {
  /// A column holds something that no release wrote.
  static func unreadable(_ what: String) -> StoreError {
    StoreError(code: .unreadable, message: "The database holds \(what) that cannot be read")
  }
}
