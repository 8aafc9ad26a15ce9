package import CustomerCare

/// A request as it is about to be reserved.
package struct RequestDraft: Sendable {
  /// What the sender wants.
  package var request: SendRequest
  /// Meta's message object to be sent, without our reference.
  package var payload: [UInt8]
  /// The message in our words, for the conversation.
  package var content: Content
  /// Meta's word for the message's kind, such as `text`.
  package var type: String
  /// Which of Meta's endpoints, in the gateway's words.
  package var road: String
  /// The Graph version the caller asked for; `nil`: ours.
  package var version: String?
  /// The caller's own `biz_opaque_callback_data`.
  package var clientReference: String?
  /// The caller's own key for "the same request again".
  package var key: IdempotencyKey?
  /// Whether it counts as accepted at the commit, and is carried out whatever happens to the caller.
  ///
  /// Otherwise it counts as accepted only when answered.
  package var isDurable: Bool
  /// Until when dispatch must have begun, unless the request is durable; later it is abandoned.
  package var claimBy: Instant
  /// What this template stands for; `nil` for what somebody asked for.
  package var inPlace: InPlace?

  /// Makes a draft.
  package init(
    request: SendRequest,
    payload: [UInt8],
    content: Content,
    type: String,
    road: String,
    version: String? = nil,
    clientReference: String? = nil,
    key: IdempotencyKey? = nil,
    isDurable: Bool,
    claimBy: Instant
  ) {
    self.request = request
    self.payload = payload
    self.content = content
    self.type = type
    self.road = road
    self.version = version
    self.clientReference = clientReference
    self.key = key
    self.isDurable = isDurable
    self.claimBy = claimBy
  }
}

/// For which message a template goes out, and why that template.
package struct InPlace: Sendable, Hashable {
  /// The request that waits meanwhile.
  package var original: RequestID
  /// Why this template.
  package var reason: FallbackReason
}

/// A caller's own key for "the same request again"; its scope is token and number.
package struct IdempotencyKey: Sendable, Hashable {
  /// The token that was shown.
  package var token: TokenID
  /// The key as the caller wrote it.
  package var key: String
  /// A digest of the canonical body and the header `CareWindow-If-Closed`.
  package var digest: [UInt8]

  /// Makes a key.
  package init(token: TokenID, key: String, digest: [UInt8]) {
    self.token = token
    self.key = key
    self.digest = digest
  }
}

/// A request as it is remembered.
package struct RequestRecord: Sendable, Hashable {
  /// The `failure` of a request of which nobody will ever know whether it was sent.
  package static var neverKnown: String { "outcome_never_known" }

  /// What the sender wants.
  package var request: SendRequest
  /// Meta's message object to be sent, without our reference.
  package var payload: [UInt8]
  /// The message in our words.
  package var content: Content
  /// Meta's word for the message's kind.
  package var type: String
  /// Which of Meta's endpoints, in the gateway's words.
  package var road: String
  /// The Graph version the caller asked for; `nil`: ours.
  package var version: String?
  /// The caller's own `biz_opaque_callback_data`.
  package var clientReference: String?
  /// True when it is carried out whatever happens to the caller.
  package var isDurable: Bool
  /// Until when dispatch must have begun, unless the request is durable.
  package var claimBy: Instant
  /// Where it stands.
  package var state: RequestState
  /// How far its message came; `none` until Meta took it.
  package var delivery: Delivery
  /// The last verdict of the gate.
  package var verdict: Verdict
  /// Whether it ever waited for the customer or for its time.
  package var hasWaited = false
  /// Why it failed, in a stable word such as `abandoned`; `nil` while it did not.
  package var failure: String?
  /// Meta's answer, for whoever asks again with the same key.
  package var answer: AnswerBytes?
  /// What this template stands for; `nil` for what somebody asked for.
  package var inPlace: InPlace?
  /// Its tries, the first first.
  package var attempts: [AttemptRecord]

  /// Meta's id of the message; `nil` until Meta took it.
  package var message: MessageID? { attempts.last?.message }

  /// What a sender is given in the place of Meta's id while nobody knows that.
  package static func standIn(for id: RequestID) -> String { "carewindow.\(id.rawValue)" }

  /// Whether the sender, a program that speaks Cloud API, may have been answered 200 with `standIn(for:)`.
  ///
  /// So it is for what has waited, and while the outcome is unknown; unless the process died under a sender who had no
  /// key to ask again with.
  ///
  /// Or with Meta's id of an attempt that Meta took and then did not deliver, after which we went on.
  var maySenderHaveOurID: Bool {
    // Nobody was given anything for a template of ours.
    guard inPlace == nil else { return false }
    if hasWaited || hasTakenAttempt, version != nil { return true }
    guard state == .unknown, version != nil, let attempt = attempts.last else { return false }
    return isDurable || attempt.reason != AttemptRecord.leaseEnded
  }

  /// Whether we went on after one of its attempts, or are about to: what Meta says of that attempt is not the end.
  ///
  /// Nor is it where the request ended otherwise since then: of that end its sender is told by us.
  package func goesOn(after attempt: Int) -> Bool {
    attempts.count > attempt || [.accepted, .scheduled, .parked].contains(state)
      || (state.isTerminal && state != .handedOver && hasTakenAttempt)
      || (delivery == .failed && takenBefore != nil && maySenderHaveOurID)
  }

  /// Whether Meta took one of its attempts.
  private var hasTakenAttempt: Bool { attempts.contains { $0.message != nil } }

  /// Meta's id of an attempt that Meta took and then did not deliver, after which we went on: its sender was given this one,
  /// unless it had waited before.
  package var takenBefore: MessageID? {
    guard !hasWaited else { return nil }
    let before = state == .handedOver ? attempts.dropLast() : attempts[...]
    return before.first { $0.message != nil }?.message
  }
}

extension RequestRecord {
  /// A draft as it is remembered before anything else happens to it.
  init(_ draft: RequestDraft, state: RequestState, verdict: Verdict) {
    self.init(
      request: draft.request,
      payload: draft.payload,
      content: draft.content,
      type: draft.type,
      road: draft.road,
      version: draft.version,
      clientReference: draft.clientReference,
      isDurable: draft.isDurable,
      claimBy: draft.claimBy,
      state: state,
      delivery: .none,
      verdict: verdict,
      hasWaited: state == .parked || state == .scheduled,
      inPlace: draft.inPlace,
      attempts: []
    )
  }
}

/// An HTTP answer of Meta's, unchanged.
package struct AnswerBytes: Sendable, Hashable {
  /// The HTTP status.
  package var status: Int
  /// The body as it came.
  package var body: [UInt8]

  /// Makes an answer.
  package init(status: Int, body: [UInt8]) {
    self.status = status
    self.body = body
  }
}

/// One try to hand a request's message to Meta.
package struct AttemptRecord: Sendable, Hashable {
  /// The `reason` of an attempt whose owner did not settle it in time.
  package static var leaseEnded: String { "lease_ended" }

  /// Its id.
  package var id: AttemptID
  /// Which of the request's attempts, from 1.
  package var number: Int
  /// When its dispatch began.
  package var dispatchBeganAt: Instant
  /// How it ended: `accepted`, `refused`, `not_sent` or `unknown`; `nil` while it runs.
  package var outcome: String?
  /// When it ended.
  package var endedAt: Instant?
  /// Meta's id of the message, once it is known.
  package var message: MessageID?
  /// Meta's error, at once or by a later status.
  package var refusal: MetaRefusal?
  /// Why it was not sent, or is unknown.
  package var reason: String?

  /// Whether its carrier may still say how it ended: it runs, or only its lease ended.
  var isUnsettled: Bool {
    outcome == nil || (outcome == "unknown" && reason == Self.leaseEnded)
  }
}
