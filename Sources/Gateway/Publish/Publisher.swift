import Logging
import ServiceLifecycle
package import Storage

/// Whoever listens to what happens: a callback, an open page, the assistant, the demo.
package protocol EventConsumer: Sendable {
  /// A stable name: events are marked as seen under it.
  var name: String { get }

  /// Whether it listens whenever the gateway runs; false for one that others register and deregister.
  var isAlwaysListening: Bool { get }

  /// Takes events, in the order they were written; it may get one again.
  ///
  /// - Returns: The ids it is done with; the others come again.
  func consume(_ events: [CareEvent]) async -> [String]
}

extension EventConsumer {
  /// True unless a consumer says otherwise.
  package var isAlwaysListening: Bool { true }
}

/// The fifth step of a webhook: what apply, settle and time wrote into the outbox of events, brought to one consumer at least once.
package struct Publisher: Service {
  /// How many events are read at a time.
  package static let batchMax = 256

  private let engine: any SQLEngine
  private let consumer: any EventConsumer
  private let wake: Wake
  private let time: any TimeSource
  private let logger = Logger(label: "carewindow.publish")

  /// Makes the publisher of one consumer.
  package init(
    engine: any SQLEngine,
    consumer: any EventConsumer,
    wake: Wake,
    time: any TimeSource
  ) {
    self.engine = engine
    self.consumer = consumer
    self.wake = wake
    self.time = time
  }

  /// Publishes until the gateway shuts down.
  package func run() async throws {
    let name = consumer.name
    if consumer.isAlwaysListening {
      try await engine.write(.rest) { unit in try Publish.register(name, in: unit) }
    }
    await withTaskCancellationOrGracefulShutdownHandler {
      await wake.listen(time) { await round() }
    } onCancelOrGracefulShutdown: {
      wake.finish()
    }
  }

  private func round() async -> Bool {
    let name = consumer.name
    do {
      let events = try await engine.read { unit in
        try Publish.pending(name, limit: Self.batchMax, in: unit)
      }
      guard !events.isEmpty else { return false }
      let done = await consumer.consume(events)
      guard !done.isEmpty else { return false }
      try await engine.write(.rest) { unit in try Publish.done(name, done, in: unit) }
      return events.count == Self.batchMax
    } catch {
      logger.error(
        "Events could not be published; they come again",
        metadata: ["consumer": "\(name)", "store.error": "\(error)"]
      )
      return false
    }
  }
}
