/// A right answer of no.
package enum Refusal: Hashable, Sendable {
  case unknownNumber(PhoneNumberID)
  case numberDisconnected(PhoneNumberID, Restriction)
  case numberRestricted(PhoneNumberID, Restriction)
  case windowClosed(since: Instant, because: LedgerEntry, coexistence: Bool)
  case neverOpened(coexistence: Bool)
  case uncertain(CareWindow.Doubt, until: Instant, coexistence: Bool)
  case insideSafetyMargin(closesAt: Instant, margin: Duration, coexistence: Bool)
  case kindNotAllowed(MessageKind, CareWindow.State)
  case templateNeededButNoneChosen(CareWindow.State)
  case parkNotAvailable(CareWindow.State)
  case schedulingNotAvailable(sendAt: Instant)
  case scheduledInPast(sendAt: Instant, now: Instant)
  case expired(at: Instant, now: Instant)

  /// A language in which a refusal can be said.
  package enum Language: String, CaseIterable, Sendable {
    case english = "en"
    case german = "de"
  }

  /// A stable word for programs, `window_closed`.
  package var code: String { "" }

  /// The refusal in one or two sentences: the rule, the evidence, and what is allowed instead.
  package func sentence(in language: Language) -> String { "" }
}
