import CustomerCare
import Logging
import ServiceLifecycle
package import Storage

/// The fourth step of a webhook: every journal entry folded into the state.
///
/// Entries are read a page at a time, and folded in small units while further pages are read. What cannot be applied is set
/// aside with its reason, so that no body, however hostile, stops what comes after it.
package struct Applier: Service {
  /// How many entries are read at a time.
  package static let pageMax = 256
  /// How many pages are folded at a time, while one more is read: so that the writer has the next one's units when the last
  /// one's wait for the disk.
  private static let pagesInHand = 2
  /// How many bytes of bodies are read at a time, unless a single body has more.
  package static let pageBytesMax = 1024 * 1024
  /// How many facts are folded in one unit of an engine; a message has about five.
  ///
  /// Where one writer serves all, few enough that a webhook or a send waits no longer than some milliseconds behind
  /// them. On a server nobody waits behind them, and a transaction costs as much as a dozen messages.
  package static func unitFactsMax(on engine: any SQLEngine) -> Int { engine.isShared ? 245 : 49 }

  /// How long a node may have entries in hand, where others wait for them should it die.
  package static let claimTime: Duration = .seconds(15)

  private let engine: any SQLEngine
  private let owner: String
  private let wake: Wake
  private let time: any TimeSource
  private let publishing: Bool
  private let changed: @Sendable () -> Void
  private let logger = Logger(label: "carewindow.apply")

  /// Makes an applier.
  ///
  /// - Parameters:
  ///   - engine: Where journal and state are.
  ///   - owner: Who this node is among those that share a database.
  ///   - wake: Signalled by the intake after each entry.
  ///   - time: Measures the sweep.
  ///   - publishing: False while a journal is replayed: nothing is announced twice.
  ///   - changed: Called after a batch that changed the state, so that what is due or published is looked at.
  package init(
    engine: any SQLEngine,
    owner: String,
    wake: Wake,
    time: any TimeSource,
    publishing: Bool = true,
    changed: @escaping @Sendable () -> Void = {}
  ) {
    self.engine = engine
    self.owner = owner
    self.wake = wake
    self.time = time
    self.publishing = publishing
    self.changed = changed
  }

  /// Applies until the gateway shuts down.
  package func run() async throws {
    await withTaskCancellationOrGracefulShutdownHandler {
      await wake.listen(time) { await round() }
    } onCancelOrGracefulShutdown: {
      wake.finish()
    }
  }

  /// Applies everything that waits now: for verbs and tests, which have no loop.
  package func drain() async {
    while await round() {}
  }

  /// Applies what waits, page after page.
  ///
  /// - Returns: Whether more may be waiting.
  private func round() async -> Bool {
    do {
      return try await withThrowingTaskGroup(of: Void.self) { group in
        var last: JournalEntryID?
        var inHand = 0
        while true {
          let page = try await page(after: last)
          guard let first = page.first?.entry else { break }
          last = page.last?.entry
          if inHand == Self.pagesInHand {
            try await group.next()
            inHand -= 1
          }
          inHand += 1
          group.addTask {
            try await fold(page)
            try await release(from: first)
            changed()
          }
        }
        try await group.waitForAll()
        return last != nil
      }
    } catch {
      logger.error(
        "Journal entries could not be applied; they are tried again",
        metadata: ["store.error": "\(error)"]
      )
      return false
    }
  }
}

extension Applier {
  /// Reads entries that wait, and what they say; those in hand are left out.
  private func page(after: JournalEntryID?) async throws(StoreError) -> [EntryFacts] {
    let (limit, bytesMax) = (Self.pageMax, Self.pageBytesMax)
    let entries =
      if engine.isShared {
        try await engine.write(.apply) { [owner, time] unit in
          let now = time.now
          let lease = Claim.Lease(owner: owner, until: now + Self.claimTime)
          return try Journal.claim(lease, now: now, limit: limit, bytesMax: bytesMax, in: unit)
        }
      } else {
        try await engine.read { unit in
          try Journal.pending(after: after, limit: limit, bytesMax: bytesMax, in: unit)
        }
      }
    return entries.map(EntryFacts.init(told:))
  }

  /// Lets others have what is left of a page, which nothing usually is.
  private func release(from first: JournalEntryID) async throws(StoreError) {
    guard engine.isShared else { return }
    try await engine.write(.apply) { [owner] unit in
      try Journal.release(from: first, of: owner, in: unit)
    }
  }

  /// The facts of a page as units of about the same size, in sequences: only what belongs to one entry
  /// has an order, because its last part says that all of it is applied.
  static func sequences(_ entries: [EntryFacts], factsMax: Int) -> [[[EntryFacts]]] {
    var sequences: [[[EntryFacts]]] = []
    var unit: [EntryFacts] = []
    var count = 0
    for entry in entries {
      let parts = entry.parts(factsMax: factsMax)
      guard parts.count == 1 else {
        sequences.append(parts.map { [$0] })
        continue
      }
      if !unit.isEmpty, count + entry.count > factsMax {
        sequences.append([unit])
        unit = []
        count = 0
      }
      unit.append(entry)
      count += entry.count
    }
    return unit.isEmpty ? sequences : sequences + [[unit]]
  }

  /// Folds a page; its units wait for the writer together, so that it takes as many as it has time for.
  private func fold(_ page: [EntryFacts]) async throws {
    try await withThrowingTaskGroup { group in
      for sequence in Self.sequences(page, factsMax: Self.unitFactsMax(on: engine)) {
        group.addTask { for unit in sequence { try await fold(unit: unit) } }
      }
      try await group.waitForAll()
    }
  }

  private func fold(unit facts: [EntryFacts]) async throws {
    let report = try await Apply.apply(facts, publishing: publishing, on: engine)
    if publishing { RequestState.handedOver.count(report.handedOver) }
    for (entry, reason) in report.flagged {
      logger.warning(
        "A journal entry was set aside",
        metadata: ["journal.entry": "\(entry.rawValue)", "journal.flag": "\(reason)"]
      )
    }
  }
}

extension EntryFacts {
  /// What an entry says, whichever way Meta told us.
  package init(told entry: JournalEntry) {
    switch entry.source {
    case .webhook: self.init(reading: entry)
    case .answer: self = AnswerRecord.facts(of: entry)
    }
  }
}
