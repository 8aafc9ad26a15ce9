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
  private let memory = Memory()

  init(scope: IdentityScope, unit: any SQLUnit) {
    self.scope = scope
    self.unit = unit
  }

  /// What was read already: a webhook asks for the same few persons again and again.
  private final class Memory {
    var spans: [Alias: [Span]] = [:]
    var persons: [CustomerID: Person] = [:]
  }

  /// Who had an alias from when until when.
  private struct Span {
    let customer: CustomerID
    let from: Instant
    let until: Instant
    let isPresent: Bool
  }

  /// What a change of the persons means for whatever is kept by customer.
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

  /// Remembers a fact.
  ///
  /// Returns whether it says anything new.
  func remember(_ fact: IdentityFact) throws -> Bool {
    if try knows(fact) { return false }
    var parameters = key(of: fact)
    parameters.append("at", .instant(fact.at))
    try unit.run(
      """
      INSERT INTO identity_fact (scope, kind, one, other, at)
      VALUES ($scope, $kind, $one, $other, $at)
      ON CONFLICT (scope, one, other, kind) DO UPDATE SET at = excluded.at
      """,
      parameters
    )
    return true
  }

  /// Everybody who ever had an alias.
  private func spans(_ alias: Alias) throws -> [Span] {
    if let known = memory.spans[alias] { return known }
    let spans = try unit.rows(
      """
      SELECT customer_id, from_at, until_at, present FROM holding
      WHERE alias = $alias AND scope = $scope
      """,
      ["alias": .text(alias.key), "scope": .id(scope)]
    ) { row in
      Span(
        customer: try row.id("customer_id"),
        from: try row.instant("from_at"),
        until: try row.instant("until_at"),
        isPresent: try row.flag("present")
      )
    }
    memory.spans[alias] = spans
    return spans
  }

  /// The customer who has an alias now, or had it last; `nil` when nobody was met under it.
  func customer(_ alias: Alias) throws -> CustomerID? {
    try spans(alias).max {
      ($0.isPresent ? 1 : 0, $0.from) < ($1.isPresent ? 1 : 0, $1.from)
    }?.customer
  }

  /// The customer who had an alias at an instant; `nil` when nobody was met under it.
  func customer(_ alias: Alias, at instant: Instant) throws -> CustomerID? {
    try spans(alias).filter { $0.from <= instant && instant < $0.until }
      .max { $0.from < $1.from }?.customer
  }

  /// The person who had an alias at an instant, or has it now; `nil` when nobody was met under it.
  func person(_ alias: Alias, at instant: Instant) throws -> Person? {
    try customer(alias, at: instant).flatMap(person) ?? customer(alias).flatMap(person)
  }

  /// The person with an id; `nil` when there is none.
  func person(_ id: CustomerID) throws -> Person? {
    if let known = memory.persons[id] { return known }
    let holdings = try unit.rows(
      """
      SELECT alias, from_at, until_at, present FROM holding
      WHERE customer_id = $customer AND scope = $scope
      """,
      ["customer": .id(id), "scope": .id(scope)]
    ) { row in
      let alias = Alias(key: try row.text("alias"))
      let from = try row.instant("from_at")
      let until = try row.instant("until_at")
      return try alias.map {
        Person.Holding(
          alias: $0,
          from: from == .distantPast ? nil : from,
          until: until == .distantFuture ? nil : until,
          isPresent: try row.flag("present")
        )
      }
    }.compactMap { $0 }
    guard !holdings.isEmpty else { return nil }
    let person = Person(
      id: id,
      holdings: holdings.sorted {
        ($0.alias, $0.from ?? .distantPast) < ($1.alias, $1.from ?? .distantPast)
      }
    )
    memory.persons[id] = person
    return person
  }

  /// The person behind an alias, met or not; nothing is written.
  func person(behind alias: Alias) throws -> Person {
    // Digits that somebody dialled may reach a number that is written differently. Meta's word on that comes first:
    // our own message to these digits has met somebody under them who will never write.
    if alias.kind == .phone, let id = try customer(.dialled(alias.value)),
      let person = try person(id)
    {
      return person
    }
    if let id = try customer(alias), let person = try person(id) { return person }
    return stranger(alias)
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
  func resettle(_ aliases: Set<Alias>) throws -> Change {
    var change = Change()
    defer {
      memory.spans = [:]
      memory.persons = [:]
    }
    var met: Set<Alias> = []
    for alias in aliases.sorted() where !met.contains(alias) {
      let neighbours = try neighbourhood(of: alias)
      met.formUnion(neighbours.met)
      try resettle(neighbours, &change)
    }
    return change
  }

  private func resettle(_ neighbours: Neighbourhood, _ change: inout Change) throws {
    for alias in neighbours.read.sorted() {
      let before = try unit.rows(
        "SELECT DISTINCT customer_id FROM holding WHERE scope = $scope AND alias = $alias",
        ["scope": .id(scope), "alias": .text(alias.key)]
      ) { row in try row.id("customer_id", as: CustomerID.self) }
      guard !before.isEmpty else {
        change.addressed.insert(addressee(alias))
        continue
      }
      change.before.formUnion(before)
      try unit.run(
        "DELETE FROM holding WHERE scope = $scope AND alias = $alias",
        ["scope": .id(scope), "alias": .text(alias.key)]
      )
    }
    for person in Person.resolve(neighbours.facts, aliases: neighbours.read, in: scope) {
      let holdings = person.holdings.filter { neighbours.read.contains($0.alias) }
      guard !holdings.isEmpty else { continue }
      for holding in holdings { try write(holding, of: person.id) }
      change.now.append(Person(id: person.id, holdings: holdings))
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
    var facts: [IdentityFact] = []
    /// Every alias that was named.
    var met: Set<Alias> = []
    /// The aliases about which all facts were read: about the others nothing may be concluded.
    var read: Set<Alias> = []
  }

  /// All facts about an alias, about the aliases these facts name, and so on, the nearest first.
  private func neighbourhood(of alias: Alias) throws -> Neighbourhood {
    var found = Neighbourhood(met: [alias])
    var keys: Set<String> = []
    var open = [alias]
    var next = 0
    while next < open.count, found.facts.count < factsMax {
      let alias = open[next]
      next += 1
      found.read.insert(alias)
      let rows = try unit.rows(
        """
        SELECT kind, one, other, at FROM identity_fact WHERE scope = $scope AND one = $alias
        UNION ALL
        SELECT kind, one, other, at FROM identity_fact WHERE scope = $scope AND other = $alias
        """,
        ["scope": .id(scope), "alias": .text(alias.key)],
        IdentityFact.init(row:)
      )
      for fact in rows {
        guard let fact, keys.insert(fact.key).inserted else { continue }
        found.facts.append(fact)
        for other in [fact.one, fact.other] where found.met.insert(other).inserted {
          open.append(other)
        }
      }
    }
    return found
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
