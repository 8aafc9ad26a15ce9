import Foundation

/// Where a callback may be: http or https, a host, and nobody's name in it.
///
/// Whether the host may be called is asked at every attempt, because names move.
package struct CallbackURL: Sendable, Hashable {
  /// The address as it was given.
  package let text: String
  /// The host, in lower case; an IPv6 address without brackets.
  package let host: String
  /// Whether it is https.
  package let isSecure: Bool

  /// Reads an address; `nil` for one that cannot be a callback's.
  package init?(_ text: String) {
    guard text.utf8.count <= CallbackLimits.urlBytesMax,
      text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }),
      let parts = URLComponents(string: text), let scheme = parts.scheme?.lowercased(),
      ["http", "https"].contains(scheme), parts.user == nil, parts.password == nil,
      parts.fragment == nil, let host = parts.host, !host.isEmpty,
      (parts.port.map { (1...65_535).contains($0) } ?? true)
    else { return nil }
    self.text = text
    self.host = host.lowercased().trimmingCharacters(in: CharacterSet(charactersIn: "[]"))
    isSecure = scheme == "https"
  }
}
