package import CustomerCare

/// The right to hand one request's message to Meta, decided again on facts read now.
package enum Claim {
  /// What became of a claim.
  package enum Outcome: Sendable {
    /// The request is ours until the lease ends: hand its message over, then settle.
    case dispatch(RequestRecord, AttemptReference, window: CareWindow)
    /// The gate says no now; the request is refused.
    case refused(RequestRecord, Refusal, window: CareWindow)
    /// Another message of the same conversation goes first; look again at or before then.
    case busy(until: Instant)
    /// Nothing is to be done: unknown, settled, withdrawn, or somebody else's.
    case gone(RequestRecord?)
  }

  /// Leases the request's conversation, decides again, and writes the attempt.
  ///
  /// - Parameters:
  ///   - owner: Who claims; one word per running gateway.
  ///   - until: When the lease ends by itself: later than the carrier's deadline.
  ///   - margin: How long before its end a window is no longer used.
  ///   - decide: The gate.
  package static func claim(
    _ request: RequestID,
    owner: String,
    until: Instant,
    now: Instant,
    margin: Duration,
    decide: (SendRequest, SendFacts) -> Verdict = decide(_:given:),
    in unit: any SQLUnit
  ) throws -> Outcome {
    .gone(nil)
  }
}
