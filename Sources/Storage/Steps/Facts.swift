package import CustomerCare

/// Everything one journal entry says, in our words: what apply folds into the state.
package struct EntryFacts: Sendable {
  /// The entry.
  package var entry: JournalEntryID
  /// When it arrived: the only clock of apply.
  package var receivedAt: Instant
  /// True once it had to be set aside: what it publishes is marked late.
  package var isLate: Bool
  /// How Meta told us.
  package var source: JournalEntry.Source
  /// What it says, change by change.
  package var changes: [ChangeFacts]
  /// Why part of it could not be read, in a sentence without personal data; `nil` when all was.
  ///
  /// What could be read is applied all the same.
  package var flag: String?
  /// False for a part that others follow: only the last part marks the entry as applied.
  package var isLast = true

  /// Makes facts.
  package init(of entry: JournalEntry, changes: [ChangeFacts], flag: String? = nil) {
    self.entry = entry.id
    receivedAt = entry.receivedAt
    isLate = entry.isLate
    source = entry.source
    self.changes = changes
    self.flag = flag
  }
}

extension EntryFacts {
  /// How many facts there are.
  package var count: Int { changes.reduce(0) { $0 + $1.facts.count } }

  /// The same facts in parts, none with more than `factsMax`, in order.
  ///
  /// Facts are idempotent and commutative, so parts may be folded in units of their own: whoever
  /// dies between two of them folds all of them again.
  package func parts(factsMax: Int) -> [EntryFacts] {
    guard count > factsMax else { return [self] }
    var parts: [EntryFacts] = []
    var part = self
    part.changes = []
    part.isLast = false
    for change in changes {
      var rest = change.facts[...]
      repeat {
        let taken = rest.prefix(factsMax - part.count)
        rest = rest.dropFirst(taken.count)
        part.changes.append(
          ChangeFacts(number: change.number, waba: change.waba, facts: Array(taken))
        )
        if part.count == factsMax {
          parts.append(part)
          part.changes = []
        }
      } while !rest.isEmpty
    }
    if !part.changes.isEmpty { parts.append(part) }
    parts[parts.count - 1].isLast = true
    return parts
  }
}

/// What one change of a webhook says.
package struct ChangeFacts: Sendable {
  /// The business number it is about; `nil` for a change about a whole account.
  package var number: PhoneNumberID?
  /// The account it is about, where the webhook names it.
  package var waba: WABAID?
  /// What it says.
  package var facts: [CareFact]

  /// Makes facts.
  package init(number: PhoneNumberID?, waba: WABAID? = nil, facts: [CareFact]) {
    self.number = number
    self.waba = waba
    self.facts = facts
  }
}

/// One thing a webhook says.
///
/// Each has its own rule by which reports of it merge, in any order.
package indirect enum CareFact: Sendable, Hashable {
  /// Two aliases belong to one customer, or one became the other.
  case identity(IdentityFact)
  /// Something happened that bears on the window.
  case ledger(LedgerEntry)
  /// A message of a conversation.
  case message(MessageFact)
  /// A file that a message names.
  case media(MediaFact)
  /// A message was edited or revoked.
  case amendment(Amendment)
  /// How far one of our messages came.
  case status(StatusFact)
  /// How a customer calls themselves.
  case profile(ProfileFact)
  /// What a customer wants to receive.
  case preference(PreferenceFact)
  /// What Meta took from a number or account, or gave back.
  case restriction(RestrictionFact)
  /// What Meta says of a template of an account.
  case template(TemplateFact)
}

/// A message with what is needed to show and to send it again.
package struct MessageFact: Sendable, Hashable {
  /// Which way a message went.
  package enum Direction: String, Sendable {
    case inbound = "in"
    case outbound = "out"
  }

  /// The message in our words.
  package var message: StoredMessage {
    didSet {
      if message.content != oldValue.content { content = message.content.stored.string }
    }
  }
  /// What it says, as the column holds it: written out before the writer's turn comes.
  private(set) var content: String
  /// Which way it went.
  package var direction: Direction
  /// Meta's word for its kind, such as `text`.
  package var type: String
  /// Meta's object as JSON text in UTF-8; `nil` where there is none.
  package var raw: [UInt8]?

  /// Makes a fact.
  package init(
    message: StoredMessage,
    direction: Direction,
    type: String,
    raw: [UInt8]? = nil
  ) {
    self.init(
      message: message,
      content: message.content.stored.string,
      direction: direction,
      type: type,
      raw: raw
    )
  }

  /// Makes a fact of a message whose content is written out already.
  init(
    message: StoredMessage,
    content: String,
    direction: Direction,
    type: String,
    raw: [UInt8]?
  ) {
    self.message = message
    self.content = content
    self.direction = direction
    self.type = type
    self.raw = raw
  }
}

/// A status of one of our messages.
package struct StatusFact: Sendable, Hashable {
  /// The message.
  package var message: MessageID
  /// Whom Meta names as the recipient; `nil` when Meta withholds it.
  package var alias: Alias?
  /// In a group: which participant; `nil` otherwise.
  package var participant: Alias?
  /// How far it came.
  package var delivery: Delivery
  /// Meta's timestamp.
  package var at: Instant
  /// Meta's errors, of a failed status.
  package var errors: [MetaRefusal]
  /// Meta's `pricing` object as JSON text in UTF-8.
  package var pricing: [UInt8]?
  /// Our own reference, which came back in `biz_opaque_callback_data`.
  package var reference: AttemptReference?

  /// Makes a fact.
  package init(
    message: MessageID,
    alias: Alias?,
    participant: Alias? = nil,
    delivery: Delivery,
    at: Instant,
    errors: [MetaRefusal] = [],
    pricing: [UInt8]? = nil,
    reference: AttemptReference? = nil
  ) {
    self.message = message
    self.alias = alias
    self.participant = participant
    self.delivery = delivery
    self.at = at
    self.errors = errors
    self.pricing = pricing
    self.reference = reference
  }
}

/// How a customer calls themselves.
package struct ProfileFact: Sendable, Hashable {
  /// The customer.
  package var alias: Alias
  /// The name of their profile.
  package var name: String?
  /// Their user name, for display only: it can change hands.
  package var username: String?
  /// Meta's timestamp; the newest wins.
  package var at: Instant

  /// Makes a fact.
  package init(alias: Alias, name: String?, username: String?, at: Instant) {
    self.alias = alias
    self.name = name
    self.username = username
    self.at = at
  }
}

/// What a customer wants to receive.
package struct PreferenceFact: Sendable, Hashable {
  /// The customer.
  package var alias: Alias
  /// What it is about, such as `marketing_messages`.
  package var category: String
  /// What they want, such as `stop` or `resume`.
  package var value: String
  /// Meta's timestamp; the newest wins.
  package var at: Instant

  /// Makes a fact.
  package init(alias: Alias, category: String, value: String, at: Instant) {
    self.alias = alias
    self.category = category
    self.value = value
    self.at = at
  }
}

/// What Meta took from a number or account, or gave back.
package struct RestrictionFact: Sendable, Hashable {
  /// What was taken.
  package var restriction: Restriction
  /// True when it was taken, false when it was given back.
  package var isImposed: Bool
  /// Meta's timestamp; the newest wins.
  package var at: Instant
  /// When it ends by itself; `nil`: Meta does not say.
  package var until: Instant?

  /// Makes a fact.
  package init(restriction: Restriction, isImposed: Bool, at: Instant, until: Instant? = nil) {
    self.restriction = restriction
    self.isImposed = isImposed
    self.at = at
    self.until = until
  }
}
