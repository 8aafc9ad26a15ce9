/// Reads one object of a posted body and throws Meta's error for what is missing or wrong.
struct Checking {
  /// The object.
  let json: JSON
  /// Where it stands, such as `interactive.action`; empty for the body itself.
  let path: String

  /// The body itself, or an object inside it.
  init(_ json: JSON, at path: String = "") throws(GraphErrorBody) {
    self.json = json
    self.path = path
    guard json.isObject else {
      throw .invalidParameter(path.isEmpty ? "The body is no object." : "\(path) is no object.")
    }
  }

  func has(_ key: String) -> Bool { json[key] != nil }

  /// A member that must be an object.
  func object(_ key: String) throws(GraphErrorBody) -> Checking {
    guard let value = json[key] else { throw .missing(place(key)) }
    return try Checking(value, at: place(key))
  }

  /// A member that may be missing and otherwise must be an object.
  func objectIfPresent(_ key: String) throws(GraphErrorBody) -> Checking? {
    has(key) ? try object(key) : nil
  }

  /// A member that must be an array of objects of a certain length.
  func objects(_ key: String, count: ClosedRange<Int>) throws(GraphErrorBody) -> [Checking] {
    guard let value = json[key] else { throw .missing(place(key)) }
    guard case .array(let items) = value else { throw .invalid("\(place(key)) is no array.") }
    guard count.contains(items.count) else {
      throw .invalid(
        "\(place(key)) has \(items.count) items, allowed are \(count.lowerBound) to \(count.upperBound)."
      )
    }
    var objects: [Checking] = []
    for (index, item) in items.enumerated() {
      objects.append(try Checking(item, at: "\(place(key))[\(index)]"))
    }
    return objects
  }

  /// A member that must be a string of 1 to `max` UTF-16 units.
  ///
  /// Meta does not say how it counts; UTF-16 units are never fewer than characters.
  func text(_ key: String, max: Int) throws(GraphErrorBody) -> String {
    guard let text = try textIfPresent(key, max: max), !text.isEmpty else {
      throw .missing(place(key))
    }
    return text
  }

  /// A member that may be missing and otherwise must be a string of at most `max` UTF-16 units.
  func textIfPresent(_ key: String, max: Int) throws(GraphErrorBody) -> String? {
    guard let value = json[key] else { return nil }
    guard case .string(let text) = value else { throw .invalid("\(place(key)) is no string.") }
    let count = text.utf16.count
    guard count <= max else {
      throw .tooLong("\(place(key)) has \(count) characters, allowed are \(max).")
    }
    return text
  }

  /// An id, which may be written as a string or a number.
  func id(_ key: String) throws(GraphErrorBody) -> String {
    guard let value = json[key] else { throw .missing(place(key)) }
    guard let id = value.text, id.utf16.count <= Self.idMax else {
      throw .invalid("\(place(key)) is no id.")
    }
    return id
  }

  func place(_ key: String) -> String { path.isEmpty ? key : "\(path).\(key)" }

  /// Message ids are opaque and may grow; the longest seen have about 120 characters.
  static let idMax = 1_024
}

extension GraphErrorBody {
  static func missing(_ place: String) -> GraphErrorBody {
    GraphErrorBody(
      code: 131_008,
      title: "Required parameter is missing",
      details: "\(place) is required."
    )
  }

  static func invalid(_ details: String) -> GraphErrorBody {
    GraphErrorBody(code: 131_009, title: "Parameter value is not valid", details: details)
  }

  static func tooLong(_ details: String) -> GraphErrorBody {
    GraphErrorBody(code: 100, title: "Invalid parameter", details: details)
  }

  static func invalidParameter(_ details: String) -> GraphErrorBody {
    GraphErrorBody(code: 100, title: "Invalid parameter", details: details)
  }
}
