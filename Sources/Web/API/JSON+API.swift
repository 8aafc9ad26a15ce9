import CloudAPI
import CustomerCare
import HTTPTypes

extension JSON {
  /// Text, or `null`.
  static func text(_ text: String?) -> JSON { text.map(JSON.string) ?? .null }

  /// An id, or `null`.
  static func id<ID: Identifier>(_ id: ID?) -> JSON { text(id?.rawValue) }

  /// A time as RFC 3339 in UTC, or `null`.
  static func time(_ instant: Instant?) -> JSON { text(instant?.rfc3339) }

  /// The one object that a body must be.
  static func parsedObject(_ bytes: [UInt8]) throws(Problem) -> JSON {
    let document: JSON.Document
    do {
      document = try JSON.document(bytes)
    } catch {
      throw Problem(.badRequest, "malformed_json", "The body is not JSON (\(error)).")
    }
    guard !document.hasDuplicateKeys else {
      throw Problem(
        .badRequest,
        "duplicate_keys",
        "A key occurs twice, so the body could be read in two ways."
      )
    }
    guard document.root.isObject else {
      throw Problem(.badRequest, "malformed_json", "The body must be one JSON object.")
    }
    return document.root
  }
}
