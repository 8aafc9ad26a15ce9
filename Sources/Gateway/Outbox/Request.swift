import Crypto
import CustomerCare
import Storage

/// The first step of a send: who, to whom, what, and under which key.
///
/// The body is parsed once; what is judged is re-serialised by us and is what leaves.
struct Request: Sendable {
  let limits: OutboxLimits
  let time: any TimeSource
  let chance: any Chance

  /// What a submission turned out to be.
  enum Read: Sendable {
    /// Meta would refuse it as it stands; nothing is stored.
    case invalid(MetaRefusal)
    /// A receipt or typing indicator, which is judged and carried but not remembered.
    case receipt(SendRequest, body: [UInt8])
    /// A message.
    case message(RequestDraft)
  }

  /// An id for a request that is still to come.
  func makeID() -> RequestID { RequestID(chance.identifier()) }

  /// Reads a submission.
  func read(_ submission: Submission) -> Read {
    let message: SubmittedMessage
    do {
      message = try SubmittedMessage(reading: submission.body)
    } catch {
      return .invalid(error)
    }
    // Source: cloud-api.md 5.7, read 2026-11-21: this endpoint takes templates only (134100).
    if submission.road == .marketingMessages, !message.kind.isTemplate {
      return .invalid(
        MetaRefusal(
          code: 134_100,
          title: "Only marketing messages supported",
          details: "marketing_messages takes templates only; send this by messages."
        )
      )
    }
    let now = time.now
    let request = SendRequest(
      id: submission.id ?? makeID(),
      from: submission.from,
      to: message.recipient,
      kind: message.kind,
      sender: submission.sender,
      ifClosed: submission.ifClosed,
      expiresAt: submission.expiresAt,
      sendAt: submission.sendAt,
      at: now
    )
    guard !message.isReceipt else { return .receipt(request, body: message.payload) }
    let key = submission.idempotencyKey.flatMap { key in
      submission.token.map {
        IdempotencyKey(token: $0, key: key, digest: Self.digest(message, submission))
      }
    }
    return .message(
      RequestDraft(
        request: request,
        payload: message.payload,
        content: message.content,
        type: message.type,
        road: submission.road.rawValue,
        version: submission.version,
        clientReference: message.clientReference,
        key: key,
        isDurable: key != nil || submission.acceptance == .atCommit,
        claimBy: now + limits.turn + limits.turn
      )
    )
  }

  /// The same for every way of writing the same request (contract 4.2).
  private static func digest(
    _ message: SubmittedMessage,
    _ submission: Submission
  ) -> [UInt8] {
    var hash = SHA256()
    hash.update(data: message.canonical)
    hash.update(data: Array("\n\(submission.ifClosed?.rawValue ?? "")".utf8))
    if let expiresAt = submission.expiresAt {
      hash.update(data: Array("\n\(expiresAt.milliseconds)".utf8))
    }
    if let sendAt = submission.sendAt {
      hash.update(data: Array("\nat \(sendAt.milliseconds)".utf8))
    }
    return Array(hash.finalize())
  }
}
