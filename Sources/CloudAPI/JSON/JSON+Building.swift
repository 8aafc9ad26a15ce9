extension JSON: ExpressibleByStringLiteral, ExpressibleByBooleanLiteral,
  ExpressibleByIntegerLiteral, ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral,
  ExpressibleByNilLiteral
{
  /// Creates a string.
  package init(stringLiteral value: String) { self = .string(value) }

  /// Creates a truth value.
  package init(booleanLiteral value: Bool) { self = .bool(value) }

  /// Creates a number.
  package init(integerLiteral value: Int64) { self = .number(String(value)) }

  /// Creates an array.
  package init(arrayLiteral elements: JSON...) { self = .array(elements) }

  /// Creates an object; of two members with the same key the later one stays.
  package init(dictionaryLiteral elements: (String, JSON)...) {
    var object = JSON.object([])
    for (key, value) in elements { object.set(key, to: value) }
    self = object
  }

  /// Creates `null`.
  package init(nilLiteral: ()) { self = .null }
}

extension JSON {
  /// Creates a number.
  package static func integer(_ value: some BinaryInteger) -> JSON { .number(String(value)) }

  /// Creates a number; NaN and infinities, which JSON cannot write, become `null`.
  package static func decimal(_ value: Double) -> JSON {
    value.isFinite ? .number(String(value)) : .null
  }

  /// Creates an object from the members whose value is not nil.
  package static func present(_ members: KeyValuePairs<String, JSON?>) -> JSON {
    .object(members.compactMap { key, value in value.map { JSONMember(key, $0) } })
  }

  /// Sets a member in its place, or adds it at the end; nil removes it.
  ///
  /// Does nothing to a value that is no object.
  package mutating func set(_ key: String, to value: JSON?) {
    guard case .object(var members) = self else { return }
    self = .null  // Gives up the shared storage, so that the change below does not copy it.
    let index = members.firstIndex { $0.key == key }
    switch (index, value) {
    case (let index?, let value?): members[index].value = value
    case (let index?, nil): members.remove(at: index)
    case (nil, let value?): members.append(JSONMember(key, value))
    case (nil, nil): break
    }
    self = .object(members)
  }
}
