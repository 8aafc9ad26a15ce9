/// A customer, as far as Meta has told: the aliases that belong together, and since when.
///
/// Persons are a pure function of the facts (`resolve`), so neither order nor repetition of webhooks
/// changes them, and a merge or a split is one more fact, not a migration.
package struct Person: Hashable, Sendable, Identifiable {
  /// An alias in the time it belonged to the person.
  package struct Holding: Hashable, Sendable {
    /// The alias.
    package let alias: Alias
    /// When the person got it; nil if as far back as anything is known.
    package let from: Instant?
    /// The first instant at which it was somebody else's; nil if it still belongs to the person.
    package let until: Instant?
    /// Whether the person can be reached under it now; false once it was given up or passed on.
    package let isPresent: Bool

    /// Creates a holding.
    package init(alias: Alias, from: Instant?, until: Instant?, isPresent: Bool) {
      self.alias = alias
      self.from = from
      self.until = until
      self.isPresent = isPresent
    }

    /// Whether the alias was the person's at an instant.
    package func contains(_ instant: Instant) -> Bool {
      (from ?? .distantPast) <= instant && (until.map { instant < $0 } ?? true)
    }
  }

  /// The customer's id, derived from the oldest of the aliases.
  package let id: CustomerID
  /// Every alias the person has or had, strongest first.
  package let holdings: [Holding]

  /// Creates a person.
  package init(id: CustomerID, holdings: [Holding]) {
    self.id = id
    self.holdings = holdings
  }

  /// The aliases under which the person can be reached now, strongest first.
  package var aliases: [Alias] { holdings.filter(\.isPresent).map(\.alias) }

  /// The aliases the person has given up or lost.
  package var former: [Alias] { holdings.filter { !$0.isPresent }.map(\.alias) }

  /// The person's holding of an alias at an instant; nil if it was not theirs then.
  package func holding(of alias: Alias, at instant: Instant) -> Holding? {
    holdings.first { $0.alias == alias && $0.contains(instant) }
  }
}

extension Person.Holding: Comparable {
  /// Orders holdings by their aliases, strongest first, and those of one alias by time.
  package static func < (one: Self, other: Self) -> Bool {
    (one.alias, one.from ?? .distantPast) < (other.alias, other.from ?? .distantPast)
  }
}

extension Person {
  /// The persons behind some aliases, given everything Meta said about these aliases.
  ///
  /// Neither order nor repetition of the facts matters. Every alias belongs to exactly one of the
  /// persons at every instant, so that no ledger entry is counted twice or lost. A person may be one
  /// whom nobody has met yet: whoever has a number now that a customer gave up.
  ///
  /// - Parameters:
  ///   - facts: With a fact, all facts about both its aliases.
  ///   - aliases: Further aliases, of which nothing was said.
  ///   - scope: Where the aliases name the same people; part of the ids.
  /// - Returns: The persons in the order of their ids, groups among them.
  package static func resolve(
    _ facts: [IdentityFact],
    aliases: Set<Alias> = [],
    in scope: IdentityScope
  ) -> [Person] {
    var graph = IdentityGraph(facts, aliases: aliases)
    return graph.persons(in: scope)
  }
}
