package import CustomerCare
import Logging
import ServiceLifecycle
package import Storage
import Synchronization

/// The one gate: whatever anybody sends goes through these five steps.
///
/// What counts at the commit, or has to wait for its turn, runs as a child of `run()`, not of its caller. Either way, who hangs up
/// while a message is on its way to Meta changes nothing about it.
package final class Outbox: Service {
  let request: Request
  let decide: Decide
  let reserve: Reserving
  let dispatch: Dispatch
  let settle: Settling
  let engine: any SQLEngine
  let limits: OutboxLimits
  let changed: @Sendable () -> Void
  let turns = Turns()
  let turnsElsewhere = TurnsElsewhere()
  /// The requests that are on their way or wait for their turn.
  private let held = Mutex(Set<RequestID>())
  private let work: AsyncStream<@Sendable () async -> Void>
  let enqueue: AsyncStream<@Sendable () async -> Void>.Continuation
  let logger = Logger(label: "carewindow.outbox")

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
    let owner = chance.identifier()
    let pacing = Pacing(time: time, slots: Slots(isShared: engine.isShared))
    let write: Reengage.Writer = { choice, original in
      choice.message(id: RequestID(chance.identifier()), like: original.payload)
    }
    reserve = Reserving(
      engine: engine,
      limits: limits,
      time: time,
      owner: owner,
      pacing: pacing,
      write: write
    )
    dispatch = Dispatch(
      engine: engine,
      carrier: carrier,
      seal: seal,
      limits: limits,
      time: time,
      owner: owner,
      pacing: pacing,
      write: write
    )
    settle = Settling(engine: engine, time: time, slots: pacing.slots, write: write)
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
    let deadline = Deadline(after: limits.turn, by: request.time)
    switch request.read(submission) {
    case .invalid(let error): return .invalid(error)
    case .receipt(let request, let body):
      return await receipt(request, body: body, of: submission)
    case .message(let draft):
      return await take(draft, of: submission, until: deadline)
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
    start(record, until: Deadline(after: limits.turn, by: request.time)) { _ in }
  }

  /// An id for a submission that is still to come.
  package func makeID() -> RequestID { request.makeID() }

  private func preview(_ request: SendRequest) async -> Previewed {
    do {
      let (verdict, facts) = try await decide.verdict(on: request)
      var template: FallbackChoice?
      if case .wait(.forCustomer(_, .template)) = verdict,
        case .found(.chosen(let choice)) = facts.reengagement
      {
        template = choice
      }
      return .verdict(verdict, window: facts.window, template: template)
    } catch {
      return .unavailable
    }
  }

  /// Takes a place for a request; false when it has one, or there are none.
  func hold(_ id: RequestID) -> Bool {
    held.withLock { $0.count < limits.inFlightMax && $0.insert(id).inserted }
  }

  func release(_ id: RequestID) {
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
