import CustomerCare

/// What one change of a webhook does to the state of one business number.
struct ChangeFold {
  let number: NumberFacts
  let unit: any SQLUnit
  /// The entry's receipt: the only clock of apply.
  let receivedAt: Instant
  let isLate: Bool
  let publishing: Bool

  private var identities: Identities { Identities(scope: number.scope, unit: unit) }
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
  }

  /// Folds facts: who is who first, then what was said, then the windows that are touched.
  func fold(_ facts: [CareFact]) throws {
    try settleIdentities(facts)
    var touched: [(subject: Alias, at: Instant, isMessage: Bool)] = []
    for fact in facts {
      switch fact {
      case .identity: break
      case .ledger(let entry):
        if try Ledger(number: number, unit: unit).record(entry) {
          touched.append((entry.subject, entry.at, false))
        }
      case .message(let message):
        if let subject = try fold(message) {
          touched.append((subject, message.message.at, true))
        }
      case .amendment(let amendment):
        try Messages(number: number.phoneNumberID, unit: unit).record(amendment)
      case .status(let status):
        touched += try StatusFold(self).fold(status).map { ($0, receivedAt, false) }
      case .profile(let profile):
        try Profiles(scope: number.scope, unit: unit).record(profile)
      case .preference(let preference):
        try Preferences.record(preference, number.phoneNumberID, in: unit)
      case .restriction(let restriction):
        try Restrictions.record(restriction, of: number.phoneNumberID.rawValue, in: unit)
      }
    }
    try refold(touched)
  }

  /// Folds the windows of conversations in which something happened.
  func refold(_ touched: [(subject: Alias, at: Instant, isMessage: Bool)]) throws {
    var refolded: [CustomerID: Person] = [:]
    for (subject, at, isMessage) in touched {
      // An event of long ago bears on whoever had the alias then, and perhaps on nobody now.
      guard let id = try identities.customer(subject, at: at) ?? identities.customer(subject)
      else { continue }
      if refolded[id] == nil, let person = try identities.person(id) {
        refolded[id] = person
        try conversations.refold(person, at: receivedAt)
      }
      if isMessage { try conversations.messaged(id, at: at) }
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
        if let reference = status.reference, reference.neededWindow {
          named.insert(reference.alias)
        }
      case .amendment, .profile, .preference, .restriction: break
      }
    }
    for alias in named where try !changed.contains(alias) && identities.customer(alias) == nil {
      changed.insert(alias)
    }
    try resettle(changed)
  }

  /// Makes persons again, and moves what is kept by customer, for every number of the scope.
  func resettle(_ aliases: Set<Alias>) throws {
    guard !aliases.isEmpty else { return }
    let change = try identities.resettle(aliases)
    guard !change.before.isEmpty else { return }
    for other in try Numbers.facts(in: number.scope, unit) {
      try ConversationFold(number: other, unit: unit, publishing: publishing, isLate: isLate)
        .move(change, at: receivedAt)
    }
  }

  /// Writes a message; returns whose conversation it belongs to, unless nothing was new.
  private func fold(_ fact: MessageFact) throws -> Alias? {
    let novelty = try Messages(number: number.phoneNumberID, unit: unit).record(fact)
    guard novelty != .nothing else { return nil }
    let message = fact.message
    if publishing, novelty == .first, fact.direction == .inbound, message.origin == .customer,
      let customer = try identities.customer(message.subject, at: message.at)
        ?? identities.customer(message.subject)
    {
      try Publish.append(
        CareEvent(
          id: "message.received/\(number.phoneNumberID)/\(message.id)",
          kind: .messageReceived,
          number: number.phoneNumberID,
          customer: customer,
          at: message.at,
          isLate: isLate,
          body: StoredJSON.members([
            "message": .text(message.id.rawValue), "type": .text(fact.type),
            "alias": .text(message.alias.key),
          ]).string
        ),
        in: unit
      )
    }
    return message.subject
  }
}
