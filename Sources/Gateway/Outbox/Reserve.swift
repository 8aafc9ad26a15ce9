import CustomerCare
import Storage

/// The third step of a send: decided, and remembered with its key, in one transaction.
struct Reserving: Sendable {
  let engine: any SQLEngine
  let limits: OutboxLimits
  let time: any TimeSource
  let owner: String
  let pacing: Pacing
  let write: Reengage.Writer

  /// Reserves a request, or finds the one that holds its key.
  ///
  /// - Parameters:
  ///   - draft: The request.
  ///   - claiming: Whether to claim it in the same transaction if it is its turn: one commit less to wait for.
  ///   - deadline: Until when it waits for a slot if it is claimed.
  /// - Returns: What became of it.
  /// - Throws: When it could not be stored; then nothing was reserved.
  func reserve(
    _ draft: RequestDraft,
    claiming: Bool,
    until deadline: Deadline
  ) async throws(StoreError) -> Reserve.Outcome {
    let number = draft.request.from
    let outcome: Reserve.Outcome
    if claiming {
      outcome = try await pacing.run(from: number, until: deadline, use: \.use) {
        ticket async throws(StoreError) in
        let lease = Claim.Lease(owner: owner, until: time.now + limits.lease)
        return try await reserve(draft, lease, with: ticket)
      }
    } else {
      let ticket = pacing.slots.glance(at: number, at: time.now)
      outcome = try await reserve(draft, nil, with: ticket)
    }
    switch outcome {
    case .reserved(let record, _): record.state.count()
    case .switched(let record, let template, _):
      record.state.count()
      template.state.count()
    case .claimed: RequestState.accepted.count()
    case .existing, .keyConflict, .paced: break
    }
    return outcome
  }

  private func reserve(
    _ draft: RequestDraft,
    _ lease: Claim.Lease?,
    with ticket: Pace.Ticket
  ) async throws(StoreError) -> Reserve.Outcome {
    let (now, write) = (time.now, write)
    return try await engine.write(.gate) { unit in
      try Reserve.reserve(
        draft,
        claiming: lease,
        with: ticket,
        writing: write,
        now: now,
        margin: limits.margin,
        in: unit
      )
    }
  }
}
