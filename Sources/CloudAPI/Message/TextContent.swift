/// Words: `text`.
package struct TextContent: Sendable, Hashable {
  /// The words; may be empty.
  package var body: String

  /// Creates a text.
  package init(body: String) { self.body = body }

  init?(_ json: JSON) {
    guard json.isObject else { return nil }
    switch json["body"] {
    case .string(let body): self.body = body
    case .number(let body): self.body = body
    case nil: body = ""
    default: return nil
    }
  }

  var json: JSON { ["body": .string(body)] }
}
