/// Reads the parts of a body and notes what it cannot read, with its place.
///
/// A reader returns nil or an empty list where something is unreadable and goes on: the items beside
/// it are read as if it were not there.
struct WireReader {
  private enum Step {
    case key(String)
    case index(Int)
  }

  /// A body can hold a million broken items; a hundred show what is wrong with it.
  static let problemsMax = 100

  /// The seconds since 1970 that are believed: from 2009, WhatsApp's first year, to 2100.
  ///
  /// Milliseconds written where seconds belong fall outside, as do zero and negative values.
  static let believableSeconds: Range<Int64> = 1_230_768_000..<4_102_444_800

  private(set) var problems: [WireProblem] = []
  private(set) var problemCount = 0
  private var path: [Step] = []

  mutating func note(_ reason: String) {
    problemCount += 1
    if problems.count < Self.problemsMax {
      problems.append(WireProblem(path: pathText, reason: reason))
    }
  }

  mutating func note(_ key: String, _ reason: String) {
    inside(key) { $0.note(reason) }
  }

  mutating func inside<Value>(_ key: String, _ read: (inout WireReader) -> Value) -> Value {
    path.append(.key(key))
    defer { path.removeLast() }
    return read(&self)
  }

  /// Reads every element of an array member; a missing or null one is empty.
  mutating func each<Value>(
    _ key: String,
    of json: JSON,
    _ read: (JSON, inout WireReader) -> Value?
  ) -> [Value] {
    guard let value = json[key] else { return [] }
    guard case .array(let items) = value else {
      note(key, "is no array")
      return []
    }
    var values: [Value] = []
    values.reserveCapacity(items.count)
    path.append(.key(key))
    for (index, item) in items.enumerated() {
      path.append(.index(index))
      if let value = read(item, &self) { values.append(value) }
      path.removeLast()
    }
    path.removeLast()
    return values
  }

  /// Reads every element of an array member that must be objects.
  mutating func eachObject<Value>(
    _ key: String,
    of json: JSON,
    _ read: (JSON, inout WireReader) -> Value?
  ) -> [Value] {
    each(key, of: json) { item, reader in
      guard item.isObject else {
        reader.note("is no object")
        return nil
      }
      return read(item, &reader)
    }
  }

  /// Reads a text member; numbers count as text, and missing, null and empty are nil.
  mutating func text(_ key: String, of json: JSON) -> String? {
    guard let value = json[key] else { return nil }
    switch value {
    case .string, .number: return value.text
    default:
      note(key, "is no text")
      return nil
    }
  }

  /// Reads a text member without which the item means nothing.
  mutating func requiredText(_ key: String, of json: JSON) -> String? {
    let count = problemCount
    let text = text(key, of: json)
    if text == nil, problemCount == count { note(key, "is missing") }
    return text
  }

  /// Reads seconds since 1970, written as number or string; nil unless believable.
  mutating func seconds(_ key: String, of json: JSON, isRequired: Bool = false) -> Int64? {
    guard let value = json[key], value != .string("") else {
      if isRequired { note(key, "is missing") }
      return nil
    }
    guard let seconds = value.integer else {
      note(key, "is no whole number")
      return nil
    }
    guard Self.believableSeconds.contains(seconds) else {
      note(key, "is no believable time")
      return nil
    }
    return seconds
  }

  /// Reads an object member; missing and null are nil.
  mutating func object(_ key: String, of json: JSON) -> JSON? {
    guard let value = json[key] else { return nil }
    guard value.isObject else {
      note(key, "is no object")
      return nil
    }
    return value
  }

  private var pathText: String {
    var text = ""
    for step in path {
      switch step {
      case .key(let key): text += text.isEmpty ? key : ".\(key)"
      case .index(let index): text += "[\(index)]"
      }
    }
    return text
  }
}
