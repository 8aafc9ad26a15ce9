/// Where Meta's Graph API is reached: scheme, host and port, nothing else.
package struct GraphBase: Sendable, Hashable, CustomStringConvertible {
  /// Why a text is no such address, as the end of a sentence that begins with the setting's name.
  package struct Problem: Error, Hashable, CustomStringConvertible {
    package let description: String
  }

  /// The address as it begins a URL, such as `https://graph.facebook.com`.
  package let description: String
  /// Whether the host is this machine.
  package let isLoopback: Bool

  /// Meta's own.
  package static let meta = GraphBase(description: "https://graph.facebook.com", isLoopback: false)

  private init(description: String, isLoopback: Bool) {
    self.description = description
    self.isLoopback = isLoopback
  }

  /// Reads an address; a slash at the end is passed over.
  ///
  /// Unencrypted HTTP is for a sandbox on this machine only: tokens travel in these requests.
  package init(_ text: String) throws(Problem) {
    guard let scheme = ["https://", "http://"].first(where: text.hasPrefix) else {
      throw Problem(description: "must begin with https://")
    }
    var rest = text.dropFirst(scheme.count)
    if rest.last == "/" { rest.removeLast() }
    guard !rest.contains(where: { "/?#@".contains($0) }) else {
      throw Problem(description: "must have no path, version, query or user")
    }
    guard let (host, port) = Self.hostAndPort(rest) else {
      throw Problem(description: "must name a host, with a port from 1 to 65535 if any")
    }
    isLoopback = Self.isLoopback(host)
    guard scheme == "https://" || isLoopback else {
      throw Problem(description: "may use http only to this machine")
    }
    description = scheme + host + (port.map { ":\($0)" } ?? "")
  }

  private static func hostAndPort(_ text: Substring) -> (host: String, port: Int?)? {
    let end: Substring.Index
    if text.first == "[" {
      guard let close = text.firstIndex(of: "]") else { return nil }
      end = text.index(after: close)
      let inside = text[text.index(after: text.startIndex)..<close]
      guard inside.contains(":"), inside.allSatisfy({ $0 == ":" || $0 == "." || $0.isHexDigit })
      else { return nil }
    } else {
      end = text.firstIndex(of: ":") ?? text.endIndex
      let isName = text[..<end].utf8.allSatisfy { isLetterOrDigit($0) || $0 == 0x2D || $0 == 0x2E }
      guard isName, end > text.startIndex else { return nil }
    }
    let host = text[..<end].lowercased()
    let rest = text[end...]
    guard !rest.isEmpty else { return (host, nil) }
    let digits = rest.dropFirst()
    guard rest.first == ":", (1...5).contains(digits.count), digits.utf8.allSatisfy(isDigit),
      let port = Int(digits), (1...65_535).contains(port)
    else { return nil }
    return (host, port)
  }

  private static func isLoopback(_ host: String) -> Bool {
    if host == "localhost" || host == "[::1]" { return true }
    let parts = host.split(separator: ".", omittingEmptySubsequences: false)
    // Four numbers, so that a name such as 127.0.0.1.example.com is somebody else's.
    return parts.count == 4 && parts.first == "127" && parts.allSatisfy { UInt8($0) != nil }
  }
}

func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }

func isLetterOrDigit(_ byte: UInt8) -> Bool {
  isDigit(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
}
