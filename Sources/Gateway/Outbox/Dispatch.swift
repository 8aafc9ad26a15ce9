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
  let logger = Logger(label: "carewindow.outbox")

  /// What a dispatch came to, before it is settled.
  enum Outcome: Sendable {
    /// Meta, or the way to Meta, has answered.
    case carried(AttemptReference, Carried, window: CareWindow)
    /// The gate said no the second time; the request is refused already.
    case refused(RequestRecord, window: CareWindow)
    /// Another message of the conversation goes first, and took too long.
    case busy
    /// Somebody else settled it, or has it.
    case gone(RequestRecord?)
  }

  /// Claims a request as soon as its turn comes, and carries it.
  ///
  /// - Parameters:
  ///   - id: The request.
  ///   - deadline: Until when it waits for its turn.
  /// - Returns: What it came to.
  /// - Throws: When the claim could not be stored; then nothing was sent.
  func dispatch(_ id: RequestID, until deadline: Instant) async throws(StoreError) -> Outcome {
    while true {
      let now = time.now
      let claim = try await engine.write(.gate) { unit in
        try Claim.claim(
          id,
          owner: owner,
          until: now + limits.lease,
          now: now,
          margin: limits.margin,
          in: unit
        )
      }
      switch claim {
      case .dispatch(let record, let reference, let window):
        return .carried(reference, await carry(record, reference), window: window)
      case .refused(let record, _, let window):
        record.state.count()
        return .refused(record, window: window)
      case .ended(let record):
        record.state.count()
        return .gone(record)
      case .gone(let record): return .gone(record)
      case .busy(let until):
        guard time.now < deadline, !Task.isCancelled else { return .busy }
        // Within this process turns are kept by `Turns`; here another process, or a dead one, holds the conversation.
        let left = min(until.since(time.now), deadline.since(time.now))
        let wait = min(max(left, .milliseconds(50)), .seconds(1))
        guard (try? await time.sleep(for: wait)) != nil else { return .busy }
      }
    }
  }

  /// Hands the claimed message to the carrier: what was judged, with our reference in it.
  private func carry(_ record: RequestRecord, _ reference: AttemptReference) async -> Carried {
    let token: AccessToken
    do {
      token = try await accessToken(of: record.request.from)
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
  func accessToken(of number: PhoneNumberID) async throws(NoToken) -> AccessToken {
    let sealed: [UInt8]?
    do {
      sealed = try await engine.read { unit in
        try Numbers.find(number, in: unit)?.sealedAccessToken
      }
    } catch {
      throw NoToken(reason: "the database could not be read")
    }
    guard let sealed else { throw NoToken(reason: "the number has no access token") }
    do {
      return AccessToken(try seal.open(sealed))
    } catch {
      throw NoToken(reason: "the number's access token is sealed with another secret key")
    }
  }

  /// Why there is no token to send with.
  struct NoToken: Error {
    var reason: String
  }
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
