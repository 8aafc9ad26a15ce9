/// JSON as Storage keeps it in a column: members in a fixed order, whole numbers only, no truth
/// values (0 and 1), nothing that two engines could write differently.
///
/// Written and read by hand, because it is on the way of every message and every request.
indirect enum StoredJSON: Hashable {
  case null
  case integer(Int64)
  case text(String)
  case array([StoredJSON])
  /// Sorted by name, each name once.
  case object([Member])

  /// One member of an object.
  struct Member: Hashable {
    let name: String
    let value: StoredJSON
  }

  /// An object without its empty members, each written once.
  static func members(_ members: KeyValuePairs<String, StoredJSON?>) -> StoredJSON {
    Self.members(of: members)
  }

  /// An object without its empty members, each named once.
  static func members(
    of members: some Collection<(key: String, value: StoredJSON?)>
  ) -> StoredJSON {
    .object(
      members.compactMap { name, value in value.map { Member(name: name, value: $0) } }
        .sorted { $0.name < $1.name }
    )
  }

  /// Text, or nothing.
  static func optional(_ text: String?) -> StoredJSON? { text.map(StoredJSON.text) }

  /// The JSON text, members sorted by name.
  var string: String {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(256)
    write(to: &bytes)
    return String(decoding: bytes, as: UTF8.self)
  }

  /// A member of an object; `nil` for anything else, and for null.
  subscript(name: String) -> StoredJSON? {
    guard case .object(let members) = self,
      let member = members.first(where: { $0.name == name }), member.value != .null
    else { return nil }
    return member.value
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
      for (index, member) in members.enumerated() {
        if index > 0 { bytes.append(UInt8(ascii: ",")) }
        Self.write(member.name, to: &bytes)
        bytes.append(UInt8(ascii: ":"))
        member.value.write(to: &bytes)
      }
      bytes.append(UInt8(ascii: "}"))
    }
  }

  private static func write(_ text: String, to bytes: inout [UInt8]) {
    bytes.append(UInt8(ascii: "\""))
    var text = text
    text.withUTF8 { utf8 in
      if utf8.contains(where: mustEscape) {
        for byte in utf8 { escape(byte, to: &bytes) }
      } else {
        bytes.append(contentsOf: utf8)
      }
    }
    bytes.append(UInt8(ascii: "\""))
  }

  private static func mustEscape(_ byte: UInt8) -> Bool {
    byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\")
  }

  private static func escape(_ byte: UInt8, to bytes: inout [UInt8]) {
    guard mustEscape(byte) else { return bytes.append(byte) }
    guard byte < 0x20 else { return bytes += [UInt8(ascii: "\\"), byte] }
    let digits = Array("0123456789abcdef".utf8)
    bytes += "\\u00".utf8
    bytes += [digits[Int(byte >> 4)], digits[Int(byte & 0xF)]]
  }
}
