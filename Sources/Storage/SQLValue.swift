package import CustomerCare

/// What a parameter or a column can hold, on every engine.
package enum SQLValue: Sendable, Hashable {
  /// Nothing.
  case null
  /// A whole number: counts, milliseconds since 1970, micro-units of money, 0 and 1 for truth.
  case int64(Int64)
  /// Text without U+0000.
  case string(String)
  /// Bytes as they came.
  case blob([UInt8])
}

/// The parameters of a statement, by name without the `$`.
package struct SQLParameters: Sendable, ExpressibleByDictionaryLiteral {
  /// Names and values; each name once.
  package private(set) var pairs: [(String, SQLValue)]

  /// Makes parameters from names and values.
  package init(dictionaryLiteral elements: (String, SQLValue)...) {
    pairs = elements
  }

  /// Adds a parameter.
  package mutating func append(_ name: String, _ value: SQLValue) {
    pairs.append((name, value))
  }

  /// Adds a parameter for each value, and returns the list to write between the parentheses of
  /// an `IN`.
  package mutating func appendList(_ prefix: String, _ values: [SQLValue]) -> String {
    for (index, value) in values.enumerated() { pairs.append(("\(prefix)\(index)", value)) }
    return values.indices.map { "$\(prefix)\($0)" }.joined(separator: ", ")
  }
}

extension SQLValue {
  /// A whole number, or nothing.
  package static func integer(_ value: some BinaryInteger) -> SQLValue { .int64(Int64(value)) }
  /// A whole number, or nothing.
  package static func integer(_ value: Int64?) -> SQLValue { value.map(SQLValue.int64) ?? .null }
  /// Text, or nothing.
  package static func text(_ value: String?) -> SQLValue { value.map(SQLValue.string) ?? .null }
  /// Bytes, or nothing.
  package static func bytes(_ value: [UInt8]?) -> SQLValue { value.map(SQLValue.blob) ?? .null }
  /// Truth as 0 or 1.
  package static func flag(_ value: Bool) -> SQLValue { .int64(value ? 1 : 0) }
  /// An instant in milliseconds since 1970, or nothing.
  package static func instant(_ value: Instant?) -> SQLValue {
    value.map { .int64($0.milliseconds) } ?? .null
  }
  /// An id as its text, or nothing.
  package static func id<ID: RawRepresentable<String>>(_ value: ID?) -> SQLValue {
    value.map { .string($0.rawValue) } ?? .null
  }
}

extension SQLRow {
  /// The whole number in a column; `nil` when it holds nothing.
  package func integerIfAny(_ column: String) throws(StoreError) -> Int64? {
    switch try value(column) {
    case .null: nil
    case .int64(let value): value
    case .string, .blob: throw .misuse("Column \(column) does not hold a whole number")
    }
  }

  /// The text in a column; `nil` when it holds nothing.
  package func textIfAny(_ column: String) throws(StoreError) -> String? {
    switch try value(column) {
    case .null: nil
    case .string(let value): value
    case .int64, .blob: throw .misuse("Column \(column) does not hold text")
    }
  }

  /// The bytes in a column; `nil` when it holds nothing.
  package func bytesIfAny(_ column: String) throws(StoreError) -> [UInt8]? {
    switch try value(column) {
    case .null: nil
    case .blob(let value): value
    case .int64, .string: throw .misuse("Column \(column) does not hold bytes")
    }
  }

  /// The whole number in a column that always holds one.
  package func integer(_ column: String) throws(StoreError) -> Int64 {
    guard let value = try integerIfAny(column) else { throw .misuse("Column \(column) is null") }
    return value
  }

  /// The text in a column that always holds some.
  package func text(_ column: String) throws(StoreError) -> String {
    guard let value = try textIfAny(column) else { throw .misuse("Column \(column) is null") }
    return value
  }

  /// The bytes in a column that always holds some.
  package func bytes(_ column: String) throws(StoreError) -> [UInt8] {
    guard let value = try bytesIfAny(column) else { throw .misuse("Column \(column) is null") }
    return value
  }

  /// The truth in a column that holds 0 or 1.
  package func flag(_ column: String) throws(StoreError) -> Bool {
    try integer(column) != 0
  }

  /// The instant in a column that always holds one.
  package func instant(_ column: String) throws(StoreError) -> Instant {
    Instant(milliseconds: try integer(column))
  }

  /// The instant in a column; `nil` when it holds nothing.
  package func instantIfAny(_ column: String) throws(StoreError) -> Instant? {
    try integerIfAny(column).map(Instant.init(milliseconds:))
  }

  /// The id in a column that always holds one.
  package func id<ID: RawRepresentable<String>>(
    _ column: String,
    as type: ID.Type = ID.self
  ) throws(StoreError) -> ID {
    guard let id = ID(rawValue: try text(column)) else {
      throw .misuse("Column \(column) does not hold a \(type)")
    }
    return id
  }

  /// The id in a column; `nil` when it holds nothing.
  package func idIfAny<ID: RawRepresentable<String>>(
    _ column: String,
    as type: ID.Type = ID.self
  ) throws(StoreError) -> ID? {
    try textIfAny(column).flatMap(ID.init(rawValue:))
  }
}
