import CustomerCare
import Logging
import Metrics
import Storage

/// The fourth step of a send: claimed and decided again, then carried, with no transaction open.
struct Dispatch: Sendable {
  let engine: any SQLEngine
  let carrier: any Carrier
  let seal: Seal
  let limits: OutboxLimits
  let time: any TimeSource
  let owner: String
  let pacing: Pacing
  let write: Reengage.Writer
  let logger = Logger(label: "carewindow.outbox")

  /// What a dispatch came to, before it is settled.
  enum Outcome: Sendable {
    /// Meta, or the way to Meta, has answered.
    case carried(AttemptReference, Carried, window: CareWindow)
    /// The gate said no, or not now, the second time; the request is refused, or waits, already.
    case kept(RequestRecord, window: CareWindow)
    /// Another message of the conversation goes first, or it is too early; look again then.
    case busy(until: Instant)
    /// A limit on speed is in the way for longer than anybody waits; nothing was sent.
    case paced(Pace.Delay, window: CareWindow)
    /// Somebody else settled it, or has it.
    case gone(RequestRecord?)
  }

  /// Claims a request if it is its turn, and carries it; waits for its slot until the deadline, while it `isWanted`.
  ///
  /// - Throws: When the claim could not be stored; then nothing was sent.
  func dispatch(
    _ request: SendRequest,
    until deadline: Deadline,
    while isWanted: () -> Bool
  ) async throws(StoreError) -> Outcome {
    let claim = try await pacing.run(
      from: request.from,
      until: deadline,
      while: isWanted,
      use: \Claim.Outcome.use
    ) { ticket async throws(StoreError) in
      let now = time.now
      let lease = Claim.Lease(owner: owner, until: now + limits.lease)
      return try await engine.write(.gate) { unit in
        try Claim.claim(
          request.id,
          lease: lease,
          with: ticket,
          writing: write,
          now: now,
          margin: limits.margin,
          in: unit
        )
      }
    }
    switch claim {
    case .dispatch(let claimed):
      return .carried(claimed.attempt, await carry(claimed), window: claimed.window)
    case .refused(let record, _, let window), .waits(let record, let window):
      record.state.count()
      return .kept(record, window: window)
    case .ended(let record):
      record.state.count()
      return .gone(record)
    case .gone(let record): return .gone(record)
    case .busy(let until): return .busy(until: until)
    case .paced(let delay, _, let window): return .paced(delay, window: window)
    }
  }

  /// Hands the claimed message to the carrier: what was judged, with our reference in it.
  func carry(_ claimed: Claim.Claimed) async -> Carried {
    let (record, reference) = (claimed.record, claimed.attempt)
    let token: AccessToken
    do {
      token = try tokens.open(claimed.sealedAccessToken)
    } catch {
      return Carried(outcome: .notSent(reason: error.reason), answer: nil)
    }
    let start = time.now
    guard start <= reference.dispatchBeganAt + limits.hesitation else {
      return Carried(outcome: .notSent(reason: "the decision to send was too old"), answer: nil)
    }
    let carried = await carrier.carry(
      Parcel(
        from: record.request.from,
        road: Parcel.Road(rawValue: record.road) ?? .messages,
        version: record.version,
        body: SubmittedMessage.payload(record.payload, carrying: reference.text),
        accessToken: token
      )
    )
    let took = time.now.since(start)
    Timer(label: "carewindow_dispatch_seconds").record(duration: took)
    logger.info(
      "An attempt was carried",
      metadata: [
        "request.id": "\(record.request.id)", "attempt.number": "\(reference.number)",
        "attempt.outcome": "\(carried.outcome.word)", "attempt.took": "\(took)",
      ]
    )
    return carried
  }

  /// Meta's token of a number.
  func accessToken(of number: PhoneNumberID) async throws(AccessTokens.Missing) -> AccessToken {
    try await tokens.token(of: number)
  }

  private var tokens: AccessTokens { AccessTokens(engine: engine, seal: seal) }
}

extension DispatchOutcome {
  /// The outcome in one stable word, for logs and metrics.
  var word: String {
    switch self {
    case .accepted: "accepted"
    case .acknowledged: "acknowledged"
    case .refused: "refused"
    case .notSent: "not_sent"
    case .unknown: "unknown"
    }
  }
}
