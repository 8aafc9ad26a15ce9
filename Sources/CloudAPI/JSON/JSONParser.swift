/// Reads JSON by recursive descent over contiguous bytes; its depth is limited.
struct JSONParser {
  private let bytes: UnsafeBufferPointer<UInt8>
  private let limits: JSONLimits
  private var position = 0
  private var values = 0
  private var hasDuplicateKeys = false

  /// Objects up to this size are searched for a key member by member, larger ones by hash: both find
  /// a doubled key without work that grows with the square of the object.
  private static let linearSearchMax = 24

  init(_ bytes: UnsafeBufferPointer<UInt8>, limits: JSONLimits) {
    self.bytes = bytes
    self.limits = limits
  }

  mutating func document() throws(WireError) -> JSON.Document {
    if bytes.count >= 3, bytes[0] == 0xEF, bytes[1] == 0xBB, bytes[2] == 0xBF { position = 3 }
    let root = try value(depth: 0)
    skipSpace()
    if position < bytes.count { throw unexpected("after the value") }
    return JSON.Document(root: root, hasDuplicateKeys: hasDuplicateKeys)
  }

  private mutating func value(depth: Int) throws(WireError) -> JSON {
    values += 1
    if values > limits.values {
      throw WireError(.tooMany, "more than \(limits.values) values", offset: position)
    }
    skipSpace()
    guard position < bytes.count else { throw truncated("a value") }
    switch bytes[position] {
    case UInt8(ascii: "\""): return .string(try string())
    case UInt8(ascii: "{"): return try object(depth: depth + 1)
    case UInt8(ascii: "["): return try array(depth: depth + 1)
    case UInt8(ascii: "t"): return try literal("true", .bool(true))
    case UInt8(ascii: "f"): return try literal("false", .bool(false))
    case UInt8(ascii: "n"): return try literal("null", .null)
    case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return .number(try number())
    default: throw unexpected("where a value should begin")
    }
  }

  private mutating func object(depth: Int) throws(WireError) -> JSON {
    try enter(depth)
    var members: [JSONMember] = []
    var index: [ExactText: Int] = [:]
    if try opensEmpty(closing: UInt8(ascii: "}")) { return .object([]) }
    members.reserveCapacity(8)  // Most objects of Meta's have fewer.
    while true {
      skipSpace()
      guard position < bytes.count else { throw truncated("a key") }
      guard bytes[position] == UInt8(ascii: "\"") else { throw unexpected("where a key belongs") }
      let key = try string()
      skipSpace()
      try expect(UInt8(ascii: ":"), "a colon")
      let member = JSONMember(key, try value(depth: depth))
      if let earlier = place(of: key, in: members, index: &index) {
        hasDuplicateKeys = true
        members[earlier] = member
      } else {
        members.append(member)
      }
      if try closes(UInt8(ascii: "}")) { return .object(members) }
    }
  }

  private mutating func array(depth: Int) throws(WireError) -> JSON {
    try enter(depth)
    var items: [JSON] = []
    if try opensEmpty(closing: UInt8(ascii: "]")) { return .array([]) }
    while true {
      items.append(try value(depth: depth))
      if try closes(UInt8(ascii: "]")) { return .array(items) }
    }
  }

  private mutating func enter(_ depth: Int) throws(WireError) {
    guard depth <= limits.depth else {
      throw WireError(.tooDeep, "more than \(limits.depth) levels", offset: position)
    }
    position += 1
  }

  private mutating func opensEmpty(closing: UInt8) throws(WireError) -> Bool {
    skipSpace()
    guard position < bytes.count else { throw truncated("a container") }
    guard bytes[position] == closing else { return false }
    position += 1
    return true
  }

  private mutating func closes(_ closing: UInt8) throws(WireError) -> Bool {
    skipSpace()
    guard position < bytes.count else { throw truncated("a container") }
    let byte = bytes[position]
    guard byte == closing || byte == UInt8(ascii: ",") else {
      throw unexpected("between the items of a container")
    }
    position += 1
    return byte == closing
  }

  /// The place of an earlier member with the same key, byte for byte.
  private func place(
    of key: String,
    in members: [JSONMember],
    index: inout [ExactText: Int]
  ) -> Int? {
    if members.count < Self.linearSearchMax {
      return members.firstIndex { ExactText($0.key) == ExactText(key) }
    }
    if index.isEmpty {
      for (place, member) in members.enumerated() { index[ExactText(member.key)] = place }
    }
    if let earlier = index[ExactText(key)] { return earlier }
    index[ExactText(key)] = members.count
    return nil
  }
}

extension JSONParser {
  private mutating func number() throws(WireError) -> String {
    let start = position
    if bytes[position] == UInt8(ascii: "-") { position += 1 }
    let whole = digits()
    if whole == 0 {
      throw position < bytes.count ? unexpected("in a number") : truncated("a number")
    }
    if whole > 1, bytes[position - whole] == UInt8(ascii: "0") {
      throw WireError(.malformed, "a number with a leading zero", offset: start)
    }
    if position < bytes.count, bytes[position] == UInt8(ascii: ".") {
      position += 1
      if digits() == 0 { throw WireError(.malformed, "a number without fraction", offset: start) }
    }
    if position < bytes.count, bytes[position] | 0x20 == UInt8(ascii: "e") {
      position += 1
      if position < bytes.count,
        bytes[position] == UInt8(ascii: "+") || bytes[position] == UInt8(ascii: "-")
      {
        position += 1
      }
      if digits() == 0 { throw WireError(.malformed, "a number without exponent", offset: start) }
    }
    return String(decoding: bytes[start..<position], as: UTF8.self)
  }

  private mutating func digits() -> Int {
    let start = position
    while position < bytes.count, bytes[position] &- UInt8(ascii: "0") <= 9 { position += 1 }
    return position - start
  }

  private mutating func string() throws(WireError) -> String {
    position += 1
    let start = position
    while position < bytes.count {
      let byte = bytes[position]
      if byte == UInt8(ascii: "\"") {
        let text = String(
          decoding: UnsafeBufferPointer(rebasing: bytes[start..<position]),
          as: UTF8.self
        )
        position += 1
        return text
      }
      if byte == UInt8(ascii: "\\") || byte == 0 { return try escapedString(from: start) }
      position += 1
    }
    throw truncated("a string")
  }

  /// Reads on from the first byte of a string that cannot be copied as it is.
  private mutating func escapedString(from start: Int) throws(WireError) -> String {
    var text = [UInt8](bytes[start..<position])
    while position < bytes.count {
      let byte = bytes[position]
      position += 1
      switch byte {
      case UInt8(ascii: "\""): return String(decoding: text, as: UTF8.self)
      case UInt8(ascii: "\\"): try escape(into: &text)
      case 0: text.append(contentsOf: Self.replacement)
      default: text.append(byte)
      }
    }
    throw truncated("a string")
  }

  private mutating func escape(into text: inout [UInt8]) throws(WireError) {
    guard position < bytes.count else { throw truncated("an escape") }
    let byte = bytes[position]
    position += 1
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): text.append(byte)
    case UInt8(ascii: "b"): text.append(0x08)
    case UInt8(ascii: "f"): text.append(0x0C)
    case UInt8(ascii: "n"): text.append(0x0A)
    case UInt8(ascii: "r"): text.append(0x0D)
    case UInt8(ascii: "t"): text.append(0x09)
    case UInt8(ascii: "u"): try unicodeEscape(into: &text)
    default: throw WireError(.malformed, "an unknown escape", offset: position - 1)
    }
  }

  private mutating func unicodeEscape(into text: inout [UInt8]) throws(WireError) {
    var code = try fourHexDigits()
    if code & 0xFC00 == 0xD800 {
      // A high surrogate means something only together with the low one after it.
      guard position + 1 < bytes.count, bytes[position] == UInt8(ascii: "\\"),
        bytes[position + 1] == UInt8(ascii: "u")
      else { return text.append(contentsOf: Self.replacement) }
      let afterHigh = position
      position += 2
      let low = try fourHexDigits()
      guard low & 0xFC00 == 0xDC00 else {
        position = afterHigh
        return text.append(contentsOf: Self.replacement)
      }
      code = 0x10000 + ((code & 0x3FF) << 10) + (low & 0x3FF)
    }
    guard code != 0, let scalar = Unicode.Scalar(code) else {
      return text.append(contentsOf: Self.replacement)
    }
    text.append(contentsOf: UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter)
  }

  private mutating func fourHexDigits() throws(WireError) -> UInt32 {
    guard position + 4 <= bytes.count else { throw truncated("an escape") }
    var code: UInt32 = 0
    for _ in 0..<4 {
      guard let digit = bytes[position].hexDigitValue else {
        throw WireError(.malformed, "an escape without four hex digits", offset: position)
      }
      code = code << 4 | UInt32(digit)
      position += 1
    }
    return code
  }

  /// U+FFFD in UTF-8.
  private static let replacement: [UInt8] = [0xEF, 0xBF, 0xBD]
}

extension JSONParser {
  private mutating func skipSpace() {
    while position < bytes.count {
      switch bytes[position] {
      case 0x20, 0x0A, 0x0D, 0x09: position += 1
      default: return
      }
    }
  }

  private mutating func literal(_ word: StaticString, _ value: JSON) throws(WireError) -> JSON {
    let expected = UnsafeBufferPointer(start: word.utf8Start, count: word.utf8CodeUnitCount)
    for byte in expected { try expect(byte, "true, false or null") }
    return value
  }

  private mutating func expect(_ byte: UInt8, _ what: String) throws(WireError) {
    guard position < bytes.count else { throw truncated(what) }
    guard bytes[position] == byte else { throw unexpected("instead of \(what)") }
    position += 1
  }

  private func truncated(_ what: String) -> WireError {
    WireError(.truncated, "ends inside or before \(what)", offset: position)
  }

  private func unexpected(_ where: String) -> WireError {
    WireError(.malformed, "an unexpected byte \(`where`)", offset: position)
  }
}

/// Text compared byte for byte; `String` compares by canonical equivalence, which JSON does not.
private struct ExactText: Hashable {
  let text: String

  init(_ text: String) { self.text = text }

  static func == (left: ExactText, right: ExactText) -> Bool {
    left.text.utf8.count == right.text.utf8.count && left.text == right.text
      && left.text.utf8.elementsEqual(right.text.utf8)
  }

  func hash(into hasher: inout Hasher) {
    for byte in text.utf8 { hasher.combine(byte) }
  }
}

extension UInt8 {
  /// The value of an ASCII hex digit of either case.
  var hexDigitValue: UInt8? {
    switch self {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): self - UInt8(ascii: "0")
    case UInt8(ascii: "a")...UInt8(ascii: "f"): self - UInt8(ascii: "a") + 10
    case UInt8(ascii: "A")...UInt8(ascii: "F"): self - UInt8(ascii: "A") + 10
    default: nil
    }
  }
}
