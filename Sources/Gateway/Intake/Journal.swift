import CustomerCare
import Logging
import Storage
import Synchronization

/// The third step of a webhook: appended, and on disk before it is answered.
///
/// Webhooks that arrive while others wait for the engine go with them: one unit of work, as one row or a dozen
/// cost about the same.
final class Journaling: Sendable {
  private let engine: any SQLEngine
  private let wake: Wake
  /// Those that wait for the engine, as far as somebody may join them.
  private let waiting = Mutex<Gathering?>(nil)

  init(engine: any SQLEngine, wake: Wake) {
    self.engine = engine
    self.wake = wake
  }

  /// Appends a body.
  ///
  /// - Parameters:
  ///   - body: The raw bytes.
  ///   - now: When they arrived.
  ///   - answered: Told `.stored` once the engine says that the unit is durable, or `.notStored`
  ///     when it could not be; on a thread of the engine's.
  func append(
    _ body: [UInt8],
    at now: Instant,
    answered: @escaping @Sendable (IntakeAnswer) -> Void
  ) {
    let webhook = Gathering.Webhook(arrival: Journal.Arrival(body, at: now), answered: answered)
    let isFirst = waiting.withLock { waiting -> Gathering? in
      if let waiting, waiting.join(webhook) { return nil }
      let gathering = Gathering(webhook)
      waiting = gathering
      return gathering
    }
    if let isFirst { write(isFirst) }
  }

  private func write(_ gathering: Gathering) {
    engine.write(.journal) { unit in
      try Journal.append(gathering.begin().map(\.arrival), in: unit)
    } answered: { [self] result in
      let webhooks = gathering.begin()
      waiting.withLock { if $0 === gathering { $0 = nil } }
      switch result {
      case .success:
        wake.signal()
        for webhook in webhooks { webhook.answered(.stored) }
      case .failure(let error):
        Logger(label: "carewindow.intake").error(
          "Webhooks could not be stored; Meta was asked to send them again",
          metadata: [
            "store.error": "\(error)", "webhook.count": "\(webhooks.count)",
            "webhook.bytes": "\(webhooks.reduce(0) { $0 + $1.arrival.body.count })",
          ]
        )
        for webhook in webhooks { webhook.answered(.notStored) }
      }
    }
  }
}

/// Webhooks that go to the disk together: whoever comes before the engine begins with them.
private final class Gathering: Sendable {
  struct Webhook {
    let arrival: Journal.Arrival
    let answered: @Sendable (IntakeAnswer) -> Void
  }

  /// How many there are at most: their unit takes a fraction of a millisecond.
  private static let countMax = 64
  /// How many bytes their bodies have together, beside those of the first.
  private static let bytesMax = 1024 * 1024

  private struct State {
    var webhooks: [Webhook]
    var bytes = 0
    var hasBegun = false
  }

  private let state: Mutex<State>

  init(_ first: Webhook) {
    state = Mutex(State(webhooks: [first]))
  }

  /// Adds a webhook; false if it comes too late, or there are enough.
  func join(_ webhook: Webhook) -> Bool {
    state.withLock { state in
      let bytes = state.bytes + webhook.arrival.body.count
      guard !state.hasBegun, state.webhooks.count < Self.countMax, bytes <= Self.bytesMax else {
        return false
      }
      state.webhooks.append(webhook)
      state.bytes = bytes
      return true
    }
  }

  /// All of them, the same ones each time: nobody joins any more.
  func begin() -> [Webhook] {
    state.withLock { state in
      state.hasBegun = true
      return state.webhooks
    }
  }
}
