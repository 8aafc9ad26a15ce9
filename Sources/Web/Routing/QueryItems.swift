/// The parameters behind a `?`, each at most once.
struct QueryItems: Sendable, Hashable {
  /// Why a query cannot be read.
  enum Failure: Error, Hashable {
    /// A broken escape, a control character, or bytes that are not UTF-8.
    case malformed
    /// One parameter twice: which of them would count is anybody's guess.
    case doubled(String)
  }

  private let values: [String: String]

  /// Reads a query; `nil` has no parameters.
  init(_ query: String?) throws(Failure) {
    var values: [String: String] = [:]
    for item in (query ?? "").utf8.split(separator: UInt8(ascii: "&")) {
      let parts = item.split(
        separator: UInt8(ascii: "="),
        maxSplits: 1,
        omittingEmptySubsequences: false
      )
      guard let name = PercentCoding.decoded(parts[0], plusIsSpace: true),
        let value = parts.count == 1 ? "" : PercentCoding.decoded(parts[1], plusIsSpace: true)
      else { throw .malformed }
      guard values.updateValue(value, forKey: name) == nil else { throw .doubled(name) }
    }
    self.values = values
  }

  /// The value of a parameter; `nil` when it is not there.
  subscript(name: String) -> String? { values[name] }

  /// The names that are there, in order.
  var names: [String] { values.keys.sorted() }
}
