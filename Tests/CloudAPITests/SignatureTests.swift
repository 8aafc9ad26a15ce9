import CloudAPI
import Testing

@Suite struct SignatureTests {
  private struct Vector: Sendable {
    let secret: String
    let body: String
    let header: String
  }

  /// Computed with OpenSSL on 2026-11-21.
  private static let vectors = [
    Vector(
      secret: "test_app_secret",
      body: #"{"object":"whatsapp_business_account","entry":[]}"#,
      header: "sha256=dec6a680679a968e7e0319355b23599cbfc54502c0784668e9618baa0c633756"
    ),
    Vector(
      secret: "s3cr3t-Inv0",
      body:
        #"{"object":"whatsapp_business_account","entry":[{"id":"900100200300400","changes":[]}]}"#,
      header: "sha256=7ce7fa1defbfdda00fbc5343383e2c6cb0d06ad129bb37d0b5c83b1cf5f0f15c"
    ),
  ]

  @Test(arguments: vectors)
  private func `a body has the signature that OpenSSL computes`(vector: Vector) {
    let body = Array(vector.body.utf8)
    #expect(Signature.header(for: body, secret: vector.secret) == vector.header)
    #expect(Signature.isValid(header: vector.header, body: body, secrets: [vector.secret]))
    let shouted = "SHA256=" + vector.header.dropFirst(7).uppercased()
    #expect(Signature.isValid(header: shouted, body: body, secrets: [vector.secret]))
  }

  @Test func `any of several secrets is enough, in any place`() {
    let body = Array("{}".utf8)
    let header = Signature.header(for: body, secret: "new")
    #expect(Signature.isValid(header: header, body: body, secrets: ["old", "new"]))
    #expect(Signature.isValid(header: header, body: body, secrets: ["new", "old"]))
    #expect(!Signature.isValid(header: header, body: body, secrets: ["old", "older"]))
  }

  @Test(arguments: [
    nil, "", "sha256=", "dec6a680679a968e7e0319355b23599cbfc54502c0784668e9618baa0c633756",
    "sha1=dec6a680679a968e7e0319355b23599cbfc54502c0784668e9618baa0c633756",
    "sha256=dec6a680679a968e7e0319355b23599cbfc54502c0784668e9618baa0c63375",
    "sha256=dec6a680679a968e7e0319355b23599cbfc54502c0784668e9618baa0c633757",
    "sha256=zec6a680679a968e7e0319355b23599cbfc54502c0784668e9618baa0c633756",
    "sha256=dec6a680679a968e7e0319355b23599cbfc54502c0784668e9618baa0c6337566",
    "sha256=\u{130}ec6a680679a968e7e0319355b23599cbfc54502c0784668e9618baa0c63375",
  ])
  func `a header that is missing, malformed or wrong by one digit is refused`(header: String?) {
    let body = Array(Self.vectors[0].body.utf8)
    #expect(!Signature.isValid(header: header, body: body, secrets: ["test_app_secret"]))
  }

  @Test func `no secret and an empty secret accept nothing`() {
    let body = Array("{}".utf8)
    let header = Signature.header(for: body, secret: "")
    #expect(!Signature.isValid(header: header, body: body, secrets: []))
    #expect(!Signature.isValid(header: header, body: body, secrets: [""]))
  }

  @Test func `one changed byte of the body is noticed`() {
    var body = Array(Self.vectors[0].body.utf8)
    body[10] ^= 1
    let vector = Self.vectors[0]
    #expect(!Signature.isValid(header: vector.header, body: body, secrets: [vector.secret]))
  }

  @Test(arguments: [1, 7, 64, 1_000])
  func `a body that streams in has the same signature`(pieceLength: Int) {
    let vector = Self.vectors[1]
    let body = Array(vector.body.utf8)
    let secrets = SignatureSecrets(["other", vector.secret])
    var verifier = SignatureVerifier(secrets)
    for start in stride(from: 0, to: body.count, by: pieceLength) {
      verifier.update(body[start..<min(start + pieceLength, body.count)])
    }
    #expect(verifier.isValid(vector.header))
    #expect(!SignatureVerifier(secrets).isValid(vector.header))
  }
}
