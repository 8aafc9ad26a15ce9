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
    let raw = publishing ? try Deliver.rawCallbacks(in: unit) : []
    let publishing = try publishing && Publish.isHeard(in: unit)
    var report = Report()
    var numbers: [PhoneNumberID: NumberFacts] = [:]
    var done: [JournalEntryID] = []
    for entry in entries {
      do {
        let (unclaimed, handedOver) =
          apart
          ? try unit.savepoint { try apply(entry, publishing: publishing, raw, &numbers, in: unit) }
          : try apply(entry, publishing: publishing, raw, &numbers, in: unit)
        report.unclaimed.formUnion(unclaimed)
        report.handedOver += handedOver
        guard entry.isLast else { continue }
        done.append(entry.entry)
        if let flag = entry.flag {
          try Journal.flag(entry.entry, reason: flag, in: unit)
          report.flagged.append((entry.entry, flag))
        }
      } catch {
        let error = StoreError(reporting: error)
        guard apart, error.isAboutTheUnit else { throw error }
        let reason = "It could not be applied: \(error.code.rawValue): \(error.message)"
        try Journal.flag(entry.entry, reason: reason, in: unit)
        report.flagged.append((entry.entry, reason))
      }
    }
    try Journal.markApplied(done, in: unit)
    report.applied = done.count
    return report
  }

  private static func apply(
    _ entry: EntryFacts,
    publishing: Bool,
    _ raw: [CallbackRecord],
    _ numbers: inout [PhoneNumberID: NumberFacts],
    in unit: any SQLUnit
  ) throws -> (unclaimed: Set<PhoneNumberID>, handedOver: Int) {
    var unclaimed: Set<PhoneNumberID> = []
    var handedOver = 0
    var subjects: Set<Deliver.Subject> = []
    for change in entry.changes {
      guard let id = change.number else {
        try applyToAccount(change, entry, publishing: publishing, in: unit)
        if let account = change.waba { subjects.insert(.account(account)) }
        continue
      }
      if numbers[id] == nil { numbers[id] = try Numbers.find(id, in: unit)?.facts }
      guard let number = numbers[id] else {
        unclaimed.insert(id)
        try keep(entry.entry, for: id, in: unit)
        continue
      }
      let fold = ChangeFold(
        number: number,
        unit: unit,
        receivedAt: entry.receivedAt,
        isLate: entry.isLate,
        publishing: publishing
      )
      handedOver += try fold.fold(change.facts)
      subjects.insert(.number(id))
    }
    if entry.source == .webhook, !raw.isEmpty {
      for subject in subjects { try Deliver.promise(entry, of: subject, to: raw, in: unit) }
    }
    return (unclaimed, handedOver)
  }

  /// What is said about a whole account holds for its numbers, now and later.
  private static func applyToAccount(
    _ change: ChangeFacts,
    _ entry: EntryFacts,
    publishing: Bool,
    in unit: any SQLUnit
  ) throws {
    guard let waba = change.waba else { return }
    var others: [CareFact] = []
    for fact in change.facts {
      switch fact {
      case .restriction(let restriction):
        try Restrictions.record(restriction, of: waba.rawValue, in: unit)
      case .template(let template): try Templates.record(template, of: waba, in: unit)
      default: others.append(fact)
      }
    }
    guard !others.isEmpty, let number = try Numbers.facts(of: waba, unit).first else { return }
    try ChangeFold(
      number: number,
      unit: unit,
      receivedAt: entry.receivedAt,
      isLate: entry.isLate,
      publishing: publishing
    ).fold(others)
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

extension StoreError {
  /// Whether only the unit's own part is to blame, and the transaction still stands.
  var isAboutTheUnit: Bool { [.constraint, .unit, .misuse, .unreadable].contains(code) }
}
