import HTTPTypes

extension HTTPField.Name {
  /// Our id of the request, on every answer to a message.
  static let careWindowRequestID = own("CareWindow-Request-Id")
  /// The care window the gate saw, such as `open; closes=2026-11-21T10:00:00Z`.
  static let careWindowWindow = own("CareWindow-Window")
  /// What the gate said.
  static let careWindowVerdict = own("CareWindow-Verdict")
  /// What is to happen if the window is closed.
  static let careWindowIfClosed = own("CareWindow-If-Closed")
  /// The caller's own name for one request, so that it can be repeated.
  static let idempotencyKey = own("Idempotency-Key")

  /// Where in a file an upload begins.
  static let fileOffset = own("file_offset")
  /// The hash of what is served (RFC 9530).
  static let reprDigest = own("Repr-Digest")

  private static func own(_ name: String) -> HTTPField.Name {
    guard let name = HTTPField.Name(name) else { preconditionFailure("\(name) is a header's name") }
    return name
  }
}

extension HTTPFields {
  /// The only value of a header; `nil` when it is missing or stands there twice.
  func single(_ name: HTTPField.Name) -> String? {
    let values = self[values: name]
    return values.count == 1 ? values[0] : nil
  }

  /// Whether the body is JSON in UTF-8, by its own account, and not packed.
  var announcesJSON: Bool {
    guard let type = single(.contentType), self[.contentEncoding].map({ $0 == "identity" }) ?? true
    else { return false }
    let parts = type.lowercased().split(separator: ";").map { $0.trimming(while: \.isWhitespace) }
    return parts.first == "application/json"
      && parts.dropFirst().allSatisfy { $0 == "charset=utf-8" || $0 == "charset=\"utf-8\"" }
  }
}

extension Substring {
  fileprivate func trimming(while isTrimmed: (Character) -> Bool) -> String {
    var rest = self
    while let first = rest.first, isTrimmed(first) { rest.removeFirst() }
    while let last = rest.last, isTrimmed(last) { rest.removeLast() }
    return String(rest)
  }
}
