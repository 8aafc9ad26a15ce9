/// Something Meta said about two aliases.
///
/// Facts are a set keyed by their pair (`key`), and the earliest evidence for a pair is kept: a user
/// id is regenerated when its person changes the phone number, so a pair that belonged together once
/// never has to be dated again, and a customer who writes ten thousand times costs one fact.
package struct IdentityFact: Hashable, Sendable {
  /// What was said.
  package enum Kind: String, Sendable {
    /// One signed event named both: they are the same customer.
    case together
    /// The customer gave up the first for the second.
    case changed
  }

  /// What was said.
  package let kind: Kind
  /// The former alias of a change; otherwise the stronger of the two.
  package let one: Alias
  /// The new alias of a change; otherwise the weaker of the two.
  package let other: Alias
  /// Meta's timestamp of the earliest event that says so.
  package let at: Instant

  /// Creates the fact that one signed event named both aliases.
  package static func together(_ one: Alias, _ other: Alias, at: Instant) -> IdentityFact {
    IdentityFact(kind: .together, one: min(one, other), other: max(one, other), at: at)
  }

  /// Creates the fact that a customer changed from one alias to another of the same kind.
  ///
  /// One change can be reported up to three times (system message, `user_id_update`, both kinds of
  /// ids); each report says the same fact again.
  package static func changed(from one: Alias, to other: Alias, at: Instant) -> IdentityFact {
    IdentityFact(kind: .changed, one: one, other: other, at: at)
  }

  /// What the fact is about; facts with equal keys are merged.
  package var key: String { "\(kind.rawValue)|\(one.key)|\(other.key)" }

  /// The fact after another report of it: the earliest instant stays.
  package func merging(_ report: IdentityFact) -> IdentityFact {
    precondition(key == report.key, "Only reports of the same fact can be merged.")
    return IdentityFact(kind: kind, one: one, other: other, at: min(at, report.at))
  }
}
