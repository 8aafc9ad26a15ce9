import CloudAPI
import CustomerCare
import Storage

extension EntryFacts {
  /// What a journal entry says, in our words.
  ///
  /// What cannot be read is flagged; what stands beside it is applied all the same.
  init(reading entry: JournalEntry) {
    do {
      let delivery = try WebhookDelivery.decode(entry.body)
      self.init(
        of: entry,
        changes: delivery.changes.compactMap { ChangeFacts($0, receivedAt: entry.receivedAt) },
        flag: delivery.problems.first.map { "\(delivery.problemCount) unreadable: \($0)" }
      )
    } catch {
      self.init(of: entry, changes: [], flag: "No webhook: \(error)")
    }
  }
}

extension ChangeFacts {
  /// What one change says; `nil` when it says nothing that is remembered.
  fileprivate init?(_ change: Change, receivedAt: Instant) {
    let number = change.phoneNumberID.map { PhoneNumberID($0) }
    var told = Told(
      number: number,
      displayNumber: change.displayPhoneNumber,
      receivedAt: receivedAt
    )
    switch change.value {
    case .messages(let value): told.messages(value)
    case .calls(let value): told.calls(value)
    case .echoes(let value): told.echoes(value)
    case .history(let value): told.history(value)
    case .standby(let value): told.standby(value)
    case .contactSync(let value): told.contactSync(value)
    case .preferences(let value): told.preferences(value)
    case .userIDUpdate(let updates): told.userIDUpdates(updates)
    case .account(let update): told.account(update, at: told.instant(change.time))
    case .templateStatus(let update): told.template(update, at: told.instant(change.time))
    case .templateQuality(let update): told.template(update, at: told.instant(change.time))
    case .templateCategory(let update): told.template(update, at: told.instant(change.time))
    case .templateComponents(let update): told.template(update, at: told.instant(change.time))
    default: break
    }
    let waba = told.waba ?? change.wabaID
    // Nothing may be in it for us: whoever asked for Meta's own words gets them all the same.
    guard number != nil || waba != nil else { return nil }
    self.init(number: number, waba: waba.map { WABAID($0) }, facts: told.facts)
  }
}

/// The facts of one change while they are being collected.
struct Told {
  /// The business number, where the change names one.
  let number: PhoneNumberID?
  /// The business number in digits.
  let displayNumber: String?
  /// The only clock there is: the entry's.
  let receivedAt: Instant
  /// The account, where the value itself names it.
  var waba: String?
  /// What was told.
  var facts: [CareFact] = []

  init(number: PhoneNumberID?, displayNumber: String?, receivedAt: Instant) {
    self.number = number
    self.displayNumber = displayNumber
    self.receivedAt = receivedAt
    facts.reserveCapacity(8)  // A message has four or five.
  }

  /// Meta's timestamp, or the receipt where it is missing or unreadable.
  func instant(_ seconds: Int64?) -> Instant {
    seconds.map { Instant(seconds: $0) } ?? receivedAt
  }

  /// Several names in one signed event belong to one customer.
  mutating func together(_ names: [Alias], at instant: Instant) {
    guard let first = names.first else { return }
    for other in names.dropFirst() where other != first {
      facts.append(.identity(.together(first, other, at: instant)))
    }
  }

  /// The names of a customer, completed by the card of `contacts[]` that shares one of them.
  func names(
    phone: String?,
    userID: String?,
    parentUserID: String?,
    cards: Cards
  ) -> [Alias] {
    let given = Alias.names(phone: phone, userID: userID, parentUserID: parentUserID)
    guard let card = cards.card(of: given) else { return given }
    let adds =
      phone == nil && card.waID != nil || userID == nil && card.userID != nil
      || parentUserID == nil && card.parentUserID != nil
    guard adds else { return given }
    return Alias.names(
      phone: phone ?? card.waID,
      userID: userID ?? card.userID,
      parentUserID: parentUserID ?? card.parentUserID
    )
  }

  /// How the customers of a change call themselves, as of its newest event.
  mutating func profiles(_ cards: [CloudAPI.ContactCard], at instant: Instant) {
    for card in cards where card.name != nil || card.username != nil {
      guard let alias = Alias.names(card).first else { continue }
      facts.append(
        .profile(
          ProfileFact(alias: alias, name: card.name, username: card.username, at: instant)
        )
      )
    }
  }

  /// An event that bears on the window, if its kind does.
  mutating func ledger(
    _ kind: OpeningKind,
    id: String,
    alias: Alias,
    group: GroupID? = nil,
    at instant: Instant
  ) {
    let certainty: LedgerEntry.Certainty
    switch kind.qualification {
    case .opens: certainty = .certain
    case .uncertain(let reason): certainty = .uncertain(reason)
    case .doesNotOpen: return
    }
    facts.append(
      .ledger(
        LedgerEntry(
          eventID: id,
          kind: .opening(kind),
          alias: alias,
          groupID: group,
          at: instant,
          receivedAt: receivedAt,
          certainty: certainty,
          live: true
        )
      )
    )
  }
}
