import CustomerCare
import Logging
import ServiceLifecycle
package import Storage

/// The fourth step of a webhook: every journal entry folded into the state.
///
/// Entries are applied in batches, each in a savepoint of its own. What cannot be applied is set aside with its reason, so that
/// no body, however hostile, stops what comes after it.
package struct Applier: Service {
  /// How many entries are folded in one transaction: enough to share its fsync, few enough that a send waits
  /// no longer than some milliseconds behind it.
  package static let batchMax = 16

  private let engine: any SQLEngine
  private let wake: Wake
  private let time: any TimeSource
  private let publishing: Bool
  private let changed: @Sendable () -> Void
  private let logger = Logger(label: "carewindow.apply")

  /// Makes an applier.
  ///
  /// - Parameters:
  ///   - engine: Where journal and state are.
  ///   - wake: Signalled by the intake after each entry.
  ///   - time: Measures the sweep.
  ///   - publishing: False while a journal is replayed: nothing is announced twice.
  ///   - changed: Called after a batch that changed the state, so that what is due or published is looked at.
  package init(
    engine: any SQLEngine,
    wake: Wake,
    time: any TimeSource,
    publishing: Bool = true,
    changed: @escaping @Sendable () -> Void = {}
  ) {
    self.engine = engine
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

  /// Applies one batch.
  ///
  /// - Returns: Whether more may be waiting.
  private func round() async -> Bool {
    do {
      let entries = try await engine.read { unit in
        try Journal.pending(limit: Self.batchMax, in: unit)
      }
      guard !entries.isEmpty else { return false }
      let facts = entries.map(EntryFacts.init(told:))
      let report = try await Apply.apply(facts, publishing: publishing, on: engine)
      if publishing { RequestState.handedOver.count(report.handedOver) }
      for (entry, reason) in report.flagged {
        logger.warning(
          "A journal entry was set aside",
          metadata: ["journal.entry": "\(entry.rawValue)", "journal.flag": "\(reason)"]
        )
      }
      changed()
      return entries.count == Self.batchMax
    } catch {
      logger.error(
        "Journal entries could not be applied; they are tried again",
        metadata: ["store.error": "\(error)"]
      )
      return false
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
