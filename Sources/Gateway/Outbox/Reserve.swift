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
    return try await engine.write(.gate) { unit in
      try Reserve.reserve(draft, now: now, margin: margin, in: unit)
    }
  }
}
