/// A right answer of no.
///
/// Each names the rule, the evidence and what is allowed instead (`sentence(in:)`). `coexistence`
/// is whether the same number is used in the WhatsApp Business app, where Meta's rule does not hold.
package indirect enum Refusal: Hashable, Sendable {
  /// Nobody added the business number here.
  case unknownNumber(PhoneNumberID)
  /// The business number is no longer, or for now not, connected to Cloud API.
  case numberDisconnected(PhoneNumberID, Restriction)
  /// Meta has restricted what the business number may send.
  case numberRestricted(PhoneNumberID, Restriction)
  /// The window is closed; `because` is the last opening, which ran out, or Meta's 131047.
  case windowClosed(since: Instant, because: LedgerEntry, coexistence: Bool)
  /// The customer never did anything that opens the window.
  case neverOpened(coexistence: Bool)
  /// The window may be open, and this sender may not try.
  case uncertain(CareWindow.Doubt, until: Instant, coexistence: Bool)
  /// The window is, or may be, open, but for too short a time to be sure that Meta still takes it.
  case insideSafetyMargin(closesAt: Instant, margin: Duration, coexistence: Bool)
  /// It may not be sent now, and means nothing later: reactions, pins and call requests never wait.
  case kindNotAllowed(MessageKind, because: Refusal)
  /// A template should go out instead, and none fits.
  case templateNeededButNoneChosen(FallbackShortfall, because: Refusal)
  /// It should wait for the customer's answer, and too many do already.
  case tooManyParked(max: Int, because: Refusal)
  /// It would expire before the time at which it is to go out.
  case expiresBeforeItsTime(expiresAt: Instant, sendAt: Instant)
  /// It should have gone out before it was asked for.
  case scheduledInPast(sendAt: Instant, now: Instant)
  /// Its sender's time is over.
  case expired(at: Instant, now: Instant)

  /// A stable word for programs, `window_closed`.
  package var code: String {
    switch self {
    case .unknownNumber: "unknown_number"
    case .numberDisconnected: "number_disconnected"
    case .numberRestricted: "number_restricted"
    case .windowClosed: "window_closed"
    case .neverOpened: "never_opened"
    case .uncertain: "window_uncertain"
    case .insideSafetyMargin: "inside_safety_margin"
    case .kindNotAllowed: "kind_not_allowed"
    case .templateNeededButNoneChosen: "no_template_chosen"
    case .tooManyParked: "too_many_parked"
    case .expiresBeforeItsTime: "expires_before_its_time"
    case .scheduledInPast: "scheduled_in_past"
    case .expired: "expired"
    }
  }

  /// What keeps the window shut, if that is why; nil for refusals that have nothing to do with it.
  package var windowRefusal: Refusal? {
    switch self {
    case .windowClosed, .neverOpened, .uncertain, .insideSafetyMargin: self
    case .kindNotAllowed(_, let refusal), .templateNeededButNoneChosen(_, let refusal),
      .tooManyParked(_, let refusal):
      refusal.windowRefusal
    case .unknownNumber, .numberDisconnected, .numberRestricted, .expiresBeforeItsTime,
      .scheduledInPast, .expired:
      nil
    }
  }
}

extension Refusal {
  /// A language in which a refusal can be said; the raw values are BCP 47.
  package enum Language: String, CaseIterable, Sendable {
    /// English.
    case english = "en"
    /// German.
    case german = "de"
  }

  /// The refusal in a few sentences: the rule, the evidence, and what is allowed instead.
  package func sentence(in language: Language) -> String {
    switch language {
    case .english: english
    case .german: german
    }
  }
}
