package import CustomerCare

/// What Meta's answers to our sends say about windows and customers, as the journal keeps it.
///
/// A refusal with 131047 bears on a window, and `input` -> `wa_id` names a customer, without any
/// webhook. Settle writes such answers into the journal, so that a replay knows them too.
package struct AnswerRecord: Sendable, Hashable {
  /// The business number.
  package var number: PhoneNumberID
  /// Our refused message, which bears on the window; `nil` if it was not refused for that.
  package var refutation: LedgerEntry?
  /// What the answer says about the customer.
  package var identities: [IdentityFact]

  /// Whether there is anything to keep.
  var isEmpty: Bool { refutation == nil && identities.isEmpty }

  /// The facts of a journal entry whose source is `answer`; flagged if it cannot be read.
  package static func facts(of entry: JournalEntry) -> EntryFacts {
    guard let json = try? StoredJSON(parsing: String(decoding: entry.body, as: UTF8.self)),
      let record = try? AnswerRecord(stored: json)
    else {
      return EntryFacts(of: entry, changes: [], flag: "An answer of Meta's cannot be read")
    }
    return EntryFacts(
      of: entry,
      changes: [ChangeFacts(number: record.number, facts: record.facts)]
    )
  }

  /// What it says, for apply.
  var facts: [CareFact] {
    identities.map(CareFact.identity) + (refutation.map { [.ledger($0)] } ?? [])
  }

  /// The record as the journal keeps it.
  var body: [UInt8] {
    Array(
      StoredJSON.members([
        "number": .text(number.rawValue), "refutation": refutation?.stored,
        "identities": .array(
          identities.map { fact in
            .members([
              "kind": .text(fact.kind.rawValue), "one": .text(fact.one.key),
              "other": .text(fact.other.key), "at": .at(fact.at),
            ])
          }
        ),
      ]).string.utf8
    )
  }

  private init(stored json: StoredJSON) throws {
    guard let number = json["number"]?.text else { throw StoreError.unreadable("an answer") }
    self.number = PhoneNumberID(number)
    if let entry = json["refutation"] { refutation = try LedgerEntry(stored: entry) }
    identities = try (json["identities"]?.items ?? []).map { fact in
      guard let one = fact["one"]?.text.flatMap(Alias.init(key:)),
        let other = fact["other"]?.text.flatMap(Alias.init(key:))
      else { throw StoreError.unreadable("an answer") }
      let at = try fact.at("at")
      return fact["kind"]?.text == IdentityFact.Kind.changed.rawValue
        ? .changed(from: one, to: other, at: at) : .together(one, other, at: at)
    }
  }

  /// Keeps what one answer says.
  init(number: PhoneNumberID, refutation: LedgerEntry? = nil, identities: [IdentityFact] = []) {
    self.number = number
    self.refutation = refutation
    self.identities = identities
  }
}
