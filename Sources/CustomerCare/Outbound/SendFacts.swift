/// Everything `decide` looks at beside the request.
package struct SendFacts: Hashable, Sendable {
  package let now: Instant
  /// How long before its end a window is no longer used.
  package let margin: Duration
  package let window: CareWindow
  /// The business number; nil if nobody added it.
  package let number: NumberFacts?
  package let restrictions: Set<Restriction>
  /// Whether this is the one more try after Meta's 131047 against a certain opening.
  package let isSecondTry: Bool

  /// Creates the facts.
  package init(
    now: Instant,
    margin: Duration,
    window: CareWindow,
    number: NumberFacts?,
    restrictions: Set<Restriction> = [],
    isSecondTry: Bool = false
  ) {
    self.now = now
    self.margin = margin
    self.window = window
    self.number = number
    self.restrictions = restrictions
    self.isSecondTry = isSecondTry
  }
}

/// What Meta, or the owner, has taken from a number.
package enum Restriction: String, CaseIterable, Sendable {
  /// The number is no longer connected to Cloud API (`PARTNER_REMOVED`, `ACCOUNT_DELETED`).
  case disconnected
  /// The number is being moved to another device (`ACCOUNT_OFFBOARDED`), until it is reconnected.
  case offboarded
  /// The account is banned (`DISABLED_UPDATE`).
  case disabled
  /// No templates (`RESTRICTED_BIZ_INITIATED_MESSAGING`).
  case noTemplates = "no_templates"
  /// No replies (`RESTRICTED_CUSTOMER_INITIATED_MESSAGING`).
  case noReplies = "no_replies"
}
