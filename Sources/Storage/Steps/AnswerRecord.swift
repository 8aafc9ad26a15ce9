package import CustomerCare

/// What Meta's answers to our sends say about windows and customers, as the journal keeps it.
///
/// A refusal with 131047 closes a window, and `input` -> `wa_id` names a customer, without any
/// webhook. Settle writes such answers into the journal, so that a replay knows them too.
package struct AnswerRecord: Sendable, Hashable {
  /// The business number.
  package var number: PhoneNumberID
  /// Our refused message, which refutes the window.
  package var refutation: LedgerEntry?
  /// What the answer says about the customer.
  package var identity: IdentityFact?

  /// The facts of a journal entry whose source is `answer`; flagged if it cannot be read.
  package static func facts(of entry: JournalEntry) -> EntryFacts {
    EntryFacts(of: entry, changes: [])
  }
}
