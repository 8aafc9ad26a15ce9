import CustomerCare
import Logging
import Storage

/// The fifth step of a send: the outcome, remembered with everything that follows from it.
struct Settling: Sendable {
  let engine: any SQLEngine
  let time: any TimeSource
  let slots: Slots
  let write: Reengage.Writer
  let logger = Logger(label: "carewindow.outbox")

  /// Settles an attempt.
  ///
  /// - Returns: The request as it is now; `nil` when the outcome could not be stored. Then the lease runs out, the request becomes
  ///   unknown, and a status webhook settles it: what Meta took is never sent again.
  func settle(_ attempt: AttemptReference, _ carried: Carried) async -> RequestRecord? {
    let now = time.now
    let retryAt = carried.outcome.retryAt(after: attempt.number, now: now)
    let hold = carried.outcome.hold(after: attempt.number, now: now)
    let answer = carried.answer.map { AnswerBytes(status: $0.status, body: $0.body) }
    do {
      let settlement = try await engine.write(.gate) { unit in
        try Settle.settle(
          attempt.attempt,
          outcome: carried.outcome,
          answer: answer,
          retryAt: retryAt,
          hold: hold,
          writing: write,
          now: now,
          in: unit
        )
      }
      guard let settlement else { return nil }
      if let hold, hold.limit == .throughput {
        slots.hold(settlement.record.request.from, until: hold.until)
      }
      let record = settlement.record
      if record.state != settlement.before, record.state != .accepted { record.state.count() }
      return record
    } catch {
      logger.error(
        "An attempt's outcome could not be stored; its status webhook will settle it",
        metadata: ["request.id": "\(attempt.request)", "store.error": "\(error)"]
      )
      return nil
    }
  }
}

extension DispatchOutcome {
  /// When to try again what certainly was not sent; `nil`: never.
  fileprivate func retryAt(after attempt: Int, now: Instant) -> Instant? {
    guard case .notSent(_, let refusal) = self else { return nil }
    return now + RetryPause(after: refusal).after(attempt: attempt)
  }

  /// The limit on speed that Meta said is exceeded, and until when it wants to be left alone; `nil`: it said nothing of the kind.
  fileprivate func hold(
    after attempt: Int,
    now: Instant
  ) -> (limit: PaceLimit, until: Instant)? {
    guard case .notSent(_, let refusal?) = self, let limit = PaceLimit(exceededBy: refusal)
    else { return nil }
    let pause = min(RetryPause(after: refusal).after(attempt: attempt), PaceBudget.holdMax)
    return (limit, now + pause)
  }
}
