/// An error inside a webhook: on a failed status, an inbound message, a call or a whole value.
package struct ReportedError: Sendable, Hashable {
  /// Meta's code; nil if none could be read.
  package var code: Int?
  /// Meta's short text.
  package var title: String?
  /// Usually the same as the title.
  package var message: String?
  /// Meta's longer text (`error_data.details`).
  package var details: String?
  /// A link to Meta's table of codes.
  package var href: String?

  /// Creates an error.
  package init(
    code: Int?,
    title: String? = nil,
    message: String? = nil,
    details: String? = nil,
    href: String? = nil
  ) {
    self.code = code
    self.title = title
    self.message = message
    self.details = details
    self.href = href
  }

  init(_ json: JSON, _ reader: inout WireReader) {
    code = json["code"]?.integer.flatMap { Int(exactly: $0) }
    if code == nil { reader.note("code", "is no whole number") }
    title = json["title"]?.text
    message = json["message"]?.text
    details = (json["error_data"]?["details"] ?? json["error_data"])?.text
    href = json["href"]?.text
  }

  /// What is known about the code.
  package var known: GraphError? { code.flatMap(GraphError.known(code:)) }

  /// The error as Meta writes it.
  package var json: JSON {
    .present([
      "code": code.map(JSON.integer),
      "title": title.map(JSON.string),
      "message": message.map(JSON.string),
      "error_data": details.map { ["details": .string($0)] },
      "href": href.map(JSON.string),
    ])
  }
}
