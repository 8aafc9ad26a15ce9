import CustomerCare

/// What the units of one connection remember of rows they have read or written: who is who.
///
/// - Why: nearly every webhook is from somebody who wrote before, and finding that out again costs more than anything else
///   about it.
/// - How: an engine keeps it from unit to unit while its connection is the only one that writes, and has it forget
///   whenever a part of a unit is undone or somebody else has committed. Where others write in between, every
///   transaction begins with an empty one.
/// - Otherwise: `Identities` is the only one who writes these rows. Whoever else did would have to make it forget.
package final class UnitMemory {
  /// What a fact is about.
  private struct Topic: Hashable {
    let kind: IdentityFact.Kind
    let one: Alias
    let other: Alias

    init(_ fact: IdentityFact) {
      (kind, one, other) = (fact.kind, fact.one, fact.other)
    }
  }

  /// How many aliases and facts are remembered; with more of them it begins anew.
  ///
  /// The customers of a busy day; with a person each they take about ten megabytes.
  static let entriesMax = 20_000

  private var persons: [IdentityScope: [Alias: [Person]]] = [:]
  private var facts: [IdentityScope: [Topic: Instant]] = [:]
  private var entries = 0

  /// Makes one that remembers nothing.
  package init() {}

  /// Remembers nothing any more.
  package func forget() {
    persons = [:]
    facts = [:]
    entries = 0
  }

  /// Everybody who ever had an alias; `nil` when that is not remembered.
  func persons(under alias: Alias, in scope: IdentityScope) -> [Person]? {
    persons[scope]?[alias]
  }

  /// Remembers who ever had an alias.
  func remember(_ persons: [Person], under alias: Alias, in scope: IdentityScope) {
    makeRoom()
    self.persons[scope, default: [:]][alias] = persons
  }

  /// Since when something is said about two aliases; `nil` when that is not remembered.
  func date(of fact: IdentityFact, in scope: IdentityScope) -> Instant? {
    facts[scope]?[Topic(fact)]
  }

  /// Remembers since when something is said about two aliases.
  func remember(_ fact: IdentityFact, since at: Instant, in scope: IdentityScope) {
    makeRoom()
    facts[scope, default: [:]][Topic(fact)] = at
  }

  private func makeRoom() {
    if entries >= Self.entriesMax { forget() }
    entries += 1
  }
}
