/// What is known about a business number.
package struct NumberFacts: Hashable, Sendable {
  /// The number's id at Meta.
  package let phoneNumberID: PhoneNumberID
  /// The WhatsApp Business account that owns it.
  package let wabaID: WABAID
  /// Where customers' aliases name the same people.
  package let scope: IdentityScope
  /// The number as people dial it, `+4930000001`.
  package let displayPhoneNumber: String
  /// When the number was added here.
  package let addedAt: Instant
  /// Whether it was in use at Cloud API before (`--in-use`), so that windows may be open that nobody told us of.
  package let inUse: Bool
  /// Whether the number is used in the WhatsApp Business app as well.
  package let coexistence: Bool
  /// When a Coexistence number was onboarded to Cloud API; nil if not known, or no Coexistence number.
  package let onboardedAt: Instant?
  /// What happens to free-form messages while the window is closed.
  package let ifClosed: ClosedWindowPolicy
  /// Messages a second that Meta takes of the number; nil: the usual, by `PaceRule`.
  package let throughput: Int?
  /// How many messages may leave to one customer at once after a pause; nil: the usual, by `PaceRule`.
  package let pairBurst: Int?

  /// Creates the facts of a number; the scope is its WABA unless a portfolio is known.
  package init(
    phoneNumberID: PhoneNumberID,
    wabaID: WABAID,
    scope: IdentityScope? = nil,
    displayPhoneNumber: String,
    addedAt: Instant,
    inUse: Bool = false,
    coexistence: Bool = false,
    onboardedAt: Instant? = nil,
    ifClosed: ClosedWindowPolicy = .refuse,
    throughput: Int? = nil,
    pairBurst: Int? = nil
  ) {
    self.phoneNumberID = phoneNumberID
    self.wabaID = wabaID
    self.scope = scope ?? IdentityScope(wabaID)
    self.displayPhoneNumber = displayPhoneNumber
    self.addedAt = addedAt
    self.inUse = inUse
    self.coexistence = coexistence
    self.onboardedAt = onboardedAt
    self.ifClosed = ifClosed
    self.throughput = throughput
    self.pairBurst = pairBurst
  }
}

extension NumberFacts {
  /// Whether an event of that instant can open a window of the number.
  ///
  /// A Coexistence number's windows open only by what arrives after it was onboarded to Cloud API.
  /// Source: …/embedded-signup/onboarding-business-app-users, 2025-12-08.
  func isOnboarded(at instant: Instant) -> Bool {
    guard coexistence, let onboardedAt else { return true }
    return instant > onboardedAt
  }

  /// When the last window has ended that may have been opened before the number was added here,
  /// unseen; nil if there was no such time.
  ///
  /// A number in use had windows. A Coexistence number had none before it was onboarded, so only the
  /// time between onboarding and adding is unseen; if onboarding is not dated, all of it.
  var connectionDayEnd: Instant? {
    let wasConnected = coexistence ? (onboardedAt.map { $0 < addedAt } ?? true) : inUse
    return wasConnected ? addedAt + CareWindow.length : nil
  }
}
