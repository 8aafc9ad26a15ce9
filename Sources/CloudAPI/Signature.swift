import Crypto

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// Meta's signature over the raw bytes of a webhook body: header `X-Hub-Signature-256`.
///
/// HMAC-SHA256 with the app secret as key. Never over a re-serialised body: Meta may escape
/// characters that we would not.
///
/// Source: developers.facebook.com/documentation/business-messaging/whatsapp/webhooks/create-webhook-endpoint, read 2026-11-21.
package enum Signature {
  /// The name of the header.
  package static let headerName = "X-Hub-Signature-256"

  /// The value of the header for a body: `sha256=` and 64 hex digits.
  package static func header(for body: [UInt8], secret: String) -> String {
    let key = SymmetricKey(data: Array(secret.utf8))
    let code = HMAC<SHA256>.authenticationCode(for: body, using: key)
    return prefix + code.map { hex($0 >> 4) + hex($0 & 0xF) }.joined()
  }

  /// Whether a header was made over exactly these bytes with one of the secrets.
  ///
  /// False for a missing header and for no secrets. Takes the same time for every wrong signature.
  package static func isValid(header: String?, body: [UInt8], secrets: [String]) -> Bool {
    var verifier = SignatureVerifier(SignatureSecrets(secrets))
    body.withUnsafeBytes { verifier.update($0) }
    return verifier.isValid(header)
  }

  static let prefix = "sha256="

  /// The 32 bytes that a header claims, or nil if it has not the right form.
  static func claimed(by header: String) -> [UInt8]? {
    let bytes = Array(header.utf8)
    guard bytes.count == prefix.utf8.count + 64,
      String(decoding: bytes.prefix(prefix.utf8.count), as: UTF8.self).lowercased() == prefix
    else { return nil }
    var code: [UInt8] = []
    code.reserveCapacity(32)
    for index in stride(from: prefix.utf8.count, to: bytes.count, by: 2) {
      guard let high = bytes[index].hexDigitValue, let low = bytes[index + 1].hexDigitValue else {
        return nil
      }
      code.append(high << 4 | low)
    }
    return code
  }

  private static func hex(_ digit: UInt8) -> String { String(digit, radix: 16) }
}

/// App secrets, made ready once for checking many bodies.
///
/// Several are accepted while a secret is rotated and when several apps post to one address.
package struct SignatureSecrets: Sendable {
  fileprivate let keyed: [HMAC<SHA256>]

  /// Creates the set; empty strings, which would accept what anybody can sign, are left out.
  package init(_ secrets: [String]) {
    keyed = secrets.filter { !$0.isEmpty }.map { secret in
      HMAC<SHA256>(key: SymmetricKey(data: Array(secret.utf8)))
    }
  }
}

/// Checks a signature while the body streams in.
package struct SignatureVerifier: Sendable {
  private var running: [HMAC<SHA256>]

  /// Creates a verifier that has seen no bytes.
  package init(_ secrets: SignatureSecrets) {
    running = secrets.keyed
  }

  /// Takes the next bytes of the body.
  package mutating func update(_ bytes: UnsafeRawBufferPointer) {
    for index in running.indices { running[index].update(data: bytes) }
  }

  /// Takes the next bytes of the body.
  package mutating func update(_ bytes: some Collection<UInt8>) {
    let done: Void? = bytes.withContiguousStorageIfAvailable { buffer in
      for index in running.indices { running[index].update(data: UnsafeRawBufferPointer(buffer)) }
    }
    if done == nil { Array(bytes).withUnsafeBytes { update($0) } }
  }

  /// Whether the header was made over the bytes seen so far with one of the secrets.
  ///
  /// Every secret is tried whatever the earlier ones said, and each comparison takes the same time.
  package func isValid(_ header: String?) -> Bool {
    guard let header, let claimed = Signature.claimed(by: header) else { return false }
    var isValid = false
    for code in running {
      let expected = Array(code.finalize())
      var difference: UInt8 = 0
      for index in 0..<32 { difference |= expected[index] ^ claimed[index] }
      isValid = isValid || difference == 0
    }
    return isValid
  }
}
