/// A JSON value that keeps what was written: the order of members and the text of numbers.
///
/// Foundation's readers keep neither, and CareWindow must hand on what it has judged and store what
/// it was told. Strings never contain U+0000 or a lone surrogate: both become U+FFFD when parsed, so
/// that every database stores the same text.
package enum JSON: Sendable, Hashable {
  /// The literal `null`.
  case null
  /// `true` or `false`.
  case bool(Bool)
  /// A number, as it was written.
  case number(String)
  /// A string, unescaped.
  case string(String)
  /// An array.
  case array([JSON])
  /// An object; no two members have the same key.
  case object([JSONMember])
}

/// One key and its value in a JSON object.
package struct JSONMember: Sendable, Hashable {
  /// The key, unescaped.
  package var key: String

  /// The value.
  package var value: JSON

  /// Creates a member.
  package init(_ key: String, _ value: JSON) {
    self.key = key
    self.value = value
  }
}

/// How much of a body is read before it is given up.
package struct JSONLimits: Sendable, Hashable {
  /// How many arrays and objects may stand inside each other.
  package var depth: Int

  /// How many values there may be in all.
  package var values: Int

  /// Creates limits.
  package init(depth: Int, values: Int) {
    self.depth = depth
    self.values = values
  }

  /// The limits used where nothing else is said.
  ///
  /// Meta's deepest known webhook has twelve levels; 64 leaves room and keeps the parser's recursion
  /// within a few kilobytes of stack. A body of 4 MiB, the most that is accepted, cannot hold more
  /// than 2,097,152 values, so `values` only guards callers that read longer bodies.
  package static let standard = JSONLimits(depth: 64, values: 2_097_152)
}

extension JSON {
  /// The value of a member, or nil if there is none, it is `null`, or this is no object.
  package subscript(key: String) -> JSON? {
    guard case .object(let members) = self else { return nil }
    for member in members where member.key == key {
      if case .null = member.value { return nil }
      return member.value
    }
    return nil
  }

  /// The members of an object; empty for everything else.
  package var members: [JSONMember] {
    if case .object(let members) = self { members } else { [] }
  }

  /// The elements of an array; empty for everything else.
  package var items: [JSON] {
    if case .array(let items) = self { items } else { [] }
  }

  /// A string, or a number as it was written; nil for the empty string, because Meta writes `""`
  /// where a value is missing.
  package var text: String? {
    switch self {
    case .string(let string): string.isEmpty ? nil : string
    case .number(let number): number
    default: nil
    }
  }

  /// An integer, or a string that holds one; nil for fractions, words and values beyond 64 bits.
  package var integer: Int64? {
    switch self {
    case .number(let text): Int64(text) ?? Self.wholeNumber(text)
    case .string(let text): Int64(text)
    default: nil
    }
  }

  /// A number, or a string that holds one; never NaN or infinite.
  package var decimal: Double? {
    switch self {
    case .number(let text): Self.finite(text)
    case .string(let text):
      text.utf8.allSatisfy { ($0 >= 0x2B && $0 <= 0x39) || $0 == 0x45 || $0 == 0x65 }
        ? Self.finite(text) : nil
    default: nil
    }
  }

  /// A truth value, or the strings `true` and `false`.
  package var flag: Bool? {
    switch self {
    case .bool(let flag): flag
    case .string(let text): Bool(text)
    default: nil
    }
  }

  /// True for objects.
  package var isObject: Bool {
    if case .object = self { true } else { false }
  }

  /// The integer that a number such as `1e3` or `12.0` stands for.
  private static func wholeNumber(_ text: String) -> Int64? {
    finite(text).flatMap(Int64.init(exactly:))
  }

  private static func finite(_ text: String) -> Double? {
    Double(text).flatMap { $0.isFinite ? $0 : nil }
  }
}
