import CloudAPI
import CustomerCare

extension JSON {
  /// Text, or `null`.
  static func text(_ text: String?) -> JSON { text.map(JSON.string) ?? .null }

  /// An id, or `null`.
  static func id<ID: Identifier>(_ id: ID?) -> JSON { text(id?.rawValue) }

  /// A time as RFC 3339 in UTC, or `null`.
  static func time(_ instant: Instant?) -> JSON { text(instant?.rfc3339) }
}
