package import CustomerCare

/// A file that a message names, as Meta told of it.
package struct MediaFact: Sendable, Hashable {
  /// Meta's id of the file.
  package var id: MediaID
  /// The message that names it.
  package var message: MessageID
  /// How WhatsApp shows it.
  package var kind: Content.Media.Kind
  /// Its type, as its sender says; `nil` if unknown.
  package var mimeType: String?
  /// Its name, as its sender says; `nil` if it has none.
  package var filename: String?
  /// The hash Meta told; `nil` if it told none.
  package var hash: MediaHash?

  /// Makes a fact.
  package init(
    id: MediaID,
    message: MessageID,
    kind: Content.Media.Kind,
    mimeType: String? = nil,
    filename: String? = nil,
    hash: MediaHash? = nil
  ) {
    self.id = id
    self.message = message
    self.kind = kind
    self.mimeType = mimeType
    self.filename = filename
    self.hash = hash
  }
}

/// The SHA-256 of a file's bytes.
package struct MediaHash: Sendable, Hashable {
  /// 32 bytes.
  package let bytes: [UInt8]

  /// Wraps a hash; `nil` unless there are 32 bytes.
  package init?(_ bytes: [UInt8]) {
    guard bytes.count == 32 else { return nil }
    self.bytes = bytes
  }

  /// The hash in 64 hexadecimal digits.
  package var hex: String {
    bytes.map { String($0 >> 4, radix: 16) + String($0 & 0xF, radix: 16) }.joined()
  }
}
