import Storage

/// Values on their way to the server, in one piece of memory.
struct WireValues {
  private var bytes: [UInt8] = []
  private var offsets: [Int?] = []
  private var lengths: [CInt] = []
  private var formats: [CInt] = []

  /// The values of a statement's parameters, in the order of its names.
  init(
    _ parameters: SQLParameters,
    for names: [String],
    in sql: String
  ) throws(StoreError) {
    let pairs = parameters.pairs
    guard pairs.count == names.count else {
      throw .misuse("The parameters do not fit: \(sql)")
    }
    for (position, name) in names.enumerated() {
      let isThere = pairs[position].0 == name
      let place = isThere ? position : pairs.firstIndex { $0.0 == name }
      guard let place else { throw .misuse("No value for $\(name) in: \(sql)") }
      append(pairs[place].1)
    }
  }

  /// Adds a value: numbers as text, which fits every type of number; text and bytes as they are.
  private mutating func append(_ value: SQLValue) {
    switch value {
    case .null: append(nil, format: 0)
    case .int64(let number): append(Array("\(number)".utf8), format: 0)
    case .string(let text): append(Array(text.utf8), format: 1)
    case .blob(let blob): append(blob, format: 1)
    }
  }

  private mutating func append(_ value: [UInt8]?, format: CInt) {
    offsets.append(value.map { _ in bytes.count })
    lengths.append(CInt(value?.count ?? 0))
    formats.append(format)
    bytes += value ?? []
    bytes.append(0)
  }

  func withPointers<Answer>(
    _ body: ([UnsafePointer<CChar>?], [CInt], [CInt]) -> Answer
  ) -> Answer {
    bytes.withUnsafeBytes { buffer in
      let start = buffer.baseAddress?.assumingMemoryBound(to: CChar.self)
      let pointers = offsets.map { offset in offset.flatMap { start?.advanced(by: $0) } }
      return body(pointers, lengths, formats)
    }
  }
}

/// Gives an array of C strings that ends with a null pointer.
func withCStrings<Answer>(
  _ strings: [String],
  _ body: ([UnsafePointer<CChar>?]) -> Answer
) -> Answer {
  var bytes: [CChar] = []
  var offsets: [Int] = []
  for string in strings {
    offsets.append(bytes.count)
    bytes += string.utf8CString
  }
  return bytes.withUnsafeBufferPointer { buffer in
    let pointers = offsets.map { offset in buffer.baseAddress?.advanced(by: offset) } + [nil]
    return body(pointers)
  }
}
