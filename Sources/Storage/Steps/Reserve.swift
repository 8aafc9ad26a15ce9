package import CustomerCare

/// The decision and the row it needs, in one transaction.
package enum Reserve {
  /// What became of a draft.
  package enum Outcome: Sendable {
    /// Decided and remembered, accepted or refused: `record.verdict` says which.
    case reserved(RequestRecord, window: CareWindow)
    /// The same key with the same body was here before: nothing new was written.
    case existing(RequestRecord, window: CareWindow)
    /// The key belongs to another body: nothing was written.
    case keyConflict
  }

  /// Looks up the key, reads the facts, lets `decide` decide, and writes the request.
  ///
  /// Only an accepted request spends its key.
  ///
  /// - Parameters:
  ///   - now: The gateway's clock.
  ///   - margin: How long before its end a window is no longer used.
  ///   - decide: The gate.
  package static func reserve(
    _ draft: RequestDraft,
    now: Instant,
    margin: Duration,
    decide: (SendRequest, SendFacts) -> Verdict = decide(_:given:),
    in unit: any SQLUnit
  ) throws -> Outcome {
    .keyConflict
  }

  /// What the gate would look at now: for a preview, or a receipt that is not remembered.
  package static func facts(
    for request: SendRequest,
    now: Instant,
    margin: Duration,
    in unit: any SQLUnit
  ) throws -> SendFacts {
    SendFacts(
      now: now,
      margin: margin,
      window: CareWindow(state: .neverOpened, asOf: now),
      number: nil
    )
  }
}
