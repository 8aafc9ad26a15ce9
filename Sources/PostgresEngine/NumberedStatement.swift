/// A statement as PostgreSQL wants it: with numbers in the place of the names of its parameters.
struct NumberedStatement: Sendable, Equatable {
  /// The statement, `$1` where the first name stood.
  let sql: String
  /// The names without the `$`, in the order of their numbers, each once.
  let names: [String]

  /// Numbers the names of a statement.
  ///
  /// A name begins with a letter; what stands in quotes is left as it is.
  init(_ named: String) {
    var sql: [UInt8] = []
    var names: [String] = []
    var quote: UInt8?
    var rest = Array(named.utf8)[...]
    sql.reserveCapacity(rest.count)
    while let byte = rest.popFirst() {
      if let open = quote {
        if byte == open { quote = nil }
        sql.append(byte)
      } else if byte == UInt8(ascii: "$"), let first = rest.first, first.isLetter {
        let name = rest.prefix { $0.isLetter || $0.isDigit }
        rest = rest.dropFirst(name.count)
        let text = String(decoding: name, as: UTF8.self)
        let place = names.firstIndex(of: text) ?? names.endIndex
        if place == names.endIndex { names.append(text) }
        sql += "$\(place + 1)".utf8
      } else {
        if byte == UInt8(ascii: "'") || byte == UInt8(ascii: "\"") { quote = byte }
        sql.append(byte)
      }
    }
    self.sql = String(decoding: sql, as: UTF8.self)
    self.names = names
  }
}

extension UInt8 {
  /// A letter of a name, the underscore among them.
  fileprivate var isLetter: Bool {
    (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(self)
      || (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(self) || self == UInt8(ascii: "_")
  }

  fileprivate var isDigit: Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(self) }
}
