import CloudAPI
import CustomerCare
import Gateway

extension DispatchOutcome {
  /// The code of a refusal that has no Graph error: none of Meta's is negative.
  static let codeOfUnreadableRefusal = -1

  /// What an answer of Meta's says about the message it answers.
  ///
  /// `notSent` and `refused` need proof, because Meta knows no idempotency key: a second attempt after an accepted one
  /// reaches the customer twice. Everything that proves nothing is unknown.
  ///
  /// Source: developers.facebook.com/documentation/business-messaging/whatsapp/support/error-codes,
  /// read 2026-11-21.
  init(_ answer: MetaAnswer) {
    let json = try? JSON.parse(answer.body)
    switch answer.status {
    case 200..<300:
      self =
        json.flatMap(Self.init(acceptance:))
        ?? .unknown(reason: "HTTP \(answer.status) without a message id")
    case 400..<600:
      if let error = json.flatMap(GraphErrorBody.init) {
        self.init(error, status: answer.status)
      } else {
        self.init(unreadableStatus: answer.status)
      }
    default:
      // A redirect, most likely by something between Meta and us. Whether the message was taken first, nobody knows.
      self = .unknown(reason: "HTTP \(answer.status)")
    }
  }

  /// Meta's ids have about 60 characters.
  private static let messageIDBytesMax = 1024

  private init?(acceptance json: JSON) {
    guard let response = SendResponse(json) else { return nil }
    guard let id = response.messageID else {
      self = .acknowledged
      return
    }
    guard id.utf8.count <= Self.messageIDBytesMax else { return nil }
    self = .accepted(MessageID(rawValue: id), waID: response.waID, userID: response.userID)
  }

  private init(_ error: GraphErrorBody, status: Int) {
    switch (error.known?.retry, status) {
    case (.yes, _):
      self = .notSent(
        reason: "Meta answered error \(error.code), which may be tried again",
        error.refusal
      )
    case (.yesUnsafe, _):
      self = .unknown(
        reason: "Meta answered error \(error.code), after which the message may still go out"
      )
    case (nil, 500...):
      self = .unknown(
        reason: "HTTP \(status) with error \(error.code), which is not in Meta's table"
      )
    case (.no, _), (.later, _), (nil, _):
      self = .refused(error.refusal)
    }
  }

  /// An answer that says no, in words that are not Meta's: a proxy's page, or Meta's edge before the API.
  private init(unreadableStatus status: Int) {
    switch status {
    case 429:
      // Too many requests: by its definition (RFC 6585, section 4) nothing was done with this one.
      self = .notSent(reason: "HTTP 429 without a Graph error")
    case 408, 499, 500...:
      // The other side waited for something or broke: after or before it took the message, nobody knows.
      self = .unknown(reason: "HTTP \(status) without a Graph error")
    default:
      self = .refused(
        MetaRefusal(
          code: Self.codeOfUnreadableRefusal,
          title: "HTTP \(status) without a Graph error"
        )
      )
    }
  }
}

extension GraphErrorBody {
  /// Meta's own words, its title without the code before it.
  var refusal: MetaRefusal {
    let prefix = "(#\(code)) "
    let title = message.hasPrefix(prefix) ? String(message.dropFirst(prefix.count)) : message
    return MetaRefusal(code: code, title: title, details: details ?? userMessage ?? "")
  }
}
