import CustomerCare

/// What one change of a webhook does to the state of one business number.
struct ChangeFold {
  let number: NumberFacts
  let unit: any SQLUnit
  /// The entry's receipt: the only clock of apply.
  let receivedAt: Instant
  let isLate: Bool
  let publishing: Bool

  private let identities: Identities
  private var conversations: ConversationFold {
    ConversationFold(number: number, unit: unit, publishing: publishing, isLate: isLate)
  }

  init(
    number: NumberFacts,
    unit: any SQLUnit,
    receivedAt: Instant,
    isLate: Bool = false,
    publishing: Bool
  ) {
    self.number = number
    self.unit = unit
    self.receivedAt = receivedAt
    self.isLate = isLate
    self.publishing = publishing
    identities = Identities(scope: number.scope, unit: unit)
  }

  /// Folds facts: who is who first, then what was said, then the windows that are touched.
  ///
  /// Returns how many requests were handed over by it.
  @discardableResult
  func fold(_ facts: [CareFact]) throws -> Int {
    try settleIdentities(facts)
    var statuses = StatusFold(self)
    var touched: [Touch] = []
    for fact in facts {
      switch fact {
      case .identity: break
      case .ledger(let entry):
        if let entry = try Ledger(number: number, unit: unit).record(entry) {
          touched.append(Touch(subject: entry.subject, at: entry.at, entry: entry))
        }
      case .message(let message):
        if let subject = try fold(message) {
          touched.append(Touch(subject: subject, at: message.message.at))
        }
      case .media(let media):
        try MediaRows.record(media, of: number.phoneNumberID, at: receivedAt, in: unit)
      case .amendment(let amendment):
        try Messages(number: number.phoneNumberID, unit: unit).record(amendment)
      case .status(let status):
        if let entry = try statuses.fold(status) {
          touched.append(Touch(subject: entry.subject, at: receivedAt, entry: entry))
        }
      case .profile(let profile):
        try Profiles(scope: number.scope, unit: unit).record(profile)
      case .preference(let preference):
        try Preferences.record(preference, number.phoneNumberID, in: unit)
      case .restriction(let restriction):
        try Restrictions.record(restriction, of: number.phoneNumberID.rawValue, in: unit)
      case .template(let template):
        try Templates.record(template, of: number.wabaID, in: unit)
      }
    }
    try refold(touched)
    return statuses.handedOver
  }

  /// Folds the windows of conversations in which something happened.
  private func refold(_ touched: [Touch]) throws {
    var news: [CustomerID: News] = [:]
    for touch in touched {
      // An event of long ago bears on whoever had the alias then, and perhaps on nobody now.
      guard let person = try identities.person(touch.subject, at: touch.at) else { continue }
      news[person.id, default: News(person: person)].add(touch)
    }
    for news in news.values.sorted(by: { $0.person.id < $1.person.id }) {
      let (person, messageAt) = (news.person, news.messageAt)
      if let opening = news.latest,
        try conversations.prolong(person, by: opening, at: receivedAt, messageAt: messageAt)
      {
        continue
      }
      try conversations.refold(person, at: receivedAt, messageAt: messageAt)
    }
  }

  /// Something that happened in a conversation: an entry of its ledger, or a message.
  private struct Touch {
    let subject: Alias
    let at: Instant
    var entry: LedgerEntry?
  }

  /// What happened in one conversation.
  private struct News {
    let person: Person
    /// When the newest message was written.
    var messageAt: Instant?
    /// The latest entry of the ledger; `nil` when there is none, or not all are openings.
    var latest: LedgerEntry? { isPlain ? entry : nil }

    private var entry: LedgerEntry?
    private var isPlain = true

    init(person: Person) {
      self.person = person
    }

    mutating func add(_ touch: Touch) {
      guard let new = touch.entry else {
        messageAt = [messageAt, touch.at].compactMap { $0 }.max()
        return
      }
      isPlain = isPlain && new.openingKind != nil
      if entry.map({ $0.at < new.at }) ?? true { entry = new }
    }
  }

  /// Remembers who is who, and meets everybody who is named for the first time.
  private func settleIdentities(_ facts: [CareFact]) throws {
    var changed: Set<Alias> = []
    var named: Set<Alias> = []
    for fact in facts {
      switch fact {
      case .identity(let fact):
        if try identities.remember(fact) { changed.formUnion([fact.one, fact.other]) }
      case .ledger(let entry): named.insert(entry.subject)
      case .message(let message): named.insert(message.message.subject)
      case .status(let status):
        if let alias = status.alias, status.reference?.neededWindow == true {
          named.insert(alias)
        }
      case .media, .amendment, .profile, .preference, .restriction, .template: break
      }
    }
    for alias in named where try !changed.contains(alias) && identities.person(alias) == nil {
      changed.insert(alias)
    }
    try resettle(changed)
  }

  /// Makes persons again, and moves what is kept by customer, for every number of the scope.
  private func resettle(_ aliases: Set<Alias>) throws {
    guard !aliases.isEmpty else { return }
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

  /// Writes a message; returns whose conversation it belongs to, unless nothing was new.
  private func fold(_ fact: MessageFact) throws -> Alias? {
    guard let novelty = try Messages(number: number.phoneNumberID, unit: unit).record(fact) else {
      return nil
    }
    let message = novelty.now.message
    if publishing, novelty.isNews,
      let customer = try identities.person(message.subject, at: message.at)?.id
    {
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
    return message.subject
  }
}
