/// What `decide` says about a request.
package enum Verdict: Hashable, Sendable {
  /// It may be handed to Meta now; the evidence says why.
  case send(WindowEvidence)
  /// Not now: it is kept, and decided again when what it waits for comes.
  case wait(Waiting)
  /// It may not; a right answer of no.
  case refused(Refusal)
}

extension Verdict {
  /// What the request waits for; nil if it does not wait.
  package var waiting: Waiting? {
    if case .wait(let waiting) = self { waiting } else { nil }
  }
}

/// What a message waits for.
package enum Waiting: Hashable, Sendable {
  /// How long a message waits for the customer unless its sender says otherwise: whoever has not answered in a week
  /// mostly does not any more.
  package static let expiryDefault: Duration = .seconds(7 * 24 * 60 * 60)
  /// How many messages wait for one customer at most.
  package static let parkedMax = 100

  /// For the customer to do something that opens the window; what keeps it shut now, and what invites the customer to answer.
  case forCustomer(because: Refusal, Invitation?)
  /// For the time its sender chose.
  case until(Instant)

  /// The state in which a request waits so.
  package var state: RequestState {
    switch self {
    case .forCustomer: .parked
    case .until: .scheduled
    }
  }
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

/// What invites a customer to answer, while a message waits for that.
package enum Invitation: Hashable, Sendable {
  /// A template goes out in the message's place.
  case template(FallbackReason)
  /// The template of that request went out for an earlier message, and the customer has not answered it yet.
  case pending(RequestID)
}
