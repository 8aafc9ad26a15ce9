import CustomerCare
import Logging
import Storage
import Synchronization

// What follows a reservation: turns, dispatch, settlement, and what the caller is told.
extension Outbox {
  /// Reserves a message and goes on from there.
  ///
  /// What counts only when answered is claimed with its reservation when nothing goes before it: one commit less to wait for.
  /// What counts at the commit is not, because whoever finds it dispatching after a crash may never send it.
  func take(
    _ draft: RequestDraft,
    of submission: Submission,
    until deadline: Deadline
  ) async -> Submitted {
    let id = draft.request.id
    guard hold(id) else { return .unavailable }
    let conversation = Turns.Conversation(draft.request)
    let hasTurn = !draft.isDurable && !Task.isCancelled && turns.takeIfFree(conversation)
    let reserved: Reserve.Outcome
    do {
      reserved = try await reserve.reserve(draft, claiming: hasTurn, until: deadline)
    } catch {
      if hasTurn { turns.leave(conversation) }
      release(id)
      return .unavailable
    }
    switch reserved {
    case .claimed: break  // It keeps its turn.
    case .reserved(let record, _) where record.isToBeSent:
      if hasTurn { turns.leave(conversation) }
    case .reserved, .switched, .existing, .keyConflict, .paced:
      if hasTurn { turns.leave(conversation) }
      release(id)
    }
    return await follow(reserved, of: id, submission, until: deadline)
  }

  /// Goes on from what the reservation came to; what is to be sent is held already.
  private func follow(
    _ reserved: Reserve.Outcome,
    of id: RequestID,
    _ submission: Submission,
    until deadline: Deadline
  ) async -> Submitted {
    switch reserved {
    case .keyConflict(let window): return .keyReused(window: window)
    case .paced(let delay, let window): return paced(id, delay, window)
    case .claimed(let claimed):
      let submitted = await carry(claimed)
      return await answer(submitted, claimed.record, claimed.window, until: deadline)
    case .switched(let record, let template, let window):
      let isHeld = hold(template.request.id)
      guard submission.acceptance == .whenAnswered else {
        if isHeld { start(template, until: deadline) { _ in } }
        return .request(RequestReport(record, window: window))
      }
      if isHeld {
        await withCheckedContinuation { continuation in
          start(template, until: deadline) { _ in continuation.resume() }
        }
      }
      return await outcome(of: record, window, isReplay: false, until: deadline)
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
      return await answer(submitted, record, window, until: deadline)
    }
  }

  /// What the caller is told who waits: that it is tried again, or waits while a template goes out, is not the whole answer.
  private func answer(
    _ submitted: Submitted,
    _ record: RequestRecord,
    _ window: CareWindow,
    until deadline: Deadline
  ) async -> Submitted {
    guard case .request(let report) = submitted, [.accepted, .parked].contains(report.state) else {
      return submitted
    }
    return await outcome(of: record, window, isReplay: false, until: deadline)
  }

  /// A request's answer, once there is one; of one that waits, the answer to the template that goes out in its place.
  private func outcome(
    of first: RequestRecord,
    _ window: CareWindow,
    isReplay: Bool,
    until deadline: Deadline
  ) async -> Submitted {
    let id = first.request.id
    var report = RequestReport(first, window: window, isReplay: isReplay)
    while true {
      let template: RequestRecord?
      do {
        let (now, sent) = try await engine.read { unit in
          let record = try Requests.find(id, in: unit)
          let hasWaited = record?.hasWaited == true
          return (record, hasWaited ? try Requests.template(inPlaceOf: id, in: unit) : nil)
        }
        guard let now else { break }
        report = RequestReport(now, window: window, isReplay: isReplay)
        template = sent
      } catch {
        return .unavailable
      }
      report.template = template.flatMap(RequestReport.Template.init)
      let isOnItsWay = [report.state, template?.state ?? .parked].contains {
        [.accepted, .dispatching].contains($0)
      }
      // What waited may be on its way itself by now; the template was the answer.
      guard isOnItsWay, report.template == nil, report.takenBefore == nil else { break }
      guard await deadline.sleep(for: limits.look) else {
        return report.state == .parked ? .request(report) : .inProgress(id, window: window)
      }
    }
    return .request(report)
  }

  /// Starts dispatching as a child of `run()`; `answer` is called exactly once.
  func start(
    _ record: RequestRecord,
    _ window: CareWindow? = nil,
    for caller: Caller = Caller(),
    until deadline: Deadline,
    _ answer: @escaping @Sendable (Submitted) -> Void
  ) {
    let id = record.request.id
    let window = window ?? CareWindow(state: .neverOpened, asOf: record.request.at)
    let job: @Sendable () async -> Void = { [self] in
      let submitted = await carry(record, window, for: caller, until: deadline)
      if submitted.isForgone, !record.isDurable { await abandon(record) }
      release(id)
      answer(Self.told(submitted, of: record, window))
      changed()
    }
    if case .terminated = enqueue.yield(job) {
      // Shutting down: what counted at the commit is carried by another node, or after the next start.
      release(id)
      if record.isDurable { engine.tell(.due) }
      answer(Self.told(.unavailable, of: record, window))
    }
  }

  /// Carries a request as soon as its turn comes.
  private func carry(
    _ record: RequestRecord,
    _ window: CareWindow,
    for caller: Caller,
    until deadline: Deadline
  ) async -> Submitted {
    let id = record.request.id
    var isFirstLook = true
    while true {
      // Taken before the look, so that what comes in between is not missed.
      let place = isFirstLook ? nil : turnsElsewhere.takePlace(for: record.request)
      defer { if let place { turnsElsewhere.leave(place) } }
      let look = await turns.take(record.request, until: deadline) {
        // Whoever hung up before dispatch began gets nothing sent later.
        caller.hasHungUp && !record.isDurable
          ? Look.told(.busy(id, window: window))
          : await dispatched(record, window, for: caller, until: deadline)
      }
      switch look {
      case .told(let submitted): return submitted
      case nil: return .busy(id, window: window)
      case .busy(let until):
        guard !deadline.isOver, !Task.isCancelled else { return .busy(id, window: window) }
        // What goes first may have queued behind this one: it has the turn now, and is waited for by queueing again. Otherwise
        // another process, or a dead one, holds the conversation.
        if let place {
          let left = min(until.since(deadline.time.now), deadline.left)
          let wait = min(max(left, .milliseconds(50)), .seconds(1))
          await turnsElsewhere.wait(place, atMost: wait, by: deadline.time)
        }
        isFirstLook = false
      }
    }
  }

  /// What one look at the conversation came to.
  private enum Look: Sendable {
    case told(Submitted)
    /// Another message goes first, or it is too early.
    case busy(until: Instant)
  }

  private func dispatched(
    _ record: RequestRecord,
    _ first: CareWindow,
    for caller: Caller,
    until deadline: Deadline
  ) async -> Look {
    do {
      let outcome = try await dispatch.dispatch(record.request, until: deadline) {
        !caller.hasHungUp || record.isDurable
      }
      switch outcome {
      case .carried(let attempt, let carried, let window):
        return .told(await settled(attempt, carried, record, window))
      case .kept(let kept, let window):
        return .told(.request(RequestReport(kept, window: window)))
      case .busy(let until): return .busy(until: until)
      case .paced(let delay, let window):
        return .told(paced(record.request.id, delay, window))
      case .gone(let other):
        guard let other else { return .told(.unavailable) }
        return .told(.request(RequestReport(other, window: first)))
      }
    } catch {
      logger.error(
        "A request could not be dispatched",
        metadata: ["request.id": "\(record.request.id)", "store.error": "\(error)"]
      )
      return .told(.unavailable)
    }
  }

  /// Carries what was claimed with its reservation, for the caller who waits.
  ///
  /// A caller who hangs up ends it while nothing has left; afterwards the carrier waits for the answer, and it is settled, all the
  /// same.
  private func carry(_ claimed: Claim.Claimed) async -> Submitted {
    let request = claimed.record.request
    let carried = await dispatch.carry(claimed)
    let submitted = await settled(claimed.attempt, carried, claimed.record, claimed.window)
    turns.leave(Turns.Conversation(request))
    release(request.id)
    changed()
    return submitted
  }

  private func settled(
    _ attempt: AttemptReference,
    _ carried: Carried,
    _ record: RequestRecord,
    _ window: CareWindow
  ) async -> Submitted {
    let settled = await settle.settle(attempt, carried)
    if settled != nil { engine.tell(.turn(of: record.request)) }
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
  }

  /// What the caller is told when no slot is near.
  private func paced(
    _ id: RequestID,
    _ delay: Pace.Delay,
    _ window: CareWindow
  ) -> Submitted {
    .paced(
      id,
      delay.limit,
      after: max(delay.until.since(request.time.now), .zero),
      window: window
    )
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
    case .busy, .paced, .unavailable:
      record.isDurable ? .inProgress(record.request.id, window: window) : submitted
    default: submitted
    }
  }
}

extension Submitted {
  /// Whether its caller was told that nothing was sent, and nothing will be.
  fileprivate var isForgone: Bool {
    switch self {
    case .busy, .paced: true
    default: false
    }
  }
}

/// Whoever waits for an answer, and may stop waiting.
final class Caller: Sendable {
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

extension RequestReport.Template {
  /// What is to be told of a template; `nil` unless Meta took it.
  init?(_ record: RequestRecord) {
    guard record.state == .handedOver, let message = record.message else { return nil }
    self.init(
      message: message,
      answer: record.answer.map { MetaAnswer(status: $0.status, body: $0.body) }
    )
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
      isReplay: isReplay,
      hasWaited: record.hasWaited
    )
    takenBefore = record.takenBefore
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
