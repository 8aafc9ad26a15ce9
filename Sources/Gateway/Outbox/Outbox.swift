import CustomerCare
import Logging
import ServiceLifecycle
package import Storage
import Synchronization

/// The one gate: whatever anybody sends goes through these five steps.
///
/// Sends run as children of `run()`, not of their callers: who hangs up while a message is on its way to Meta changes nothing
/// about it.
package final class Outbox: Service {
  private let request: Request
  private let decide: Decide
  private let reserve: Reserving
  private let dispatch: Dispatch
  private let settle: Settling
  private let engine: any SQLEngine
  private let limits: OutboxLimits
  private let changed: @Sendable () -> Void
  private let turns = Turns()
  private let inFlight = Mutex(0)
  private let work: AsyncStream<@Sendable () async -> Void>
  private let enqueue: AsyncStream<@Sendable () async -> Void>.Continuation
  private let logger = Logger(label: "carewindow.outbox")

  /// Makes an outbox.
  ///
  /// - Parameters:
  ///   - engine: Where requests are remembered.
  ///   - carrier: The way to Meta.
  ///   - seal: Opens the tokens of the numbers.
  ///   - limits: How long it waits, how much it holds.
  ///   - time: The clock of every decision.
  ///   - chance: Where ids come from.
  ///   - changed: Called after a settlement, so that what follows from it is looked at.
  package init(
    engine: any SQLEngine,
    carrier: any Carrier,
    seal: Seal,
    limits: OutboxLimits = OutboxLimits(),
    time: any TimeSource,
    chance: any Chance,
    changed: @escaping @Sendable () -> Void = {}
  ) {
    self.engine = engine
    self.limits = limits
    self.changed = changed
    request = Request(limits: limits, time: time, chance: chance)
    decide = Decide(engine: engine, margin: limits.margin, time: time)
    reserve = Reserving(engine: engine, margin: limits.margin, time: time)
    dispatch = Dispatch(
      engine: engine,
      carrier: carrier,
      seal: seal,
      limits: limits,
      time: time,
      owner: chance.identifier()
    )
    settle = Settling(engine: engine, time: time)
    (work, enqueue) = AsyncStream.makeStream()
  }

  /// Carries what is submitted until the gateway shuts down; then finishes what it holds.
  package func run() async throws {
    await withTaskCancellationOrGracefulShutdownHandler {
      await withDiscardingTaskGroup { group in
        for await job in work {
          group.addTask { await job() }
        }
      }
    } onCancelOrGracefulShutdown: { [enqueue] in
      enqueue.finish()
    }
  }

  /// Takes a message through the gate.
  ///
  /// - Returns: What its caller is told: at once for a submission that counts at the commit, otherwise after Meta's answer.
  package func submit(_ submission: Submission) async -> Submitted {
    switch request.read(submission) {
    case .invalid(let error): return .invalid(error)
    case .receipt(let request, let body):
      return await receipt(request, body: body, of: submission)
    case .message(let draft):
      guard hold() else { return .unavailable }
      let reserved: Reserve.Outcome
      do {
        reserved = try await reserve.reserve(draft)
      } catch {
        release()
        return .unavailable
      }
      return await follow(reserved, submission)
    }
  }

  /// What would happen to a message now, without sending or remembering it.
  package func preview(_ submission: Submission) async -> Previewed {
    switch request.read(submission) {
    case .invalid(let error): return .invalid(error)
    case .receipt(let request, _): return await preview(request)
    case .message(let draft): return await preview(draft.request)
    }
  }

  /// Carries a request that was reserved earlier and that nobody carries now.
  package func resume(_ record: RequestRecord) {
    guard hold() else { return }
    start(record) { _ in }
  }

  private func preview(_ request: SendRequest) async -> Previewed {
    do {
      let (verdict, window) = try await decide.verdict(on: request)
      return .verdict(verdict, window: window)
    } catch {
      return .unavailable
    }
  }
}

// MARK: - After the reservation

extension Outbox {
  /// Goes on from what the reservation came to; gives back the place it held where nothing is carried.
  private func follow(_ reserved: Reserve.Outcome, _ submission: Submission) async -> Submitted {
    switch reserved {
    case .keyConflict:
      release()
      return .keyReused
    case .existing(let record, let window):
      release()
      // What counts at the commit was answered then: that answer is given again without waiting.
      return submission.acceptance == .atCommit
        ? .request(RequestReport(record, window: window, isReplay: true))
        : await existing(record, window)
    case .reserved(let record, let window):
      guard case .send = record.verdict else {
        release()
        return .request(RequestReport(record, window: window))
      }
      if submission.acceptance == .atCommit {
        start(record) { _ in }
        return .request(RequestReport(record, window: window))
      }
      let caller = Caller()
      return await withTaskCancellationHandler {
        await withCheckedContinuation { continuation in
          start(record, for: caller) { continuation.resume(returning: $0) }
        }
      } onCancel: {
        caller.hangUp()
      }
    }
  }

  /// The same request again: its first answer, once there is one.
  private func existing(_ first: RequestRecord, _ window: CareWindow) async -> Submitted {
    var record = first
    let deadline = request.time.now + limits.turn
    while record.state == .accepted || record.state == .dispatching {
      guard request.time.now < deadline,
        (try? await request.time.sleep(for: limits.look)) != nil
      else { return .inProgress }
      do {
        let id = record.request.id
        guard let now = try await engine.read({ try Requests.find(id, in: $0) }) else { break }
        record = now
      } catch {
        return .unavailable
      }
    }
    return .request(RequestReport(record, window: window, isReplay: true))
  }

  /// Starts dispatching as a child of `run()`; `answer` is called exactly once.
  private func start(
    _ record: RequestRecord,
    for caller: Caller = Caller(),
    _ answer: @escaping @Sendable (Submitted) -> Void
  ) {
    let job: @Sendable () async -> Void = { [self] in
      let submitted = await turns.take(
        Turns.Conversation(number: record.request.from, alias: record.request.to.alias)
      ) {
        // Whoever hung up before dispatch began gets nothing sent later.
        let submitted =
          caller.hasHungUp && !record.isDurable
          ? Submitted.busy(record.request.id) : await carry(record)
        if case .busy = submitted, !record.isDurable { await abandon(record) }
        return submitted
      }
      release()
      answer(Self.told(submitted, of: record))
      changed()
    }
    if case .terminated = enqueue.yield(job) {
      // Shutting down: what counted at the commit is carried after the next start.
      release()
      answer(Self.told(.unavailable, of: record))
    }
  }

  /// Ends a request that nobody waits for, so that the conversation's next message need not.
  private func abandon(_ record: RequestRecord) async {
    let (id, now) = (record.request.id, request.time.now)
    do {
      try await engine.write(.gate) { unit in try Wait.abandon(id, now: now, in: unit) }
    } catch {
      // Due ends it as soon as its time is over.
      logger.warning(
        "A request could not be ended",
        metadata: ["request.id": "\(id)", "store.error": "\(error)"]
      )
    }
  }

  /// What is said of a request that was not carried now.
  ///
  /// One that counted at the commit is carried later: whoever is told that nothing was sent would
  /// send it a second time under another key.
  private static func told(_ submitted: Submitted, of record: RequestRecord) -> Submitted {
    switch submitted {
    case .busy, .unavailable: record.isDurable ? .inProgress : submitted
    default: submitted
    }
  }

  private func carry(_ record: RequestRecord) async -> Submitted {
    do {
      switch try await dispatch.dispatch(record.request.id) {
      case .carried(let reference, let carried, let window):
        let settled = await settle.settle(reference, carried)
        return .request(
          RequestReport(
            id: record.request.id,
            state: settled?.state ?? carried.outcome.state,
            failure: settled?.failure,
            verdict: record.verdict,
            window: window,
            answer: carried.answer
          )
        )
      case .refused(let refused, let window):
        return .request(RequestReport(refused, window: window))
      case .busy: return .busy(record.request.id)
      case .gone(let other):
        guard let other else { return .unavailable }
        return .request(RequestReport(other, window: nil))
      }
    } catch {
      logger.error(
        "A request could not be dispatched",
        metadata: ["request.id": "\(record.request.id)", "store.error": "\(error)"]
      )
      return .unavailable
    }
  }

  private func hold() -> Bool {
    inFlight.withLock { count in
      guard count < limits.inFlightMax else { return false }
      count += 1
      return true
    }
  }

  private func release() {
    inFlight.withLock { $0 -= 1 }
  }
}

// MARK: - Receipts

extension Outbox {
  /// Judges and carries a read receipt or typing indicator.
  private func receipt(
    _ request: SendRequest,
    body: [UInt8],
    of submission: Submission
  ) async -> Submitted {
    do {
      let (verdict, window) = try await decide.verdict(on: request)
      guard case .send = verdict else {
        return .request(
          RequestReport(id: request.id, state: .refused, verdict: verdict, window: window)
        )
      }
      let token = try await dispatch.accessToken(of: request.from)
      let carried = await dispatch.carrier.carry(
        Parcel(
          from: request.from,
          road: submission.road,
          version: submission.version,
          body: body,
          accessToken: token
        )
      )
      return .carried(carried)
    } catch {
      return .unavailable
    }
  }
}

/// Whoever waits for an answer, and may stop waiting.
private final class Caller: Sendable {
  private let isGone = Mutex(false)

  var hasHungUp: Bool { isGone.withLock { $0 } }

  func hangUp() {
    isGone.withLock { $0 = true }
  }
}

extension RequestReport {
  /// A request as it is remembered.
  init(_ record: RequestRecord, window: CareWindow?, isReplay: Bool = false) {
    self.init(
      id: record.request.id,
      state: record.state,
      failure: record.failure,
      verdict: record.verdict,
      window: window,
      answer: record.answer.map { MetaAnswer(status: $0.status, body: $0.body) },
      isReplay: isReplay
    )
  }
}

extension DispatchOutcome {
  /// Where an attempt's request stands if the outcome could not be stored.
  fileprivate var state: RequestState {
    switch self {
    case .accepted: .handedOver
    case .refused: .refused
    case .notSent: .failed
    case .acknowledged, .unknown: .unknown
    }
  }
}
