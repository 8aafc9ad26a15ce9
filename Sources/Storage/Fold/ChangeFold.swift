import CustomerCare

/// What changes of webhooks do to the state of one business number.
///
/// - How: kind by kind over all of them, because facts are commutative: then each statement runs for many rows, and a
///   server that is far away is asked a few times for a hundred messages.
struct ChangeFold {
  /// What was told at one time.
  struct Change {
    let facts: [CareFact]
    /// The entry's receipt: the only clock of apply.
    let receivedAt: Instant
    /// True for an entry that had to be set aside before.
    var isLate = false
  }

  let number: NumberFacts
  let unit: any SQLUnit
  let publishing: Bool

  private let identities: Identities

  init(number: NumberFacts, unit: any SQLUnit, publishing: Bool) {
    self.number = number
    self.unit = unit
    self.publishing = publishing
    identities = Identities(scope: number.scope, unit: unit)
  }

  /// Folds facts that were told at one time.
  @discardableResult
  func fold(_ facts: [CareFact], receivedAt: Instant) throws -> Int {
    try fold([Change(facts: facts, receivedAt: receivedAt)])
  }

  /// Folds changes: who is who first, then what was said, then the windows that are touched.
  ///
  /// Returns how many requests were handed over by it.
  @discardableResult
  func fold(_ changes: [Change]) throws -> Int {
    try settleIdentities(changes)
    var touched = try foldLedger(changes)
    touched += try foldMessages(changes)
    var handedOver = 0
    var profiles: [ProfileFact] = []
    for change in changes {
      for fact in change.facts {
        switch fact {
        case .identity, .ledger, .message: break  // Folded above.
        case .profile(let profile): profiles.append(profile)
        case .status(let status):
          let found = try StatusFold(fold: self, change: change).fold(status)
          if found.isHandOver { handedOver += 1 }
          if let entry = found.evidence {
            touched.append(
              Touch(subject: entry.subject, at: change.receivedAt, change: change, entry: entry)
            )
          }
        case .media(let media):
          try MediaRows.record(media, of: number.phoneNumberID, at: change.receivedAt, in: unit)
        case .amendment(let amendment):
          try Messages(number: number.phoneNumberID, unit: unit).record(amendment)
        case .preference(let preference):
          try Preferences.record(preference, number.phoneNumberID, in: unit)
        case .restriction(let restriction):
          try Restrictions.record(restriction, of: number.phoneNumberID.rawValue, in: unit)
        case .template(let template):
          try Templates.record(template, of: number.wabaID, in: unit)
        }
      }
    }
    try Profiles(scope: number.scope, unit: unit).record(profiles)
    try refold(touched)
    return handedOver
  }

  private func foldLedger(_ changes: [Change]) throws -> [Touch] {
    let told = changes.flatMap { change in
      change.facts.compactMap { fact in
        if case .ledger(let entry) = fact { (entry, change) } else { nil }
      }
    }
    let recorded = try Ledger(number: number, unit: unit).record(told.map(\.0))
    return zip(recorded, told).compactMap { entry, told in
      entry.map { Touch(subject: $0.subject, at: $0.at, change: told.1, entry: $0) }
    }
  }

  private func foldMessages(_ changes: [Change]) throws -> [Touch] {
    let told = changes.flatMap { change in
      change.facts.compactMap { fact in
        if case .message(let message) = fact { (message, change) } else { nil }
      }
    }
    let recorded = try Messages(number: number.phoneNumberID, unit: unit).record(told.map(\.0))
    return try zip(recorded, told).compactMap { novelty, told in
      guard let novelty else { return nil }
      try publish(novelty, isLate: told.1.isLate)
      return Touch(subject: novelty.now.message.subject, at: told.0.message.at, change: told.1)
    }
  }

  /// Folds the windows of conversations in which something happened.
  private func refold(_ touched: [Touch]) throws {
    var news: [CustomerID: News] = [:]
    for touch in touched {
      // An event of long ago bears on whoever had the alias then, and perhaps on nobody now.
      guard let person = try identities.person(touch.subject, at: touch.at) else { continue }
      news[person.id, default: News(person: person, change: touch.change)].add(touch)
    }
    // In one order, so that two who fold the same conversations do not wait for each other.
    let sorted = news.values.sorted { $0.person.id < $1.person.id }
    let plain = sorted.compactMap(\.prolongation)
    var isProlonged = try conversations(isLate: false).prolong(plain)[...]
    for news in sorted {
      if news.prolongation != nil, isProlonged.popFirst() == true { continue }
      try conversations(isLate: news.isLate)
        .refold(news.person, at: news.receivedAt, messageAt: news.messageAt)
    }
  }

  private func conversations(isLate: Bool) -> ConversationFold {
    ConversationFold(number: number, unit: unit, publishing: publishing, isLate: isLate)
  }

  /// Something that happened in a conversation: an entry of its ledger, or a message.
  private struct Touch {
    let subject: Alias
    let at: Instant
    let change: Change
    var entry: LedgerEntry?
  }

  /// What happened in one conversation.
  private struct News {
    let person: Person
    /// When the newest of it was received.
    private(set) var receivedAt: Instant
    /// Whether all of it had to be set aside before.
    private(set) var isLate: Bool
    /// When the newest message was written.
    private(set) var messageAt: Instant?
    /// The latest entry of the ledger.
    private var entry: LedgerEntry?
    private var isPlain = true

    init(person: Person, change: Change) {
      self.person = person
      (receivedAt, isLate) = (change.receivedAt, change.isLate)
    }

    /// What may prolong its window without a look at it; `nil` unless all entries of the ledger are openings, each of its own.
    var prolongation: ConversationFold.Prolongation? {
      guard isPlain, let entry else { return nil }
      return ConversationFold.Prolongation(
        person: person,
        opening: entry,
        now: receivedAt,
        messageAt: messageAt
      )
    }

    mutating func add(_ touch: Touch) {
      receivedAt = max(receivedAt, touch.change.receivedAt)
      isLate = isLate && touch.change.isLate
      guard let new = touch.entry else {
        messageAt = [messageAt, touch.at].compactMap { $0 }.max()
        return
      }
      // An event that is told of twice is in the ledger as both together make it.
      isPlain = isPlain && new.openingKind != nil && entry?.eventID != new.eventID
      if entry.map({ ($0.at, $0.eventID) < (new.at, new.eventID) }) ?? true { entry = new }
    }
  }

  /// Remembers who is who, and meets everybody who is named for the first time.
  private func settleIdentities(_ changes: [Change]) throws {
    var facts: [IdentityFact] = []
    var named: Set<Alias> = []
    for fact in changes.lazy.flatMap(\.facts) {
      switch fact {
      case .identity(let fact): facts.append(fact)
      case .ledger(let entry): named.insert(entry.subject)
      case .message(let message): named.insert(message.message.subject)
      case .status(let status):
        if let alias = status.alias, status.reference?.neededWindow == true {
          named.insert(alias)
        }
      case .media, .amendment, .profile, .preference, .restriction, .template: break
      }
    }
    try identities.recall(facts, named.sorted())
    var changed: Set<Alias> = []
    for fact in facts where try identities.remember(fact) {
      changed.formUnion([fact.one, fact.other])
    }
    for alias in named where try !changed.contains(alias) && identities.person(alias) == nil {
      changed.insert(alias)
    }
    try resettle(
      changed,
      at: changes.map(\.receivedAt).max() ?? .distantPast,
      isLate: changes.allSatisfy(\.isLate)
    )
  }

  /// Makes persons again, and moves what is kept by customer, for every number of the scope.
  private func resettle(
    _ aliases: Set<Alias>,
    at receivedAt: Instant,
    isLate: Bool
  ) throws {
    guard !aliases.isEmpty else { return }
    // Who is who follows from all facts about all who are named in them: nobody may learn anything of them meanwhile.
    try unit.isolate()
    let changes = try identities.resettle(aliases)
    for change in changes { try RequestRows(unit: unit).follow(change, identities) }
    // Whoever is met for the first time has no conversation yet.
    let moved = changes.filter { !$0.before.isEmpty }
    guard !moved.isEmpty else { return }
    let numbers = try Numbers.facts(in: number.scope, unit)
    for change in moved {
      let rows = try ConversationFold.numbers(of: change.before, in: unit)
      for other in numbers where rows.contains(other.phoneNumberID) {
        try ConversationFold(number: other, unit: unit, publishing: publishing, isLate: isLate)
          .move(change, at: receivedAt)
      }
    }
  }

  /// Tells of a message that is news.
  private func publish(_ novelty: Messages.Novelty, isLate: Bool) throws {
    let message = novelty.now.message
    guard publishing, novelty.isNews,
      let customer = try identities.person(message.subject, at: message.at)?.id
    else { return }
    try Publish.append(
      CareEvent(
        .messageReceived,
        key: "\(number.phoneNumberID)/\(message.id)",
        number: number.phoneNumberID,
        customer: customer,
        at: message.at,
        isLate: isLate,
        body: .members([
          "message": .text(message.id.rawValue), "type": .text(novelty.now.type),
          "alias": .text(message.alias.key),
        ])
      ),
      in: unit
    )
  }
}
