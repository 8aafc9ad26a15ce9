/// Everything `decide` looks at beside the request; read in one transaction.
package struct SendFacts: Hashable, Sendable {
  /// How long before its end a window is no longer used, unless configured otherwise.
  ///
  /// Whether Meta counts the last second is not documented, and a message is judged when Meta handles
  /// it, not when it leaves here. Twice the carrier's deadline for connecting and writing.
  package static let marginDefault: Duration = .seconds(60)

  /// The instant of the decision.
  package let now: Instant
  /// How long before its end a window is no longer used.
  package let margin: Duration
  /// The window with the recipient, folded at `now`.
  package let window: CareWindow
  /// The business number; nil if nobody added it.
  package let number: NumberFacts?
  /// What the number may not do; empty if all is well.
  package let restrictions: Set<Restriction>
  /// Whether the one more try after Meta's 131047 against a certain opening is this request's to make.
  package let isSecondTry: Bool
  /// How many other messages wait for the recipient.
  package let parked: Int
  /// Whether its sender was told before that it waits.
  package let isPromised: Bool
  /// What a template can do for a message whose policy wants one; nil where nobody asked, because the window lets it through.
  package let reengagement: Reengagement?

  /// Creates the facts.
  package init(
    now: Instant,
    margin: Duration = marginDefault,
    window: CareWindow,
    number: NumberFacts?,
    restrictions: Set<Restriction> = [],
    isSecondTry: Bool = false,
    parked: Int = 0,
    isPromised: Bool = false,
    reengagement: Reengagement? = nil
  ) {
    self.now = now
    self.margin = margin
    self.window = window
    self.number = number
    self.restrictions = restrictions
    self.isSecondTry = isSecondTry
    self.parked = parked
    self.isPromised = isPromised
    self.reengagement = reengagement
  }

  /// The same facts, and what a template can do.
  package func with(_ reengagement: Reengagement?) -> SendFacts {
    SendFacts(
      now: now,
      margin: margin,
      window: window,
      number: number,
      restrictions: restrictions,
      isSecondTry: isSecondTry,
      parked: parked,
      isPromised: isPromised,
      reengagement: reengagement
    )
  }
}

/// What a template can do for messages that a closed window keeps back.
package enum Reengagement: Hashable, Sendable {
  /// How long a customer is left alone with one template: a second one in that time reads as a nuisance, and costs.
  package static let pendingFor: Duration = .seconds(24 * 60 * 60)

  /// One went out for an earlier message, and the customer has not answered it yet.
  case pending(RequestID)
  /// What came of looking for one.
  case found(FallbackOutcome)
}

/// What Meta, or the owner, has taken from a number; declared from the gravest.
///
/// Source: …/whatsapp/policy-enforcement, 2025-11-04; `account_update` webhooks.
package enum Restriction: String, CaseIterable, Sendable {
  /// The number is no longer connected to Cloud API (`PARTNER_REMOVED`, `ACCOUNT_DELETED`).
  case disconnected
  /// The number moves to another device, until it is reconnected (`ACCOUNT_OFFBOARDED`).
  case offboarded
  /// The account is locked or banned (`DISABLED_UPDATE`).
  case disabled
  /// Meta takes no templates (`RESTRICTED_BIZ_INITIATED_MESSAGING`).
  case noTemplates = "no_templates"
  /// Meta takes no replies (`RESTRICTED_CUSTOMER_INITIATED_MESSAGING`).
  case noReplies = "no_replies"
}
