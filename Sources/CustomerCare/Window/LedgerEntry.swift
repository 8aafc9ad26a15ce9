/// One line of the window ledger: an event that bears on whether a window is open.
///
/// The ledger is a set keyed by the event's own id. Meta repeats, reorders and corrects itself, so
/// two reports of one event are merged by a rule that knows no order (`merging`).
package struct LedgerEntry: Hashable, Sendable {
  /// What the entry says.
  package enum Kind: Hashable, Sendable {
    /// The customer did something that opens the window, or may.
    case opening(OpeningKind)
    /// Meta refused a free-form message of ours with 131047; `at` is when its dispatch began.
    case refutation
    /// Meta reported a free-form message of ours as sent; `at` is when its dispatch began.
    case proof
  }

  /// How sure it is that an opening opens.
  package enum Certainty: Hashable, Sendable {
    /// Meta's documents say that it does.
    case certain
    /// They are silent, about what the reason says.
    case uncertain(UncertaintyReason)
  }

  /// The event's own id at Meta: a message's, a call's, or that of our message.
  package let eventID: String
  /// What the entry says.
  package let kind: Kind
  /// The strongest alias the event named, or the one our message went to; never rewritten.
  package let alias: Alias
  /// The group it happened in: then it bears on the group's window, and on no member's own.
  package let groupID: GroupID?
  /// Meta's timestamp; for our messages, when their dispatch began.
  package let at: Instant
  /// When the first report of it reached us.
  package let receivedAt: Instant
  /// How sure an opening is; `certain` for the others.
  package let certainty: Certainty
  /// Whether an opening came as it happened; an imported one (history) is kept but never opens.
  ///
  /// True for the others.
  package let live: Bool

  /// How far Meta's clock may run before ours.
  ///
  /// Five minutes is far more than two clocks kept by NTP differ, and short of anything worth gaining.
  package static let clockSkewMax: Duration = .seconds(300)

  /// Creates an entry; an `at` from the future is cut.
  ///
  /// An event cannot have happened after we learned of it. Up to `clockSkewMax` the difference is our
  /// clocks'; beyond it the timestamp is wrong and the receipt takes its place: the latest instant at
  /// which the event can have happened, by our own clock.
  package init(
    eventID: String,
    kind: Kind,
    alias: Alias,
    groupID: GroupID? = nil,
    at: Instant,
    receivedAt: Instant,
    certainty: Certainty = .certain,
    live: Bool = true
  ) {
    self.eventID = eventID
    self.kind = kind
    self.alias = alias
    self.groupID = groupID
    self.at = at > receivedAt + Self.clockSkewMax ? receivedAt : at
    self.receivedAt = receivedAt
    let isOpening = if case .opening = kind { true } else { false }
    self.certainty = isOpening ? certainty : .certain
    self.live = !isOpening || live
  }

  /// The entry of a customer's event, as sure as its kind is; nil if events of its kind do not open.
  package static func opening(
    _ kind: OpeningKind,
    eventID: String,
    alias: Alias,
    groupID: GroupID? = nil,
    at: Instant,
    receivedAt: Instant,
    live: Bool = true
  ) -> LedgerEntry? {
    let certainty: Certainty
    switch kind.qualification {
    case .opens: certainty = .certain
    case .uncertain(let reason): certainty = .uncertain(reason)
    case .doesNotOpen: return nil
    }
    return LedgerEntry(
      eventID: eventID,
      kind: .opening(kind),
      alias: alias,
      groupID: groupID,
      at: at,
      receivedAt: receivedAt,
      certainty: certainty,
      live: live
    )
  }

  /// The entry of a 131047 that Meta gave a free-form message of ours, at once or by webhook.
  package static func refutation(
    of message: String,
    alias: Alias,
    groupID: GroupID? = nil,
    dispatchedAt: Instant,
    receivedAt: Instant
  ) -> LedgerEntry {
    LedgerEntry(
      eventID: message,
      kind: .refutation,
      alias: alias,
      groupID: groupID,
      at: dispatchedAt,
      receivedAt: receivedAt
    )
  }

  /// The entry of the first status `sent`, `delivered`, `read` or `played` of a free-form message of ours.
  package static func proof(
    of message: String,
    alias: Alias,
    groupID: GroupID? = nil,
    dispatchedAt: Instant,
    receivedAt: Instant
  ) -> LedgerEntry {
    LedgerEntry(
      eventID: message,
      kind: .proof,
      alias: alias,
      groupID: groupID,
      at: dispatchedAt,
      receivedAt: receivedAt
    )
  }

  /// What the customer did, if it is an opening.
  package var openingKind: OpeningKind? {
    if case .opening(let kind) = kind { kind } else { nil }
  }

  /// Whose window it bears on: the group's, or the customer's.
  package var subject: Alias { groupID.map(Alias.group) ?? alias }
}

extension LedgerEntry {
  /// The entry after another report of the same event; the order of reports does not matter.
  ///
  /// The earliest instant stays, so that a call counts from its first sign. What the event is comes
  /// from the report that is surest of it, so that certainty only rises: a placeholder gives way to
  /// the message, an import to the live event, and `sent` to the 131047 that followed it.
  package func merging(_ report: LedgerEntry) -> LedgerEntry {
    precondition(eventID == report.eventID, "Only reports of the same event can be merged.")
    let surest = outranks(report) ? self : report
    return LedgerEntry(
      eventID: eventID,
      kind: surest.kind,
      alias: min(alias, report.alias),
      groupID: [groupID, report.groupID].compactMap { $0 }.min(),
      at: min(at, report.at),
      receivedAt: min(receivedAt, report.receivedAt),
      certainty: surest.certainty,
      live: surest.live
    )
  }

  private func outranks(_ other: LedgerEntry) -> Bool {
    rank == other.rank ? tieBreak < other.tieBreak : rank > other.rank
  }

  private var rank: Int {
    switch kind {
    case .refutation: 5
    case .proof: 4
    case .opening: (live ? 2 : 0) + (certainty == .certain ? 1 : 0)
    }
  }

  private var tieBreak: String {
    guard let kind = openingKind else { return "" }
    guard case .uncertain(let reason) = certainty else { return kind.rawValue }
    return "\(kind.rawValue) \(reason.rawValue)"
  }
}
