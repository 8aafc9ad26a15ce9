import CloudAPI
import Crypto
import CustomerCare
import Storage

/// The first step of a send: who, to whom, what, and under which key.
///
/// The body is parsed once; what was judged here is re-serialised by us and is what leaves.
struct Request: Sendable {
  let limits: OutboxLimits
  let time: any TimeSource
  let chance: any Chance

  /// What a submission turned out to be.
  enum Read: Sendable {
    /// Meta would refuse it as it stands; nothing is stored.
    case invalid(GraphErrorBody)
    /// A receipt or typing indicator, which is judged and carried but not remembered.
    case receipt(SendRequest, body: [UInt8])
    /// A message.
    case message(RequestDraft)
  }

  /// Reads a submission.
  func read(_ submission: Submission) -> Read {
    do {
      let json = try Self.json(submission.body)
      let message = try OutboundMessage.parse(json)
      let now = time.now
      let request = SendRequest(
        id: RequestID(chance.identifier()), from: submission.from, to: Self.recipient(of: message),
        kind: MessageKind(message), sender: submission.sender, ifClosed: submission.ifClosed,
        at: now)
      if case .receipt = message.content {
        return .receipt(request, body: message.raw.serialized())
      }
      let key = submission.idempotencyKey.flatMap { key in
        submission.token.map {
          IdempotencyKey(token: $0, key: key, digest: Self.digest(json, submission.ifClosed))
        }
      }
      return .message(
        RequestDraft(
          request: request,
          payload: message.raw.serialized(),
          content: Content(message),
          type: message.type,
          road: submission.road.rawValue,
          version: submission.version,
          clientReference: message.callbackData,
          key: key,
          isDurable: key != nil || submission.acceptance == .atCommit,
          claimBy: now + limits.turn + limits.turn))
    } catch {
      return .invalid(error)
    }
  }

  /// The body as JSON without ambiguity: an object, no key twice.
  private static func json(_ body: [UInt8]) throws(GraphErrorBody) -> JSON {
    let parsed: JSON.Document
    do {
      parsed = try JSON.document(body)
    } catch {
      throw GraphErrorBody(
        code: 100, title: "Invalid parameter",
        details: "The body is not JSON (\(error)). Send one JSON object as application/json.")
    }
    guard parsed.root.isObject else {
      throw GraphErrorBody(
        code: 100, title: "Invalid parameter",
        details: "The body must be one JSON object, such as {\"messaging_product\":\"whatsapp\",…}.")
    }
    guard !parsed.hasDuplicateKeys else {
      throw GraphErrorBody(
        code: 100, title: "Invalid parameter",
        details: "A key occurs twice in the body, so it could be read in two ways. Send each key once.")
    }
    return parsed.root
  }

  private static func recipient(of message: OutboundMessage) -> Recipient {
    switch message.recipient {
    case .phone(let digits, _): .customer(.phone(digits))
    case .user(let id): .customer(id.contains(".ENT.") ? .parentBSUID(id) : .bsuid(id))
    case .group(let id): .group(GroupID(id))
    // A receipt names a message instead of a person.
    case nil: .customer(.dialled(""))
    }
  }

  /// The same for every way of writing the same request (contract 4.2).
  private static func digest(_ json: JSON, _ ifClosed: ClosedWindowPolicy?) -> [UInt8] {
    var hash = SHA256()
    hash.update(data: json.serialized(sortedKeys: true))
    hash.update(data: Array("\n\(ifClosed?.rawValue ?? "")".utf8))
    return Array(hash.finalize())
  }
}
