import CustomerCare
import Logging
import Metrics
import ServiceLifecycle
package import Storage
import Synchronization

/// Calls the callbacks: claims what is due, posts it, and settles.
///
/// Each callback has places of its own, so whoever is slow or hangs delays nobody else.
package final class CallbackSender: Service {
  private let engine: any SQLEngine
  private let carrier: any CallbackCarrier
  private let seal: Seal
  private let limits: CallbackLimits
  private let wake: Wake
  private let time: any TimeSource
  private let inFlight = Mutex<[CallbackID: Int]>([:])
  private let logger = Logger(label: "carewindow.callbacks")

  /// Makes a sender; `wake` is signalled when something is owed.
  package init(
    engine: any SQLEngine,
    carrier: any CallbackCarrier,
    seal: Seal,
    limits: CallbackLimits = CallbackLimits(),
    wake: Wake,
    time: any TimeSource
  ) {
    self.engine = engine
    self.carrier = carrier
    self.seal = seal
    self.limits = limits
    self.wake = wake
    self.time = time
  }

  /// Delivers until the gateway shuts down; what is under way then is given up and delivered again.
  package func run() async throws {
    await wake.carryWhatIsDue(time, claim: claim, carry: deliver)
  }

  /// Claims what is due, as far as there are places; each must be delivered.
  package func claim() async -> [Deliver.Claimed] {
    do {
      let now = time.now
      let places = limits
      let busy = inFlight.withLock { $0 }
      let due = try await engine.read { unit in
        var left = places.inFlightMax - busy.values.reduce(0, +)
        return try Callbacks.list(in: unit).flatMap { callback in
          let free = min(places.perCallbackMax - busy[callback.id, default: 0], left)
          guard free > 0 else { return [Deliver.Position]() }
          let due = try Deliver.due(callback.id, now: now, limit: free, in: unit)
          left -= due.count
          return due
        }
      }
      guard !due.isEmpty else { return [] }
      let claimed = try await engine.write(.rest) { unit in
        try Deliver.claim(due, now: now, until: now + places.lease, in: unit)
      }
      inFlight.withLock { for delivery in claimed { $0[delivery.callback.id, default: 0] += 1 } }
      return claimed
    } catch {
      logger.error(
        "What callbacks are owed could not be claimed; it is tried again",
        metadata: ["store.error": "\(error)"]
      )
      return []
    }
  }

  /// Makes one attempt and writes what became of it.
  package func deliver(_ claimed: Deliver.Claimed) async {
    defer {
      inFlight.withLock { inFlight in
        let left = inFlight[claimed.callback.id, default: 1] - 1
        inFlight[claimed.callback.id] = left == 0 ? nil : left
      }
    }
    let outcome = await attempt(claimed)
    // Nobody knows what became of it: the lease ends, and it is delivered again.
    guard !Task.isCancelled, let outcome else { return }
    let now = time.now
    let settlement = settlement(of: outcome, for: claimed, at: now)
    do {
      let isOurs = try await engine.write(.rest) { unit in
        try Deliver.settle(claimed, as: settlement, result: outcome.word, now: now, in: unit)
      }
      guard isOurs else { return }
      guard outcome != .withheld else { return }
      settlement.count()
      logger.log(
        level: settlement == .delivered ? .debug : .info,
        "A callback was called",
        metadata: [
          "callback.id": "\(claimed.callback.id)", "delivery.id": "\(claimed.id)",
          "delivery.attempt": "\(claimed.attempt)", "delivery.outcome": "\(outcome.word)",
          "delivery.result": "\(settlement.word)",
        ]
      )
    } catch {
      logger.error(
        "What became of a delivery could not be stored; it is delivered again",
        metadata: ["delivery.id": "\(claimed.id)", "store.error": "\(error)"]
      )
    }
  }

  /// Posts a delivery; `nil` when the database could not be asked what to post.
  private func attempt(_ claimed: Deliver.Claimed) async -> CallbackOutcome? {
    let letter: Deliver.Claimed.Letter
    do {
      letter = try await claimed.letter(on: engine)
    } catch {
      logger.error(
        "A delivery could not be read; it is tried again",
        metadata: ["delivery.id": "\(claimed.id)", "store.error": "\(error)"]
      )
      return nil
    }
    if case .withheld = letter { return .withheld }
    guard case .body(let body) = letter,
      let text = try? seal.open(claimed.callback.sealedSecret), let secret = CallbackSecret(text)
    else { return .failed(.unreadable) }
    var headers = secret.headers(
      id: claimed.id,
      timestamp: time.now.milliseconds / 1000,
      body: body
    )
    if claimed.kind == .metaRaw { headers.append(secret.metaHeader(over: body)) }
    return await carrier.post(
      CallbackParcel(url: claimed.callback.url, headers: headers, body: body)
    )
  }

  private func settlement(
    of outcome: CallbackOutcome,
    for claimed: Deliver.Claimed,
    at now: Instant
  ) -> Deliver.Settlement {
    switch outcome {
    case .delivered, .withheld: return .delivered
    case .answered, .failed: break
    }
    let next = CallbackRetry.next(after: claimed.attempt, since: claimed.since, now: now)
    return next.map { .retry(at: $0) } ?? .dead
  }
}

extension Deliver.Settlement {
  /// The settlement in one word.
  fileprivate var word: String {
    switch self {
    case .delivered: "delivered"
    case .retry: "retried"
    case .dead: "dead"
    }
  }

  /// Counts one attempt that ended so.
  fileprivate func count() {
    Counter(label: "carewindow_callback_deliveries_total", dimensions: [("result", word)])
      .increment()
  }
}
