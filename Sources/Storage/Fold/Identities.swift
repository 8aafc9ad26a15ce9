import CustomerCare

/// The customers of one scope: facts as Meta stated them, persons as they follow from the facts.
///
/// The facts are remembered; the table `holding` is made from them and can be made again.
struct Identities {
  /// How many facts are looked at to find out who one customer is.
  ///
  /// A customer has a handful; more than this only somebody makes up, and then the far end of that
  /// tangle is left as it is rather than the writer held for seconds.
  static var factsMax: Int { 5_000 }

  let scope: IdentityScope
  let unit: any SQLUnit
  var factsMax = Self.factsMax
  private let news = News()

  init(scope: IdentityScope, unit: any SQLUnit) {
    self.scope = scope
    self.unit = unit
  }

  /// What was said just now, and not settled yet.
  private final class News {
    var facts: [Alias: [IdentityFact]] = [:]
  }

  /// What a change of some persons means for whatever is kept by customer.
  struct Change {
    /// Ids that named persons before, and may name others, or nobody, now.
    var before: Set<CustomerID> = []
    /// Ids under which a message may have gone to somebody who is met for the first time now.
    var addressed: Set<CustomerID> = []
    /// The persons now.
    var now: [Person] = []
  }

  /// Whether a fact says nothing new.
  func knows(_ fact: IdentityFact) throws -> Bool {
    let known = try unit.first(
      """
      SELECT at FROM identity_fact
      WHERE scope = $scope AND one = $one AND other = $other AND kind = $kind
      """,
      key(of: fact)
    ) { row in try row.instant("at") }
    return known.map { $0 <= fact.at } ?? false
  }

  /// Looks up what nearly every webhook needs, for many of them at once: who has the stronger alias of each fact, and
  /// since when the fact is known; and who has each of the other aliases.
  func recall(_ facts: [IdentityFact], _ aliases: [Alias]) throws {
    var seen: Set<Alias> = []
    func isNew(_ alias: Alias) -> Bool {
      unit.memory.persons(under: alias, in: scope) == nil && seen.insert(alias).inserted
    }
    let facts = facts.filter { fact in
      unit.memory.date(of: fact, in: scope) == nil && isNew(min(fact.one, fact.other))
    }
    let aliases = aliases.filter(isNew)
    var known: [Instant?] = Array(repeating: nil, count: facts.count)
    let had = try read(
      Self.factQuery,
      forEach: facts.map { fact in
        var parameters = key(of: fact)
        parameters.append("alias", .text(min(fact.one, fact.other).key))
        return parameters
      }
    ) { place, row in known[place] = try row.instantIfAny("known") }
    for (place, fact) in facts.enumerated() {
      unit.memory.remember(had[place], under: min(fact.one, fact.other), in: scope)
      if let since = known[place] { unit.memory.remember(fact, since: since, in: scope) }
    }
    let persons = try read(
      Self.aliasQuery,
      forEach: aliases.map { ["alias": .text($0.key), "scope": .id(scope)] }
    )
    for (alias, persons) in zip(aliases, persons) {
      unit.memory.remember(persons, under: alias, in: scope)
    }
  }

  /// Remembers a fact.
  ///
  /// Returns whether it says anything new.
  func remember(_ fact: IdentityFact) throws -> Bool {
    if isKnown(fact) { return false }
    var parameters = key(of: fact)
    parameters.append("at", .instant(fact.at))
    let changed = try unit.run(
      """
      INSERT INTO identity_fact (scope, kind, one, other, at)
      VALUES ($scope, $kind, $one, $other, $at)
      ON CONFLICT (scope, one, other, kind) DO UPDATE SET at = excluded.at
      WHERE excluded.at < identity_fact.at
      """,
      parameters
    )
    // Where nothing changed it is known since an earlier instant, which says as much of whatever comes later.
    unit.memory.remember(fact, since: fact.at, in: scope)
    guard changed == 1 else { return false }
    for alias in [fact.one, fact.other] { news.facts[alias, default: []].append(fact) }
    return true
  }

  /// Whether a fact is known to say nothing new; for one that was not looked up, nobody knows.
  private func isKnown(_ fact: IdentityFact) -> Bool {
    unit.memory.date(of: fact, in: scope).map { $0 <= fact.at } ?? false
  }

  /// Whether a fact is known, asked together with who has the stronger of its aliases: in nearly every webhook that is
  /// who wrote, and nothing about it is new.
  private static let factQuery = """
    SELECT h.customer_id, h.alias, h.from_at, h.until_at, h.present,
      (SELECT at FROM identity_fact
        WHERE one = $one AND other = $other AND kind = $kind AND scope = $scope) AS known
    FROM holding had JOIN holding h ON h.customer_id = had.customer_id AND h.scope = had.scope
    WHERE had.alias = $alias AND had.scope = $scope ORDER BY had.customer_id
    """

  private static let aliasQuery = """
    SELECT h.customer_id, h.alias, h.from_at, h.until_at, h.present
    FROM holding had JOIN holding h ON h.customer_id = had.customer_id AND h.scope = had.scope
    WHERE had.alias = $alias AND had.scope = $scope ORDER BY had.customer_id
    """

  /// Everybody who ever had an alias.
  private func persons(under alias: Alias) throws -> [Person] {
    if let known = unit.memory.persons(under: alias, in: scope) { return known }
    let parameters: SQLParameters = ["alias": .text(alias.key), "scope": .id(scope)]
    let persons = try read(Self.aliasQuery, forEach: [parameters])[0]
    unit.memory.remember(persons, under: alias, in: scope)
    return persons
  }

  /// Reads persons from rows of their holdings, a person's rows next to each other; `beside` may read more of each.
  ///
  /// Returns them for each set of parameters.
  private func read(
    _ sql: String,
    forEach sets: [SQLParameters],
    beside: (Int, any SQLRow) throws -> Void = { _, _ in }
  ) throws -> [[Person]] {
    var found: [[(id: CustomerID, holdings: [Person.Holding])]] =
      Array(repeating: [], count: sets.count)
    try unit.each(sql, forEach: sets) { place, row in
      try beside(place, row)
      guard let alias = Alias(key: try row.text("alias")) else { return }
      let from = try row.instant("from_at")
      let until = try row.instant("until_at")
      let holding = Person.Holding(
        alias: alias,
        from: from == .distantPast ? nil : from,
        until: until == .distantFuture ? nil : until,
        isPresent: try row.flag("present")
      )
      let id: CustomerID = try row.id("customer_id")
      let last = found[place].count - 1
      if last >= 0, found[place][last].id == id {
        found[place][last].holdings.append(holding)
      } else {
        found[place].append((id, [holding]))
      }
    }
    return found.map { persons in
      // Whoever had the alias twice is read twice.
      persons.map { Person(id: $0.id, holdings: $0.holdings.sorted().withoutRepeats()) }
    }
  }

  /// The person who has an alias now, or had it last; `nil` when nobody was met under it.
  func person(_ alias: Alias) throws -> Person? {
    try latest(alias) { _ in true }
  }

  /// The person who had an alias at an instant, or has it now; `nil` when nobody was met under it.
  func person(_ alias: Alias, at instant: Instant) throws -> Person? {
    try latest(alias) { $0.contains(instant) } ?? person(alias)
  }

  /// Whoever has an alias, or had it last, by the holdings of it that fit.
  private func latest(_ alias: Alias, _ fits: (Person.Holding) -> Bool) throws -> Person? {
    let persons = try persons(under: alias)
    // Few aliases ever pass to somebody else.
    if persons.count == 1 { return persons.first }
    return persons.compactMap { person in
      person.holdings.last { $0.alias == alias && fits($0) }.map { (person, $0) }
    }.max { one, other in
      (one.1.isPresent ? 1 : 0, one.1) < (other.1.isPresent ? 1 : 0, other.1)
    }?.0
  }

  /// The person with an id; `nil` when there is none.
  func person(_ id: CustomerID) throws -> Person? {
    try read(
      """
      SELECT customer_id, alias, from_at, until_at, present FROM holding
      WHERE customer_id = $customer AND scope = $scope
      """,
      forEach: [["customer": .id(id), "scope": .id(scope)]]
    )[0].first
  }

  /// The person behind an alias, met or not; nothing is written.
  func person(behind alias: Alias) throws -> Person {
    // Digits that somebody dialled may reach a number that is written differently. Meta's word on that comes first:
    // our own message to these digits has met somebody under them who will never write.
    if alias.kind == .phone, let person = try person(.dialled(alias.value)) { return person }
    return try person(alias) ?? stranger(alias)
  }

  /// Somebody of whom nothing is known but the alias.
  func stranger(_ alias: Alias) -> Person {
    Person.resolve([], aliases: [alias], in: scope).first
      ?? Person(
        id: CustomerID(alias.key),
        holdings: [Person.Holding(alias: alias, from: nil, until: nil, isPresent: true)]
      )
  }

  /// The alias under which Meta reports what happens with an alias somebody sent to: another one
  /// only for digits that reach a number that is written differently.
  func reported(_ alias: Alias) throws -> Alias {
    guard alias.kind == .phone else { return alias }
    let person = try person(behind: alias)
    if person.holdings.contains(where: { $0.alias == alias }) { return alias }
    return person.aliases.first { $0.kind == .phone } ?? alias
  }

  /// Makes the persons again who are touched by what was learned about some aliases.
  ///
  /// Returns a change for each tangle of aliases.
  func resettle(_ aliases: Set<Alias>) throws -> [Change] {
    var changes: [Change] = []
    var met: Set<Alias> = []
    for alias in aliases.sorted() where !met.contains(alias) {
      let neighbours = try neighbourhood(of: alias)
      met.formUnion(neighbours.met)
      changes.append(try resettle(neighbours))
    }
    news.facts = [:]
    return changes
  }

  private func resettle(_ neighbours: Neighbourhood) throws -> Change {
    var change = Change(before: neighbours.holders)
    for alias in neighbours.read.sorted() {
      if neighbours.strangers.contains(alias) {
        change.addressed.insert(addressee(alias))
      } else {
        try unit.run(
          "DELETE FROM holding WHERE scope = $scope AND alias = $alias",
          ["scope": .id(scope), "alias": .text(alias.key)]
        )
      }
    }
    for person in Person.resolve(Array(neighbours.facts), aliases: neighbours.read, in: scope) {
      let holdings = person.holdings.filter { neighbours.read.contains($0.alias) }
      guard !holdings.isEmpty else { continue }
      for holding in holdings { try write(holding, of: person.id) }
      change.now.append(Person(id: person.id, holdings: holdings))
    }
    remember(change, of: neighbours)
    return change
  }

  /// Knows the persons that were made, unless not all of their aliases were read.
  private func remember(_ change: Change, of neighbours: Neighbourhood) {
    guard neighbours.read.count == neighbours.met.count else { return unit.memory.forget() }
    var persons: [Alias: [Person]] = [:]
    for person in change.now {
      for alias in person.holdings.map(\.alias).uniqued() {
        persons[alias, default: []].append(person)
      }
    }
    for alias in neighbours.read {
      unit.memory.remember(persons[alias] ?? [], under: alias, in: scope)
    }
  }

  /// The customer whom a message went to that was sent before anybody was met under an alias.
  private func addressee(_ alias: Alias) -> CustomerID {
    CustomerID(
      digestOf: (alias.kind == .dialled ? .phone(alias.value) : alias).key,
      in: scope
    )
  }

  /// What was said about some aliases and whom they lead to.
  private struct Neighbourhood {
    var facts: Set<IdentityFact> = []
    /// Every alias that was named.
    var met: Set<Alias> = []
    /// The aliases about which all facts were read: about the others nothing may be concluded.
    var read: Set<Alias> = []
    /// Those of them under which nobody was met yet.
    var strangers: Set<Alias> = []
    /// Who had the others.
    var holders: Set<CustomerID> = []
  }

  /// All facts about an alias, about the aliases these facts name, and so on, the nearest first.
  ///
  /// Whoever is named has a holding from then on: of an alias without one nothing was said before.
  private func neighbourhood(of alias: Alias) throws -> Neighbourhood {
    var found = Neighbourhood(met: [alias])
    var open = [alias]
    var next = 0
    while next < open.count, found.facts.count < factsMax {
      let alias = open[next]
      next += 1
      found.read.insert(alias)
      let holders = try holders(of: alias)
      found.holders.formUnion(holders)
      if holders.isEmpty { found.strangers.insert(alias) }
      let facts = try holders.isEmpty ? news.facts[alias] ?? [] : facts(about: alias)
      for fact in facts where found.facts.insert(fact).inserted {
        for other in [fact.one, fact.other] where found.met.insert(other).inserted {
          open.append(other)
        }
      }
    }
    return found
  }

  private func holders(of alias: Alias) throws -> [CustomerID] {
    if let known = unit.memory.persons(under: alias, in: scope) { return known.map(\.id) }
    return try unit.rows(
      "SELECT customer_id FROM holding WHERE alias = $alias AND scope = $scope",
      ["alias": .text(alias.key), "scope": .id(scope)]
    ) { row in try row.id("customer_id") }
  }

  private func facts(about alias: Alias) throws -> [IdentityFact] {
    try unit.rows(
      """
      SELECT kind, one, other, at FROM identity_fact WHERE scope = $scope AND one = $alias
      UNION ALL
      SELECT kind, one, other, at FROM identity_fact WHERE scope = $scope AND other = $alias
      """,
      ["scope": .id(scope), "alias": .text(alias.key)],
      IdentityFact.init(row:)
    ).compactMap { $0 }
  }

  private func write(_ holding: Person.Holding, of customer: CustomerID) throws {
    try unit.run(
      """
      INSERT INTO holding (scope, alias, customer_id, from_at, until_at, present)
      VALUES ($scope, $alias, $customer, $from, $until, $present)
      ON CONFLICT (scope, alias, customer_id, from_at)
      DO UPDATE SET until_at = excluded.until_at, present = excluded.present
      """,
      [
        "scope": .id(scope), "alias": .text(holding.alias.key), "customer": .id(customer),
        "from": .instant(holding.from ?? .distantPast),
        "until": .instant(holding.until ?? .distantFuture), "present": .flag(holding.isPresent),
      ]
    )
  }

  private func key(of fact: IdentityFact) -> SQLParameters {
    [
      "scope": .id(scope), "one": .text(fact.one.key), "other": .text(fact.other.key),
      "kind": .text(fact.kind.rawValue),
    ]
  }
}

extension IdentityFact {
  /// Reads a row of the table `identity_fact`; `nil` if it names an alias no release wrote.
  init?(row: any SQLRow) throws {
    guard let kind = Kind(rawValue: try row.text("kind")),
      let one = Alias(key: try row.text("one")), let other = Alias(key: try row.text("other"))
    else { return nil }
    let at = try row.instant("at")
    switch kind {
    case .together: self = .together(one, other, at: at)
    case .changed: self = .changed(from: one, to: other, at: at)
    }
  }
}

extension Sequence where Element: Equatable {
  /// The elements without those that equal the one before.
  fileprivate func withoutRepeats() -> [Element] {
    reduce(into: []) { kept, element in
      if kept.last != element { kept.append(element) }
    }
  }
}
