extension JSON {
  /// A parsed body, with what its value alone does not tell.
  package struct Document: Sendable, Hashable {
    /// The value.
    package let root: JSON

    /// True if any object had two members with the same key; the last of them was kept.
    package let hasDuplicateKeys: Bool
  }

  /// Parses a body.
  ///
  /// Stricter than it needs to be about structure and numbers (RFC 8259), more lenient about text:
  /// invalid UTF-8, lone surrogates and U+0000 become U+FFFD, control characters stay as they are,
  /// and a leading byte order mark is passed over. Of two members with the same key the last stays.
  package static func parse(
    _ bytes: [UInt8],
    limits: JSONLimits = .standard
  ) throws(WireError) -> JSON {
    try document(bytes, limits: limits).root
  }

  /// Parses a body and says whether any key stood twice in one object.
  package static func document(
    _ bytes: [UInt8],
    limits: JSONLimits = .standard
  ) throws(WireError) -> Document {
    try bytes.withUnsafeBufferPointer { (buffer) throws(WireError) -> Document in
      var parser = JSONParser(buffer, limits: limits)
      return try parser.document()
    }
  }

  /// Parses text, such as `nfm_reply.response_json`.
  package static func parse(
    text: String,
    limits: JSONLimits = .standard
  ) throws(WireError) -> JSON {
    try parse(Array(text.utf8), limits: limits)
  }
}
