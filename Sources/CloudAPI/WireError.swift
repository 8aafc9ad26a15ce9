/// Bytes that cannot be read as what they claim to be.
package struct WireError: Error, Sendable, Hashable, CustomStringConvertible {
  /// What kind of trouble it is, for callers that must tell cases apart.
  package enum Code: String, Sendable, Hashable {
    /// Not JSON: an unexpected byte.
    case malformed
    /// JSON that stops before its end, the empty body included.
    case truncated
    /// Nested deeper than `JSONLimits.depth`.
    case tooDeep
    /// More values than `JSONLimits.values`.
    case tooMany
    /// JSON, but not of the shape that was asked for.
    case unexpectedShape
  }

  /// What kind of trouble it is.
  package let code: Code

  /// What was being read and what stood there instead; never content of the body.
  package let message: String

  /// The offset of the byte at which reading stopped, or nil if the trouble has no single place.
  package let offset: Int?

  /// Creates an error.
  package init(_ code: Code, _ message: String, offset: Int? = nil) {
    self.code = code
    self.message = message
    self.offset = offset
  }

  /// One line for logs.
  package var description: String {
    offset.map { "\(code.rawValue) at byte \($0): \(message)" } ?? "\(code.rawValue): \(message)"
  }
}

/// One item of a readable body that could not be read, or only in part.
///
/// Its neighbours are read all the same, so that one malformed item never hides another.
package struct WireProblem: Sendable, Hashable, CustomStringConvertible {
  /// Where it stands, such as `entry[0].changes[0].value.messages[3].timestamp`.
  package let path: String

  /// What is wrong with it; never content of the body.
  package let reason: String

  /// Creates a problem.
  package init(path: String, reason: String) {
    self.path = path
    self.reason = reason
  }

  /// One line for logs.
  package var description: String { "\(path): \(reason)" }
}
