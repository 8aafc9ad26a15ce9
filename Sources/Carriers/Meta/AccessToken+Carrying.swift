import Gateway

extension AccessToken {
  /// Meta's tokens have 100 to 500 characters; header fields are refused by servers from 8 KiB.
  private static let bytesMax = 4096

  /// From which length on a token is taken out of answers.
  ///
  /// Shorter ones are a sandbox's, may be ordinary words, and are no secrets.
  private static let secretBytesMin = 16

  /// Whether the token can stand in a header.
  ///
  /// Asked before the HTTP client is, because the client's own error quotes the header's value.
  var isCarriable: Bool {
    (1...Self.bytesMax).contains(secret.utf8.count)
      && secret.utf8.allSatisfy { (0x21...0x7E).contains($0) }
  }

  /// The same bytes without this token.
  ///
  /// Meta quotes a token it cannot read ("Malformed access token EAAG…") in an answer that CareWindow hands on to programs
  /// which must never see it. Whatever does not quote the token comes back unchanged.
  func removed(from bytes: [UInt8]) -> [UInt8] {
    let token = Array(secret.utf8)
    guard token.count >= Self.secretBytesMin else { return bytes }
    var kept: [UInt8] = []
    var rest = bytes[...]
    while let found = rest.firstRange(of: token) {
      kept += rest[..<found.lowerBound]
      kept += Array(description.utf8)
      rest = rest[found.upperBound...]
    }
    return kept.isEmpty ? bytes : kept + rest
  }
}
