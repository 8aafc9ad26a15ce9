/// JSON as Storage keeps it in a column: members in a fixed order, whole numbers only, no truth
/// values (0 and 1), nothing that two engines could write differently.
///
/// Written and read by hand, because it is on the way of every message and every request.
indirect enum StoredJSON: Hashable {
  case null
  case integer(Int64)
  case text(String)
  case array([StoredJSON])
  case object([String: StoredJSON])

  /// An object without its empty members.
  static func members(_ members: [String: StoredJSON?]) -> StoredJSON {
    .object(members.compactMapValues { $0 })
  }

  /// Text, or nothing.
  static func optional(_ text: String?) -> StoredJSON? { text.map(StoredJSON.text) }

  /// The JSON text, members sorted by name.
  var string: String {
    var bytes: [UInt8] = []
    write(to: &bytes)
    return String(decoding: bytes, as: UTF8.self)
  }

  /// A member of an object; `nil` for anything else, and for null.
  subscript(name: String) -> StoredJSON? {
    guard case .object(let members) = self, let value = members[name], value != .null else {
      return nil
    }
    return value
  }

  /// The text, if it is one.
  var text: String? { if case .text(let text) = self { text } else { nil } }
  /// The whole number, if it is one.
  var integer: Int64? { if case .integer(let integer) = self { integer } else { nil } }
  /// The items, if it is an array.
  var items: [StoredJSON] { if case .array(let items) = self { items } else { [] } }

  /// Reads what `string` wrote.
  init(parsing string: String) throws(StoreError) {
    var reader = StoredJSONReader(string)
    self = try reader.whole()
  }

  private func write(to bytes: inout [UInt8]) {
    switch self {
    case .null: bytes += "null".utf8
    case .integer(let integer): bytes += String(integer).utf8
    case .text(let text): Self.write(text, to: &bytes)
    case .array(let items):
      bytes.append(UInt8(ascii: "["))
      for (index, item) in items.enumerated() {
        if index > 0 { bytes.append(UInt8(ascii: ",")) }
        item.write(to: &bytes)
      }
      bytes.append(UInt8(ascii: "]"))
    case .object(let members):
      bytes.append(UInt8(ascii: "{"))
      for (index, name) in members.keys.sorted().enumerated() {
        if index > 0 { bytes.append(UInt8(ascii: ",")) }
        Self.write(name, to: &bytes)
        bytes.append(UInt8(ascii: ":"))
        (members[name] ?? .null).write(to: &bytes)
      }
      bytes.append(UInt8(ascii: "}"))
    }
  }

  private static func write(_ text: String, to bytes: inout [UInt8]) {
    bytes.append(UInt8(ascii: "\""))
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: "\""): bytes += #"\""#.utf8
      case UInt8(ascii: "\\"): bytes += #"\\"#.utf8
      case 0x00...0x1F:
        let digits = Array("0123456789abcdef".utf8)
        bytes += "\\u00".utf8
        bytes.append(digits[Int(byte >> 4)])
        bytes.append(digits[Int(byte & 0xF)])
      default: bytes.append(byte)
      }
    }
    bytes.append(UInt8(ascii: "\""))
  }
}
