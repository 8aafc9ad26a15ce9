import Crypto
import Foundation

/// The secret that signs what a callback is told; never prints itself.
///
/// `whsec_` and Base64 as Standard Webhooks writes it, or any other text, whose bytes are the key.
/// Source: github.com/standard-webhooks/standard-webhooks, spec/standard-webhooks.md, read 2026-11-21.
package struct CallbackSecret: Sendable, CustomStringConvertible, CustomReflectable {
  /// What a secret in the scheme's own spelling begins with.
  package static let prefix = "whsec_"

  /// The secret as it was given: what is sealed, and what signs as Meta does.
  package let text: String
  private let key: SymmetricKey

  /// Reads a secret; `nil` when it is too short or too long, or its Base64 is none.
  package init?(_ text: String) {
    let bytes: [UInt8]
    if text.hasPrefix(Self.prefix) {
      guard let data = Data(base64Encoded: String(text.dropFirst(Self.prefix.count))) else {
        return nil
      }
      bytes = [UInt8](data)
    } else {
      bytes = Array(text.utf8)
    }
    let allowed = CallbackLimits.secretBytesMin...CallbackLimits.secretBytesMax
    guard allowed.contains(bytes.count) else { return nil }
    self.text = text
    key = SymmetricKey(data: bytes)
  }

  /// Always the same words, so that a secret cannot reach a log by accident.
  package var description: String { "<callback secret>" }
  /// Shows nothing of the secret to reflection either.
  package var customMirror: Mirror { Mirror(self, children: []) }

  /// The headers of Standard Webhooks for one attempt.
  ///
  /// - Parameters:
  ///   - id: The same in every attempt; without a full stop, which separates what is signed.
  ///   - timestamp: When the attempt is made, in seconds since 1970.
  ///   - body: The bytes that are posted.
  /// - Returns: Names and values, in order.
  package func headers(
    id: String,
    timestamp: Int64,
    body: [UInt8]
  ) -> [(name: String, value: String)] {
    var code = HMAC<SHA256>(key: key)
    code.update(data: Data("\(id).\(timestamp).".utf8))
    code.update(data: Data(body))
    return [
      ("webhook-id", id), ("webhook-timestamp", "\(timestamp)"),
      ("webhook-signature", "v1," + Data(code.finalize()).base64EncodedString()),
    ]
  }
}
