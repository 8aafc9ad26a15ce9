package import CustomerCare

/// What a dispatch came to, remembered with everything that follows from it.
package enum Settle {
  /// Writes an attempt's outcome: the request's state, the message of the conversation, what
  /// Meta's answer says about window and customer, the events; and ends the lease.
  ///
  /// Settling twice changes nothing; a status webhook may have settled it first.
  ///
  /// - Parameters:
  ///   - outcome: What the carrier says.
  ///   - answer: Meta's answer as it came, kept for whoever asks again.
  ///   - retryAt: When an attempt that was certainly not sent is tried again; `nil`: never.
  /// - Returns: The request as it is now; `nil` when no such attempt was ever claimed.
  package static func settle(
    _ attempt: AttemptID,
    outcome: DispatchOutcome,
    answer: AnswerBytes?,
    retryAt: Instant? = nil,
    now: Instant,
    in unit: any SQLUnit
  ) throws -> RequestRecord? {
    nil
  }
}
