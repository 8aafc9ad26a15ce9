import Crypto
import HTTPTypes
import Hummingbird
import NIOHTTP1

/// `/webhooks/meta`: where Meta calls us.
struct MetaWebhook: Sendable {
  /// The path, as it is typed into Meta's form.
  static let path = "/webhooks/meta"

  /// The hash of the verify token: hashes are compared, so that neither content nor length shows in the time it takes.
  private let verifyHash: SHA256Digest

  init(verifyToken: String) {
    precondition(!verifyToken.isEmpty, "an empty verify token would verify anybody")
    verifyHash = SHA256.hash(data: Array(verifyToken.utf8))
  }

  /// Whether a request brings a webhook, which `WebhookDoor` takes.
  ///
  /// Some write a query into Meta's form; it means nothing to us.
  static func isDelivery(_ head: HTTPRequestHead) -> Bool {
    guard head.method == .POST else { return false }
    let target = head.uri.first == "/" ? head.uri[...] : target(ofAbsolute: head.uri)
    return target == path || target.hasPrefix(path + "?")
  }

  /// What follows scheme and authority, as some proxies send them (RFC 9112, 3.2.2).
  private static func target(ofAbsolute uri: String) -> Substring {
    guard let mark = uri.firstRange(of: "://") else { return uri[...] }
    return uri[mark.upperBound...].drop { $0 != "/" }
  }

  /// Answers Meta's check of the subscription (GET).
  ///
  /// Source: developers.facebook.com/documentation/business-messaging/whatsapp/webhooks/create-webhook-endpoint,
  /// read 2026-11-21: mode and token are compared, and the challenge comes back as it was sent.
  func verify(_ query: String?) -> Response {
    guard let items = try? QueryItems(query), items["hub.mode"] == "subscribe",
      let challenge = items["hub.challenge"], let token = items["hub.verify_token"],
      SHA256.hash(data: Array(token.utf8)) == verifyHash
    else { return Response(bare: .forbidden) }
    // Plain text, and never taken for anything else: the challenge is whatever the caller wrote.
    var headers: HTTPFields = [:]
    headers[.xContentTypeOptions] = "nosniff"
    return Response(.ok, "text/plain; charset=utf-8", Array(challenge.utf8), headers: headers)
  }
}
