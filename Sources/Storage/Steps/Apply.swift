package import CustomerCare

/// Folds journal entries into the state: idempotent and commutative, each fact by its own rule.
package enum Apply {
  /// What became of the entries.
  package struct Report: Sendable {
    /// Entries whose facts are in the state now, or kept as unclaimed.
    package var applied = 0
    /// Entries that were set aside, with the reason.
    package var flagged: [(entry: JournalEntryID, reason: String)] = []
    /// Requests that were handed over, as a status proved.
    package var handedOver = 0
    /// Numbers nobody added that something was kept for.
    package var unclaimed: Set<PhoneNumberID> = []
  }

  /// Applies entries; one that cannot be applied is flagged and harms no other.
  ///
  /// With `publishing` false nothing is written into the outbox of events: so a journal is replayed
  /// into an empty database.
  package static func apply(
    _ entries: [EntryFacts],
    publishing: Bool,
    on engine: any SQLEngine
  ) async throws(StoreError) -> Report {
    do {
      // Together first: entries rarely fail, and savepoints are dear.
      return try await engine.write(.apply) { unit in
        try apply(entries, apart: false, publishing: publishing, in: unit)
      }
    } catch {
      guard error.isAboutTheUnit else { throw error }
      return try await engine.write(.apply) { unit in
        try apply(entries, publishing: publishing, in: unit)
      }
    }
  }

  /// Applies entries inside a unit of work, a savepoint each.
  package static func apply(
    _ entries: [EntryFacts],
    publishing: Bool,
    in unit: any SQLUnit
  ) throws -> Report {
    try apply(entries, apart: true, publishing: publishing, in: unit)
  }

  private static func apply(
    _ entries: [EntryFacts],
    apart: Bool,
    publishing: Bool,
    in unit: any SQLUnit
  ) throws -> Report {
    // Asked once for all of them.
    var fold = EntriesFold(
      unit: unit,
      publishing: try publishing && Publish.isHeard(in: unit),
      raw: publishing ? try Deliver.rawCallbacks(in: unit) : []
    )
    var report = Report()
    var done: [JournalEntryID] = []
    for entries in apart ? entries.map({ [$0] }) : [entries] {
      do {
        let folded = apart ? try unit.savepoint { try fold.fold(entries) } : try fold.fold(entries)
        report.unclaimed.formUnion(folded.unclaimed)
        report.handedOver += folded.handedOver
        for entry in entries where entry.isLast {
          done.append(entry.entry)
          guard let flag = entry.flag else { continue }
          try Journal.flag(entry.entry, reason: flag, in: unit)
          report.flagged.append((entry.entry, flag))
        }
      } catch {
        let error = StoreError(reporting: error)
        guard apart, error.isAboutTheUnit else { throw error }
        let reason = "It could not be applied: \(error.code.rawValue): \(error.message)"
        for entry in entries {
          try Journal.flag(entry.entry, reason: reason, in: unit)
          report.flagged.append((entry.entry, reason))
        }
      }
    }
    try Journal.markApplied(done, in: unit)
    report.applied = done.count
    return report
  }
}

/// Entries that are folded together: what they say of each business number is folded at once.
private struct EntriesFold {
  let unit: any SQLUnit
  /// Whether anybody listens to events.
  let publishing: Bool
  /// The callbacks that want Meta's own words.
  let raw: [CallbackRecord]

  /// The numbers that were looked up.
  private var numbers: [PhoneNumberID: NumberFacts] = [:]

  init(unit: any SQLUnit, publishing: Bool, raw: [CallbackRecord]) {
    (self.unit, self.publishing, self.raw) = (unit, publishing, raw)
  }

  /// Folds entries, and promises them to whoever wants Meta's own words.
  mutating func fold(
    _ entries: [EntryFacts]
  ) throws -> (unclaimed: Set<PhoneNumberID>, handedOver: Int) {
    var unclaimed: Set<PhoneNumberID> = []
    var told: [PhoneNumberID: [ChangeFold.Change]] = [:]
    for entry in entries {
      var subjects: Set<Deliver.Subject> = []
      for change in entry.changes {
        guard let id = change.number else {
          if let (id, change) = try foldAccount(change, entry) {
            told[id, default: []].append(change)
          }
          if let account = change.waba { subjects.insert(.account(account)) }
          continue
        }
        guard try find(id) != nil else {
          unclaimed.insert(id)
          try Self.keep(entry.entry, for: id, in: unit)
          continue
        }
        told[id, default: []].append(entry.change(change.facts))
        subjects.insert(.number(id))
      }
      if entry.source == .webhook, !raw.isEmpty {
        for subject in subjects { try Deliver.promise(entry, of: subject, to: raw, in: unit) }
      }
    }
    var handedOver = 0
    for (id, changes) in told.sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
      guard let number = numbers[id] else { continue }
      handedOver += try ChangeFold(number: number, unit: unit, publishing: publishing)
        .fold(changes)
    }
    return (unclaimed, handedOver)
  }

  private mutating func find(_ id: PhoneNumberID) throws -> NumberFacts? {
    if numbers[id] == nil { numbers[id] = try Numbers.find(id, in: unit)?.facts }
    return numbers[id]
  }

  /// What is said about a whole account holds for its numbers, now and later.
  ///
  /// Returns what is left for one of its numbers to fold; `nil` when nothing is.
  private mutating func foldAccount(
    _ change: ChangeFacts,
    _ entry: EntryFacts
  ) throws -> (PhoneNumberID, ChangeFold.Change)? {
    guard let waba = change.waba else { return nil }
    var others: [CareFact] = []
    for fact in change.facts {
      switch fact {
      case .restriction(let restriction):
        try Restrictions.record(restriction, of: waba.rawValue, in: unit)
      case .template(let template): try Templates.record(template, of: waba, in: unit)
      default: others.append(fact)
      }
    }
    guard !others.isEmpty, let number = try Numbers.facts(of: waba, unit).first else { return nil }
    numbers[number.phoneNumberID] = number
    return (number.phoneNumberID, entry.change(others))
  }

  private static func keep(
    _ entry: JournalEntryID,
    for number: PhoneNumberID,
    in unit: any SQLUnit
  ) throws {
    try unit.run(
      """
      INSERT INTO journal_unclaimed (phone_number_id, entry) VALUES ($number, $entry)
      ON CONFLICT (phone_number_id, entry) DO NOTHING
      """,
      ["number": .id(number), "entry": .integer(entry.rawValue)]
    )
  }
}

extension EntryFacts {
  /// Some of what it says, as it is folded.
  fileprivate func change(_ facts: [CareFact]) -> ChangeFold.Change {
    ChangeFold.Change(facts: facts, receivedAt: receivedAt, isLate: isLate)
  }
}

extension StoreError {
  /// Whether only the unit's own part is to blame, and the transaction still stands.
  var isAboutTheUnit: Bool { [.constraint, .unit, .misuse, .unreadable].contains(code) }
}
