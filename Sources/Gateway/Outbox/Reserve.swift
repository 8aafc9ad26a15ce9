import CustomerCare
import Storage

/// The third step of a send: decided, and remembered with its key, in one transaction.
struct Reserving: Sendable {
  let engine: any SQLEngine
  let margin: Duration
  let time: any TimeSource

  /// Reserves a request, or finds the one that holds its key.
  func reserve(_ draft: RequestDraft) async throws(StoreError) -> Reserve.Outcome {
    let now = time.now
    let outcome = try await engine.write(.gate) { unit in
      try Reserve.reserve(draft, now: now, margin: margin, in: unit)
    }
    if case .reserved(let record, _) = outcome { record.state.count() }
    return outcome
  }
}
