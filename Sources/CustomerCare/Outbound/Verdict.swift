/// What `decide` says about a request.
package enum Verdict: Hashable, Sendable {
  /// It may be handed to Meta now; the evidence says why.
  case send(WindowEvidence)
  /// It may not; a right answer of no.
  case refused(Refusal)
}

/// Why a message may be handed to Meta now.
package enum WindowEvidence: Hashable, Sendable {
  /// It needs no window: a template, a read receipt, a typing sign.
  case notNeeded
  /// The entry opened the window, which stays open until then.
  case proven(by: LedgerEntry, until: Instant)
  /// The window may be open until then, and the sender may try.
  case tried(CareWindow.Doubt, until: Instant)
}
