package import CustomerCare

/// What one process tells the others that serve its database: that it is worth looking again, and where.
///
/// A wake-up, never what there is to see: whoever misses one finds the same on its next sweep.
package enum News: Sendable, Hashable {
  /// More entries of the journal wait than whoever tells can apply at once.
  case journalled
  /// A request waits that whoever tells does not carry.
  case due
  /// Callbacks are owed something.
  case owed
  /// A conversation is free for its next message; named by `turn(of:)`.
  case turn(UInt16)

  /// That a request's conversation is free for the next.
  ///
  /// A conversation is told by 16 bits of a hash: two may share them, and one of both looks in vain.
  package static func turn(of request: SendRequest) -> News {
    // FNV-1a, because Swift's own hash is another one in every process.
    var hash: UInt32 = 0x811C_9DC5
    for byte in "\(request.from.rawValue)/\(request.to.alias.key)".utf8 {
      hash = (hash ^ UInt32(byte)) &* 0x0100_0193
    }
    return .turn(UInt16(truncatingIfNeeded: hash ^ hash >> 16))
  }

  /// All there is to tell but turns, which those who wait for one look for anyway.
  package static var everything: [News] { [.journalled, .due, .owed] }
}

extension News {
  private static let words: [(News, String)] = [
    (.journalled, "journalled"), (.due, "due"), (.owed, "owed"),
  ]
  private static let turnPrefix = "turn:"

  /// Several news in one line, of letters, digits, colons and spaces.
  package static func write(_ news: Set<News>) -> String {
    let named = words.filter { news.contains($0.0) }.map(\.1)
    let turns = news.compactMap { news in
      if case .turn(let number) = news { turnPrefix + String(number, radix: 16) } else { nil }
    }
    return (named + turns.sorted()).joined(separator: " ")
  }

  /// What stands in a line; words that a newer release tells are passed over.
  package static func read(_ line: String) -> [News] {
    line.split(separator: " ").compactMap { word in
      if let known = words.first(where: { $0.1 == word }) { return known.0 }
      guard word.hasPrefix(turnPrefix) else { return nil }
      return UInt16(word.dropFirst(turnPrefix.count), radix: 16).map(News.turn)
    }
  }
}
