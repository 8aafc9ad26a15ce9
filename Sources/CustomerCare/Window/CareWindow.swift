/// The care window of a customer, or a group, with a business number.
package struct CareWindow: Hashable, Sendable {
  /// How long the window stays open after the customer's last message or call.
  package static let length: Duration = .seconds(24 * 60 * 60)

  /// What the ledger says at one instant.
  package enum State: Hashable, Sendable {
    /// Free-form messages are allowed before `until`.
    case open(until: Instant, because: LedgerEntry)
    /// The window was open, or may have been, and is not any more; `because` is what opened it last, or what refuted it.
    case closed(since: Instant, because: LedgerEntry)
    /// The customer never did anything that opens a window.
    case neverOpened
    /// The window may be open until `until`.
    case uncertain(because: Doubt, until: Instant)
  }

  /// Why a window may be open, or may not.
  package struct Doubt: Hashable, Sendable {
    package let reason: UncertaintyReason
    /// The opening in doubt; nil on the connection day, when nothing is known.
    package let opening: LedgerEntry?
    /// Meta's 131047 against the opening, if that is the reason.
    package let report: LedgerEntry?

    /// Creates a doubt.
    package init(
      reason: UncertaintyReason,
      opening: LedgerEntry? = nil,
      report: LedgerEntry? = nil
    ) {
      self.reason = reason
      self.opening = opening
      self.report = report
    }
  }

  /// What the ledger says.
  package let state: State
  /// The instant for which it says so.
  package let asOf: Instant

  /// Creates a window.
  package init(state: State, asOf: Instant) {
    self.state = state
    self.asOf = asOf
  }

  /// Folds the ledger's entries into the window at an instant.
  ///
  /// `person` says which entries are the customer's; nil takes all of them, as for a group.
  package static func fold(
    _ entries: [LedgerEntry],
    of person: Person? = nil,
    at now: Instant,
    number: NumberFacts
  ) -> CareWindow {
    CareWindow(state: .neverOpened, asOf: now)
  }

  /// Whether the window is certainly open at `instant` and for `margin` longer.
  package func isOpen(at instant: Instant, margin: Duration = .zero) -> Bool {
    guard case .open(let until, _) = state else { return false }
    return instant + margin < until
  }

  /// What a message may be at an instant, for any sender.
  package func allowed(at instant: Instant, margin: Duration) -> [AllowedMessage] {
    isOpen(at: instant, margin: margin) ? [.freeForm, .template] : [.template]
  }
}

/// What a message may be.
package enum AllowedMessage: String, Sendable {
  case freeForm = "free_form"
  case template
}
