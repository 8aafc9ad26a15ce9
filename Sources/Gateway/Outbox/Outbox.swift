package import CustomerCare
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
  /// The requests that are on their way or wait for their turn.
  private let held = Mutex(Set<RequestID>())
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
    let deadline = request.time.now + limits.turn
    switch request.read(submission) {
    case .invalid(let error): return .invalid(error)
    case .receipt(let request, let body):
      return await receipt(request, body: body, of: submission)
    case .message(let draft):
      let id = draft.request.id
      guard hold(id) else { return .unavailable }
      let reserved: Reserve.Outcome
      do {
        reserved = try await reserve.reserve(draft)
      } catch {
        release(id)
        return .unavailable
      }
      let isCarried =
        if case .reserved(let record, _) = reserved { record.isToBeSent } else { false }
      if !isCarried { release(id) }
      return await follow(reserved, submission, until: deadline)
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

  /// Carries a request that was reserved earlier, unless it is being carried already.
  package func resume(_ record: RequestRecord) {
    guard hold(record.request.id) else { return }
    start(record, until: request.time.now + limits.turn) { _ in }
  }

  /// An id for a submission that is still to come.
  package func makeID() -> RequestID { request.makeID() }

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
  /// Goes on from what the reservation came to; what is to be sent is held already.
  private func follow(
    _ reserved: Reserve.Outcome,
    _ submission: Submission,
    until deadline: Instant
  ) async -> Submitted {
    switch reserved {
    case .keyConflict(let window): return .keyReused(window: window)
    case .existing(let record, let window):
      // What counts at the commit was answered then: that answer is given again without waiting.
      return submission.acceptance == .atCommit
        ? .request(RequestReport(record, window: window, isReplay: true))
        : await outcome(of: record, window, isReplay: true, until: deadline)
    case .reserved(let record, let window):
      guard record.isToBeSent else { return .request(RequestReport(record, window: window)) }
      if submission.acceptance == .atCommit {
        start(record, window, until: deadline) { _ in }
        return .request(RequestReport(record, window: window))
      }
      let caller = Caller()
      let submitted = await withTaskCancellationHandler {
        await withCheckedContinuation { continuation in
          start(record, window, for: caller, until: deadline) { continuation.resume(returning: $0) }
        }
      } onCancel: {
        caller.hangUp()
      }
      // It certainly was not sent and is tried again: perhaps there is an answer in time.
      guard case .request(let report) = submitted, report.state == .accepted else {
        return submitted
      }
      return await outcome(of: record, window, isReplay: false, until: deadline)
    }
  }

  /// A request's answer, once there is one.
  private func outcome(
    of first: RequestRecord,
    _ window: CareWindow,
    isReplay: Bool,
    until deadline: Instant
  ) async -> Submitted {
    let id = first.request.id
    var record = first
    while true {
      do {
        guard let now = try await engine.read({ try Requests.find(id, in: $0) }) else { break }
        record = now
      } catch {
        return .unavailable
      }
      guard record.state == .accepted || record.state == .dispatching else { break }
      guard request.time.now < deadline,
        (try? await request.time.sleep(for: limits.look)) != nil
      else { return .inProgress(id, window: window) }
    }
    return .request(RequestReport(record, window: window, isReplay: isReplay))
  }

  /// Starts dispatching as a child of `run()`; `answer` is called exactly once.
  private func start(
    _ record: RequestRecord,
    _ window: CareWindow? = nil,
    for caller: Caller = Caller(),
    until deadline: Instant,
    _ answer: @escaping @Sendable (Submitted) -> Void
  ) {
    let id = record.request.id
    let window = window ?? CareWindow(state: .neverOpened, asOf: record.request.at)
    let job: @Sendable () async -> Void = { [self] in
      let conversation = Turns.Conversation(
        number: record.request.from,
        alias: record.request.to.alias
      )
      let submitted =
        await turns.take(conversation, until: deadline, by: request.time) {
          // Whoever hung up before dispatch began gets nothing sent later.
          caller.hasHungUp && !record.isDurable
            ? Submitted.busy(id, window: window) : await carry(record, window, until: deadline)
        } ?? .busy(id, window: window)
      if case .busy = submitted, !record.isDurable { await abandon(record) }
      release(id)
      answer(Self.told(submitted, of: record, window))
      changed()
    }
    if case .terminated = enqueue.yield(job) {
      // Shutting down: what counted at the commit is carried after the next start.
      release(id)
      answer(Self.told(.unavailable, of: record, window))
    }
  }

  /// Ends a request that nobody waits for, so that the conversation's next message need not.
  private func abandon(_ record: RequestRecord) async {
    let (id, now) = (record.request.id, request.time.now)
    do {
      let hasEnded = try await engine.write(.gate) { unit in
        try Wait.abandon(id, now: now, in: unit)
      }
      if hasEnded { RequestState.failed.count() }
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
  private static func told(
    _ submitted: Submitted,
    of record: RequestRecord,
    _ window: CareWindow
  ) -> Submitted {
    switch submitted {
    case .busy, .unavailable:
      record.isDurable ? .inProgress(record.request.id, window: window) : submitted
    default: submitted
    }
  }

  private func carry(
    _ record: RequestRecord,
    _ window: CareWindow,
    until deadline: Instant
  ) async -> Submitted {
    do {
      switch try await dispatch.dispatch(record.request.id, until: deadline) {
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
      case .busy: return .busy(record.request.id, window: window)
      case .gone(let other):
        guard let other else { return .unavailable }
        return .request(RequestReport(other, window: window))
      }
    } catch {
      logger.error(
        "A request could not be dispatched",
        metadata: ["request.id": "\(record.request.id)", "store.error": "\(error)"]
      )
      return .unavailable
    }
  }

  /// Takes a place for a request; false when it has one, or there are none.
  private func hold(_ id: RequestID) -> Bool {
    held.withLock { $0.count < limits.inFlightMax && $0.insert(id).inserted }
  }

  private func release(_ id: RequestID) {
    held.withLock { _ = $0.remove(id) }
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
      // A receipt names a message and nobody, so there is no window to tell of.
      let (verdict, _) = try await decide.verdict(on: request)
      guard case .send = verdict else {
        return .request(
          RequestReport(id: request.id, state: .refused, verdict: verdict, window: nil)
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

extension RequestRecord {
  /// Whether the gate lets it go to Meta.
  fileprivate var isToBeSent: Bool {
    if case .send = verdict { true } else { false }
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
