import CLibPQ

/// The address of a PostgreSQL database as libpq reads it, several hosts included.
package struct PostgresAddress: Sendable, Hashable {
  /// The address, which may hold a password.
  package let text: String

  /// Reads an address; `nil` if libpq cannot.
  ///
  /// - Parameter text: `postgres://user:password@host:port,host:port/database?parameter=value`.
  package init?(_ text: String) {
    guard text.hasPrefix("postgres://") || text.hasPrefix("postgresql://"),
      let options = PQconninfoParse(text, nil)
    else { return nil }
    PQconninfoFree(options)
    self.text = text
  }

  /// The address without what nobody may see.
  package var name: String {
    let (address, query) = Self.halves(text, at: "?")
    let (scheme, rest) = Self.halves(address, at: "://")
    let authority = rest.prefix { $0 != "/" }
    var name = scheme + "://"
    if let at = authority.lastIndex(of: "@") {
      name += authority[..<at].prefix { $0 != ":" } + rest[at...]
    } else {
      name += rest
    }
    let shown = query.split(separator: "&").filter { parameter in
      !parameter.prefix { $0 != "=" }.lowercased().contains("password")
    }
    return shown.isEmpty ? name : "\(name)?\(shown.joined(separator: "&"))"
  }

  /// What stands before a mark, and what behind it.
  private static func halves(_ text: String, at mark: String) -> (String, String) {
    guard let range = text.firstRange(of: mark) else { return (text, "") }
    return (String(text[..<range.lowerBound]), String(text[range.upperBound...]))
  }
}
