import CustomerCare
import Storage

/// The third step of a send: decided, and remembered with its key, in one transaction.
struct Reserving: Sendable {
  let engine: any SQLEngine
  let limits: OutboxLimits
  let time: any TimeSource
  let owner: String

  /// Reserves a request, or finds the one that holds its key.
  ///
  /// - Parameters:
  ///   - draft: The request.
  ///   - claiming: Whether to claim it in the same transaction if it is its turn: one commit less to wait for.
  /// - Returns: What became of it.
  /// - Throws: When it could not be stored; then nothing was reserved.
  func reserve(
    _ draft: RequestDraft,
    claiming: Bool
  ) async throws(StoreError) -> Reserve.Outcome {
    let now = time.now
    let lease = claiming ? Claim.Lease(owner: owner, until: now + limits.lease) : nil
    let outcome = try await engine.write(.gate) { unit in
      try Reserve.reserve(draft, claiming: lease, now: now, margin: limits.margin, in: unit)
    }
    switch outcome {
    case .reserved(let record, _): record.state.count()
    case .claimed: RequestState.accepted.count()
    case .existing, .keyConflict: break
    }
    return outcome
  }
}
