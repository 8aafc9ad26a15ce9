package import CloudAPI

/// A call to the Graph API, taken off the wire.
package struct GraphCall: Sendable, Hashable {
  /// `GET`, `POST` or `DELETE`.
  package var method: String
  /// The parts of the path between slashes, decoded, the version included.
  package var path: [String]
  /// The query, decoded; the first of several values counts.
  package var query: [String: String]
  /// What follows `Bearer ` in the Authorization header, or nil.
  package var bearer: String?
  /// The Content-Type header, or nil.
  package var contentType: String?
  /// The body.
  package var body: [UInt8]
  /// How the client reached the sandbox, such as `http://127.0.0.1:8090`, for addresses in answers.
  package var origin: String

  /// Creates a call.
  package init(
    _ method: String,
    _ path: [String],
    query: [String: String] = [:],
    bearer: String? = nil,
    contentType: String? = nil,
    body: [UInt8] = [],
    origin: String = ""
  ) {
    self.method = method
    self.path = path
    self.query = query
    self.bearer = bearer
    self.contentType = contentType
    self.body = body
    self.origin = origin
  }
}

/// An answer of the simulated Meta.
package struct GraphReply: Sendable, Hashable {
  /// How an answer reaches the client.
  package enum Manner: Sendable, Hashable {
    /// At once.
    case prompt
    /// After so many milliseconds.
    case slow(Int64)
    /// Never; the connection stays open.
    case silence
    /// Never; the connection ends.
    case hangUp
  }

  /// The HTTP status.
  package let status: Int
  /// The body.
  package let body: [UInt8]
  /// The type of the body.
  package let contentType: String
  /// How it reaches the client.
  package let manner: Manner

  /// An answer in JSON.
  package static func json(
    _ status: Int,
    _ body: JSON,
    manner: Manner = .prompt
  ) -> GraphReply {
    GraphReply(
      status: status,
      body: body.serialized(),
      contentType: "application/json; charset=UTF-8",
      manner: manner
    )
  }

  /// An answer of bytes.
  static func file(_ bytes: [UInt8], type: String) -> GraphReply {
    GraphReply(status: 200, body: bytes, contentType: type, manner: .prompt)
  }
}
