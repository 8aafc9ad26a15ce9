/// Which hosts are asked for media, with a number's token.
///
/// Meta answers `GET /{media-id}` with a URL; the token is sent there. A list, not "whatever Meta says": an answer that names
/// somebody else's host would carry the token out of the house.
struct MediaHosts: Sendable {
  /// Meta's own.
  ///
  /// Source: developers.facebook.com/documentation/business-messaging/whatsapp/business-phone-numbers/media
  /// (2025-12-02), read 2026-11-22: URLs are on `lookaside.fbsbx.com`.
  static let meta = ["https://lookaside.fbsbx.com/"]

  /// The longest URL that is asked for; Meta's have about 200 bytes.
  static let urlBytesMax = 2048

  private let beginnings: [String]

  /// The hosts that go with a Graph API: a sandbox on this machine keeps its media itself.
  init(beside base: GraphBase) {
    beginnings = base.isLoopback ? Self.meta + ["\(base)/"] : Self.meta
  }

  /// Whether a URL may be asked for.
  ///
  /// Compared as text from its first byte to the slash after the host, so that no reading of ports, users or escapes can
  /// come to another host than the one in the list.
  func allow(_ url: String) -> Bool {
    url.utf8.count <= Self.urlBytesMax
      && url.utf8.allSatisfy { (0x21...0x7E).contains($0) && $0 != 0x5C && $0 != 0x23 }
      && beginnings.contains(where: url.hasPrefix)
  }
}
