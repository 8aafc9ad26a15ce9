import CloudAPI

/// The second step of a webhook: the signature, over the raw bytes, while they stream in.
///
/// Source: reference of Meta's webhooks, "Validating payloads", read 2026-11-21: HMAC-SHA256 keyed with the app secret.
/// Several secrets are accepted while one is rotated; every one of them is compared in constant time.
struct Verify {
  private var verifier: SignatureVerifier

  /// The app secrets, any of which may have signed, made ready once.
  struct Keys: Sendable {
    fileprivate let secrets: SignatureSecrets

    init(_ secrets: [String]) {
      self.secrets = SignatureSecrets(secrets)
    }
  }

  init(_ keys: Keys) {
    verifier = SignatureVerifier(keys.secrets)
  }

  mutating func update(_ chunk: some Collection<UInt8>) {
    verifier.update(chunk)
  }

  func matches(_ header: String) -> Bool {
    verifier.isValid(header)
  }
}
