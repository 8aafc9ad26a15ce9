/// The care window of a customer, or a group, with a business number.
///
/// Meta calls it customer service window: for 24 hours after the customer's last message or call the
/// business may write freely; otherwise only approved templates may go out. Nothing the business
/// sends opens or prolongs it.
/// Source: …/whatsapp/messages/send-messages, 2026-05-21; …/calling/pricing, 2026-03-30.
package struct CareWindow: Hashable, Sendable {
  /// How long the window stays open after the customer's last message or call.
  package static let length: Duration = .seconds(24 * 60 * 60)

  /// What the ledger says at one instant.
  package enum State: Hashable, Sendable {
    /// Free-form messages are allowed before `until`, because of the customer's latest opening.
    case open(until: Instant, because: LedgerEntry)
    /// It was open, or may have been, and is no longer; `because` is the last opening, which ran
    /// out, or Meta's 131047, which refuted it.
    case closed(since: Instant, because: LedgerEntry)
    /// The customer never did anything here that opens a window.
    case neverOpened
    /// It may be open until `until`, and Meta does not say.
    case uncertain(because: Doubt, until: Instant)
  }

  /// Why a window may be open, or may not.
  package struct Doubt: Hashable, Sendable {
    /// What is in doubt.
    package let reason: UncertaintyReason
    /// The opening in doubt; nil on the connection day, of which nothing is known.
    package let opening: LedgerEntry?
    /// Meta's 131047 against a certain opening; nil unless it is the reason.
    package let report: LedgerEntry?
    /// Whether programs may send all the same: on the connection day of a number in use.
    package let programsMayTry: Bool

    /// Creates a doubt.
    package init(
      reason: UncertaintyReason,
      opening: LedgerEntry? = nil,
      report: LedgerEntry? = nil,
      programsMayTry: Bool = false
    ) {
      self.reason = reason
      self.opening = opening
      self.report = report
      self.programsMayTry = programsMayTry
    }

    /// How long to wait after Meta's 131047 before the one more try.
    package static let retryDelay: Duration = .seconds(30)

    /// When the one more try may begin; nil unless a 131047 is the reason.
    package var retryNotBefore: Instant? { report.map { $0.at + Self.retryDelay } }
  }

  /// What the ledger says.
  package let state: State
  /// The instant for which it says so.
  package let asOf: Instant
  /// Since when an open window is open without a break: since the opening, or since the message of
  /// ours that proved it after doubt or refusal; nil if it is not open.
  package let openSince: Instant?

  /// Creates a window.
  package init(state: State, asOf: Instant, openSince: Instant? = nil) {
    self.state = state
    self.asOf = asOf
    self.openSince = openSince
  }

  /// Folds the ledger's entries into the window at an instant.
  ///
  /// Order and repetition of the entries do not matter. Entries before the latest certain opening
  /// under a present alias do not either and may be left out.
  ///
  /// - Parameters:
  ///   - entries: Entries of one business number, those of other customers included or not.
  ///   - person: Whose entries count; nil takes all of them, as for a group.
  ///   - now: The instant in question.
  ///   - number: The business number.
  /// - Returns: The window as the entries known now tell it.
  package static func fold(
    _ entries: [LedgerEntry],
    of person: Person? = nil,
    at now: Instant,
    number: NumberFacts
  ) -> CareWindow {
    let ledger = WindowLedger(entries, of: person, number: number)
    let state = ledger.state(at: now)
    return CareWindow(state: state, asOf: now, openSince: ledger.openSince(state))
  }

  /// The state at a later instant, if nothing happens until then.
  package func state(at instant: Instant) -> State {
    switch state {
    case .open(let until, let because) where until <= instant:
      .closed(since: until, because: because)
    case .uncertain(let doubt, let until) where until <= instant:
      doubt.opening.map { .closed(since: until, because: $0) } ?? .neverOpened
    case .open, .closed, .neverOpened, .uncertain: state
    }
  }

  /// Whether the window is certainly open at an instant and stays so for longer than `margin`.
  package func isOpen(at instant: Instant, margin: Duration = .zero) -> Bool {
    guard case .open(let until, _) = state else { return false }
    return instant + margin < until
  }

  /// What a message may be at an instant; `byPerson` for somebody who may try what is uncertain.
  package func allowed(
    at instant: Instant,
    margin: Duration,
    byPerson: Bool = false
  ) -> [AllowedMessage] {
    let freeForm: Bool
    switch state {
    case .open(let until, _): freeForm = instant + margin < until
    case .uncertain(let doubt, let until):
      freeForm = (byPerson || doubt.programsMayTry) && instant + margin < until
    case .closed, .neverOpened: freeForm = false
    }
    return freeForm ? [.freeForm, .template] : [.template]
  }
}

/// What a message may be; the raw values are those of the API's `allowed`.
package enum AllowedMessage: String, CaseIterable, Sendable {
  /// Anything.
  case freeForm = "free_form"
  /// A template that Meta has approved.
  case template
}
