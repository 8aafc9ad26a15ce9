/// One line of the window ledger: an event that bears on whether a window is open.
package struct LedgerEntry: Hashable, Sendable {
  /// What the entry says.
  package enum Kind: Hashable, Sendable {
    /// The customer did something that opens the window, or may.
    case opening(OpeningKind)
    /// Meta refused a free-form message with 131047; `at` is when that attempt's dispatch began.
    case refutation
    /// Meta reported a free-form message as sent; `at` is when that attempt's dispatch began.
    case proof
  }

  /// How sure it is that the event opens the window.
  package enum Certainty: Hashable, Sendable {
    case certain
    case uncertain(UncertaintyReason)
  }

  /// The event's own id: a message's, a call's, or that of our message.
  package let eventID: String
  package let kind: Kind
  package let alias: Alias
  package let groupID: GroupID?
  package let at: Instant
  package let receivedAt: Instant
  package let certainty: Certainty
  package let live: Bool

  /// Creates an entry; times from the future are cut to the receipt.
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
    self.at = at
    self.receivedAt = receivedAt
    self.certainty = certainty
    self.live = live
  }

  /// The entry after another report of the same event.
  package func merging(_ report: LedgerEntry) -> LedgerEntry { self }
}
