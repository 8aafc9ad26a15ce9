/// Which aliases belong together: user ids and tenures of phone numbers, joined by facts.
struct IdentityGraph {
  /// What belongs to one person for ever.
  private enum Node: Hashable {
    case user(Alias)
    case tenure(of: Alias, Int)
  }

  private var users: Set<Alias> = []
  private var timelines: [Alias: PhoneTimeline] = [:]
  private var groups: Set<Alias> = []
  /// What dialled digits reach.
  private var targets: [Alias: Alias] = [:]
  /// When a user id was given up, and when it was last taken up, by a change.
  private var left: [Alias: Instant] = [:]
  private var taken: [Alias: Instant] = [:]
  private var parents: [Node: Node] = [:]

  /// Sorts the facts by time and joins what they say belongs together.
  init(_ facts: [IdentityFact], aliases: Set<Alias>) {
    let facts = Dictionary(facts.map { ($0.key, $0) }, uniquingKeysWith: { $0.merging($1) })
      .values.filter(\.isUsable)
    meet(aliases.union(facts.flatMap { [$0.one, $0.other] }), facts)
    for event in Self.events(facts) { apply(event) }
    for (phone, timeline) in timelines {
      for (index, tenure) in timeline.tenures.enumerated() {
        if let user = tenure.user { join(.tenure(of: phone, index), .user(user)) }
      }
    }
  }

  private mutating func meet(_ aliases: Set<Alias>, _ facts: [IdentityFact]) {
    let dialled = facts.filter { $0.kind == .together && $0.other.kind == .dialled }
    for fact in dialled.sorted(by: { ($0.at, $0.one) < ($1.at, $1.one) }) {
      targets[fact.other] = fact.one
    }
    for alias in aliases {
      switch alias.kind {
      case .bsuid, .parentBSUID: users.insert(alias)
      case .phone: timelines[alias] = PhoneTimeline()
      case .group: groups.insert(alias)
      case .dialled:
        let target = targets[alias] ?? .phone(alias.value)
        targets[alias] = target
        if target.kind == .phone { timelines[target] = PhoneTimeline() }
      }
    }
  }
}

extension IdentityGraph {
  /// A fact in the order in which facts change what the next one means.
  private enum Event {
    case change(from: Alias, to: Alias, Instant)
    case loss(of: Alias, by: Alias, Instant)
    case sight(Alias, Alias, Instant)

    /// At one instant: who left, then who lost, then who is there.
    var order: (Instant, Int, String) {
      switch self {
      case .change(let from, let to, let at): (at, 0, "\(from.key)|\(to.key)")
      case .loss(let phone, let user, let at): (at, 1, "\(phone.key)|\(user.key)")
      case .sight(let user, let other, let at): (at, 2, "\(user.key)|\(other.key)")
      }
    }
  }

  private static func events(_ facts: [IdentityFact]) -> [Event] {
    var events: [Event] = []
    var phones: [Alias: [Alias]] = [:]
    for fact in facts where fact.kind == .together && fact.other.kind != .dialled {
      events.append(.sight(fact.one, fact.other, fact.at))
      if fact.one.kind == .phone { phones[fact.other, default: []].append(fact.one) }
      if fact.other.kind == .phone { phones[fact.one, default: []].append(fact.other) }
    }
    for fact in facts where fact.kind == .changed {
      events.append(.change(from: fact.one, to: fact.other, fact.at))
      for phone in phones[fact.one] ?? [] {
        events.append(.loss(of: phone, by: fact.one, fact.at))
      }
    }
    return events.sorted { $0.order < $1.order }
  }

  private mutating func apply(_ event: Event) {
    switch event {
    case .change(let from, let to, let at):
      join(leave(from, at), arrive(to, at))
    case .loss(let phone, let user, let at):
      timelines[phone]?.lose(user, at: at)
    case .sight(let one, let other, let at):
      switch (one.kind.isUserID, other.kind.isUserID) {
      case (true, true): join(.user(one), .user(other))
      case (true, false): timelines[other]?.see(one, at: at)
      default: timelines[one]?.see(other, at: at)
      }
    }
  }

  private mutating func leave(_ alias: Alias, _ at: Instant) -> Node {
    guard !alias.kind.isUserID else {
      left[alias] = max(at, left[alias] ?? at)
      return .user(alias)
    }
    return .tenure(of: alias, timelines[alias, default: PhoneTimeline()].leave(at: at))
  }

  private mutating func arrive(_ alias: Alias, _ at: Instant) -> Node {
    guard !alias.kind.isUserID else {
      taken[alias] = max(at, taken[alias] ?? at)
      return .user(alias)
    }
    return .tenure(of: alias, timelines[alias, default: PhoneTimeline()].arrive(at: at))
  }

  private mutating func join(_ one: Node, _ other: Node) {
    let (root, otherRoot) = (self.root(of: one), self.root(of: other))
    if root != otherRoot { parents[root] = otherRoot }
  }

  private mutating func root(of node: Node) -> Node {
    var node = node
    while let parent = parents[node] {
      // Halving the way each time keeps it short, however Meta's facts are chained.
      if let grandparent = parents[parent] { parents[node] = grandparent }
      node = parent
    }
    return node
  }
}

extension IdentityGraph {
  /// The persons, in the order of their ids.
  mutating func persons(in scope: IdentityScope) -> [Person] {
    var members: [Node: [Node]] = [:]
    for user in users { members[root(of: .user(user)), default: []].append(.user(user)) }
    for (phone, timeline) in timelines {
      for index in timeline.tenures.indices {
        let node = Node.tenure(of: phone, index)
        members[root(of: node), default: []].append(node)
      }
    }
    let dialled = Dictionary(grouping: targets.keys) { targets[$0] ?? $0 }
    let customers = members.values.map { nodes in
      Person(
        id: id(of: nodes, in: scope),
        holdings: nodes.flatMap { holdings(of: $0, dialled: dialled) }.sorted()
      )
    }
    let groups = groups.map { group in
      Person(
        id: CustomerID(digestOf: group.key, in: scope),
        holdings: [Person.Holding(alias: group, from: nil, until: nil, isPresent: true)]
      )
    }
    return (customers + groups).sorted { $0.id < $1.id }
  }

  private func holdings(of node: Node, dialled: [Alias: [Alias]]) -> [Person.Holding] {
    let holding: Person.Holding
    switch node {
    case .user(let user):
      holding = Person.Holding(alias: user, from: nil, until: nil, isPresent: isPresent(user))
    case .tenure(let phone, let index):
      let tenures = timelines[phone]?.tenures ?? []
      let isLast = index == tenures.count - 1
      holding = Person.Holding(
        alias: phone,
        from: tenures[index].start,
        until: isLast ? nil : tenures[index + 1].start,
        isPresent: isLast
      )
    }
    let digits = (dialled[holding.alias] ?? []).map { alias in
      Person.Holding(
        alias: alias,
        from: holding.from,
        until: holding.until,
        isPresent: holding.isPresent
      )
    }
    return [holding] + digits
  }

  private func isPresent(_ user: Alias) -> Bool {
    guard let left = left[user] else { return true }
    return taken[user].map { $0 > left } ?? false
  }

  /// The id comes from what the person had first: a phone number in its first known tenure, else a
  /// user id that no change led to, so that learning more about a customer rarely changes the id.
  private func id(of nodes: [Node], in scope: IdentityScope) -> CustomerID {
    let names = nodes.map { node -> (Int, String) in
      switch node {
      case .tenure(let phone, 0): (0, phone.key)
      case .user(let user): (taken[user] == nil ? 1 : 2, user.key)
      case .tenure(let phone, let index): (3, "\(phone.key)#\(index)")
      }
    }
    let oldest = names.min { $0 < $1 }
    return CustomerID(digestOf: oldest?.1 ?? "", in: scope)
  }
}

extension IdentityFact {
  /// Whether it says anything about one person: two numbers, or a group, are never one customer.
  fileprivate var isUsable: Bool {
    let kinds = [one.kind, other.kind]
    switch kind {
    case .together:
      return !kinds.contains(.group) && kinds.contains { $0 != .dialled }
        && kinds != [.phone, .phone]
    case .changed:
      return one != other && kinds.allSatisfy { $0.isUserID || $0 == .phone }
    }
  }
}
