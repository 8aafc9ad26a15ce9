import CustomerCare
import Logging
import ServiceLifecycle
package import Storage

/// The third flow: time.
///
/// What is due is asked of the database on every wake-up and every second; nothing waits in memory.
///
/// So a crash, a merge, a late webhook and a moved clock all behave the same: whoever looks next does what is due.
package struct Due: Service {
  /// How much one round does of each kind, so that a send never waits long behind it.
  package static let batchMax = 256
  /// How long before its end a window is announced as closing: an hour is time enough for a person to answer.
  package static let closingLead: Duration = .seconds(60 * 60)

  private let announce: Announce
  private let release: Release
  private let prune: PruneMedia
  private let wake: Wake
  private let time: any TimeSource
  private let logger = Logger(label: "carewindow.due")

  /// Makes the flow of time.
  ///
  /// - Parameters:
  ///   - engine: Where it is remembered.
  ///   - outbox: Carries what was accepted and nobody carries.
  ///   - wake: Signalled whenever something may have become due.
  ///   - time: What "due" means.
  ///   - keepFor: How long files are kept.
  ///   - changed: Called after a round that wrote events.
  package init(
    engine: any SQLEngine,
    outbox: Outbox,
    wake: Wake,
    time: any TimeSource,
    keepFor: Duration = MediaLimits().keepFor,
    changed: @escaping @Sendable () -> Void = {}
  ) {
    announce = Announce(engine: engine, time: time, changed: changed)
    release = Release(engine: engine, outbox: outbox, time: time)
    prune = PruneMedia(engine: engine, time: time, keepFor: keepFor)
    self.wake = wake
    self.time = time
  }

  /// Does what is due until the gateway shuts down.
  package func run() async throws {
    await withTaskCancellationOrGracefulShutdownHandler {
      await wake.listen(time) { await round() }
    } onCancelOrGracefulShutdown: {
      wake.finish()
    }
  }

  /// Does everything that is due now.
  ///
  /// - Returns: Whether more may be due.
  package func round() async -> Bool {
    do {
      let isFull = try await announce.round()
      try await release.round()
      return try await prune.round() || isFull
    } catch {
      logger.error(
        "What is due could not be done; it is tried again",
        metadata: ["store.error": "\(error)"]
      )
      return false
    }
  }
}
