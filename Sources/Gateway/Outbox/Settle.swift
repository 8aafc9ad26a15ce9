import CustomerCare
import Logging
import Metrics
import Storage

/// The fifth step of a send: the outcome, remembered with everything that follows from it.
struct Settling: Sendable {
  let engine: any SQLEngine
  let time: any TimeSource
  let logger = Logger(label: "carewindow.outbox")

  /// Settles an attempt.
  ///
  /// - Returns: The request as it is now; `nil` when the outcome could not be stored. Then the lease runs out, the request becomes
  ///   unknown, and a status webhook settles it: what Meta took is never sent again.
  func settle(_ attempt: AttemptReference, _ carried: Carried) async -> RequestRecord? {
    let now = time.now
    let answer = carried.answer.map { AnswerBytes(status: $0.status, body: $0.body) }
    do {
      let record = try await engine.write(.gate) { unit in
        try Settle.settle(
          attempt.attempt,
          outcome: carried.outcome,
          answer: answer,
          now: now,
          in: unit
        )
      }
      if let record {
        Counter(
          label: "carewindow_messages_total",
          dimensions: [("state", record.state.rawValue)]
        ).increment()
      }
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
