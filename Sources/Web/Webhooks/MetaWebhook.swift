import Crypto
import Gateway
import HTTPTypes
import Hummingbird
import Logging

/// `/webhooks/meta`: where Meta calls us.
///
/// Whatever is signed is stored and answered with 200. Nothing here reads the body; nothing but a status is answered.
struct MetaWebhook: Sendable {
  /// The path, as it is typed into Meta's form.
  static let path = "/webhooks/meta"

  private let intake: Intake
  private let journal: JournalWatch
  /// The hash of the verify token: hashes are compared, so that neither content nor length shows in the time it takes.
  private let verifyHash: SHA256Digest

  init(intake: Intake, verifyToken: String, journal: JournalWatch) {
    precondition(!verifyToken.isEmpty, "an empty verify token would verify anybody")
    self.intake = intake
    self.journal = journal
    verifyHash = SHA256.hash(data: Array(verifyToken.utf8))
  }

  /// Takes a webhook (POST).
  func take(_ request: Request) async -> Response {
    if let announced = request.announcedBytes, announced > intake.limits.bodyBytesMax {
      return answer(.tooLarge)
    }
    do {
      return answer(
        try await intake.take(
          ByteChunks(request.body),
          signature: request.headers.single(.hubSignature)
        )
      )
    } catch is BodyTooSlow {
      return answer(.tooSlow)
    } catch {
      // The client is gone; nobody reads this answer, and Meta will send the webhook again.
      Logger(label: "carewindow.web").debug(
        "A webhook broke off",
        metadata: ["error.type": "\(type(of: error))"]
      )
      return answer(.tooSlow)
    }
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

  private func answer(_ answer: IntakeAnswer) -> Response {
    journal.note(answer)
    return switch answer {
    case .stored: Response(bare: .ok)
    case .badSignature: Response(bare: .unauthorized)
    case .tooLarge: Response(bare: .contentTooLarge).last
    case .tooSlow: Response(bare: .requestTimeout).last
    case .overloaded: Response(bare: .serviceUnavailable).last
    case .notStored: Response(bare: .serviceUnavailable)
    }
  }
}
