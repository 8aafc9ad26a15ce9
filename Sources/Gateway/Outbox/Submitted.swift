package import CustomerCare

/// What became of a submission, as far as its caller is told now.
package enum Submitted: Sendable {
  /// It is no message that Meta would take: nothing was stored, no key was spent.
  case invalid(MetaRefusal)
  /// The idempotency key belongs to another body.
  case keyReused(window: CareWindow)
  /// The request counts and is still on its way; nothing was sent again.
  case inProgress(RequestID, window: CareWindow)
  /// Another message of the conversation is on its way and takes long: nothing was sent for this one.
  case busy(RequestID, window: CareWindow)
  /// A limit of Meta's on speed leaves no slot for longer than anybody waits: nothing was sent, no key was spent. The time is
  /// how long it takes until there is one.
  case paced(RequestID, PaceLimit, after: Duration, window: CareWindow)
  /// The database could not answer, or too much is on its way: nothing was sent.
  case unavailable
  /// A receipt or typing indicator: judged, carried, not remembered.
  case carried(Carried)
  /// A request, wherever it has got to.
  case request(RequestReport)
}

/// What the gate would say to a submission.
package enum Previewed: Sendable {
  /// It is no message that Meta would take.
  case invalid(MetaRefusal)
  /// The database could not answer.
  case unavailable
  /// What would happen now, on this window; and the template that would go out in the message's place, if one would.
  case verdict(Verdict, window: CareWindow, template: FallbackChoice?)
}

/// A request as its caller sees it.
package struct RequestReport: Sendable {
  /// Our id of the request.
  package var id: RequestID
  /// Where it stands.
  package var state: RequestState
  /// Why it failed, in a stable word; `nil` while it did not.
  package var failure: String?
  /// The last verdict of the gate.
  package var verdict: Verdict
  /// The window the verdict was made on; `nil` when it is not known any more.
  package var window: CareWindow?
  /// Meta's answer; `nil` when none came, or none was asked for.
  package var answer: MetaAnswer?
  /// True when this is the first answer again, for the same idempotency key.
  package var isReplay: Bool
  /// Whether it ever waited for the customer or for its time.
  package var hasWaited: Bool
  /// Meta's id of an attempt that Meta took and then did not deliver, after which we went on: it was the answer; `nil` otherwise.
  package var takenBefore: MessageID?
  /// The template that went out in its place, once Meta took that; `nil` otherwise.
  package var template: Template?

  /// A template that went out in a message's place.
  package struct Template: Sendable {
    /// Meta's id of its message.
    package var message: MessageID
    /// Meta's answer; `nil` when only a status told that Meta took it.
    package var answer: MetaAnswer?
  }

  /// Makes a report.
  package init(
    id: RequestID,
    state: RequestState,
    failure: String? = nil,
    verdict: Verdict,
    window: CareWindow?,
    answer: MetaAnswer? = nil,
    isReplay: Bool = false,
    hasWaited: Bool = false
  ) {
    self.id = id
    self.state = state
    self.failure = failure
    self.verdict = verdict
    self.window = window
    self.answer = answer
    self.isReplay = isReplay
    self.hasWaited = hasWaited
  }
}
