/// Reads the JSON that `StoredJSON` writes; anything else is damage.
struct StoredJSONReader {
  /// How deep values may be nested; ours are six deep at most.
  private static let depthMax = 32

  private let bytes: [UInt8]
  private var position = 0

  init(_ string: String) {
    bytes = Array(string.utf8)
  }

  /// The value, which must be all there is.
  mutating func whole() throws(StoreError) -> StoredJSON {
    let value = try value(depth: 0)
    guard position == bytes.count else { throw damage }
    return value
  }

  private var damage: StoreError {
    StoreError(code: .unreadable, message: "A column does not hold its JSON (at byte \(position))")
  }

  private var byte: UInt8? { position < bytes.count ? bytes[position] : nil }

  private mutating func take(_ character: Unicode.Scalar) -> Bool {
    guard byte == UInt8(ascii: character) else { return false }
    position += 1
    return true
  }

  private mutating func value(depth: Int) throws(StoreError) -> StoredJSON {
    guard depth < Self.depthMax, let byte else { throw damage }
    switch byte {
    case UInt8(ascii: "{"): return try object(depth: depth)
    case UInt8(ascii: "["): return try array(depth: depth)
    case UInt8(ascii: "\""): return .text(try text())
    case UInt8(ascii: "n"):
      guard bytes[position...].starts(with: "null".utf8) else { throw damage }
      position += 4
      return .null
    default: return .integer(try integer())
    }
  }

  private mutating func object(depth: Int) throws(StoreError) -> StoredJSON {
    position += 1
    var members: [StoredJSON.Member] = []
    if take("}") { return .object(members) }
    while true {
      guard byte == UInt8(ascii: "\"") else { throw damage }
      let name = try text()
      guard take(":") else { throw damage }
      members.append(StoredJSON.Member(name: name, value: try value(depth: depth + 1)))
      if take("}") { return .object(members) }
      guard take(",") else { throw damage }
    }
  }

  private mutating func array(depth: Int) throws(StoreError) -> StoredJSON {
    position += 1
    var items: [StoredJSON] = []
    if take("]") { return .array(items) }
    while true {
      items.append(try value(depth: depth + 1))
      if take("]") { return .array(items) }
      guard take(",") else { throw damage }
    }
  }

  private mutating func integer() throws(StoreError) -> Int64 {
    let start = position
    _ = take("-")
    while let byte, (0x30...0x39).contains(byte) { position += 1 }
    guard let integer = Int64(String(decoding: bytes[start..<position], as: UTF8.self)) else {
      throw damage
    }
    return integer
  }

  private mutating func text() throws(StoreError) -> String {
    position += 1
    let start = position
    while let byte, byte != UInt8(ascii: "\""), byte != UInt8(ascii: "\\") { position += 1 }
    var read = Array(bytes[start..<position])
    while let byte {
      position += 1
      switch byte {
      case UInt8(ascii: "\""): return String(decoding: read, as: UTF8.self)
      case UInt8(ascii: "\\"): read.append(try escaped())
      default: read.append(byte)
      }
    }
    throw damage
  }

  /// The writer escapes quotes, backslashes and controls, and nothing else.
  private mutating func escaped() throws(StoreError) -> UInt8 {
    guard let byte else { throw damage }
    position += 1
    guard byte == UInt8(ascii: "u") else { return byte }
    guard position + 4 <= bytes.count,
      let value = UInt8(
        String(decoding: bytes[position..<(position + 4)], as: UTF8.self),
        radix: 16
      )
    else { throw damage }
    position += 4
    return value
  }
}
