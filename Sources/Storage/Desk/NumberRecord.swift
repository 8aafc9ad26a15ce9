package import CustomerCare

/// Everything kept about a business number.
package struct NumberRecord: Sendable, Hashable {
  /// What the gate looks at.
  package var facts: NumberFacts
  /// The number's time zone, `Europe/Berlin`.
  package var timeZone: String?
  /// The currency of its costs, `EUR`.
  package var currency: String?
  /// The template that goes out when the window is closed.
  package var fallback: FallbackTemplate?
  /// Meta's token of the number, sealed by the caller; `nil` when none was given.
  package var sealedAccessToken: [UInt8]?

  /// A template by name and language.
  package struct FallbackTemplate: Sendable, Hashable {
    /// The template's name, as Meta has it.
    package var name: String
    /// The code of its language, such as `de` or `en_US`.
    package var language: String

    /// Names a template.
    package init(name: String, language: String) {
      self.name = name
      self.language = language
    }
  }

  /// Makes a record.
  package init(
    facts: NumberFacts,
    timeZone: String? = nil,
    currency: String? = nil,
    fallback: FallbackTemplate? = nil,
    sealedAccessToken: [UInt8]? = nil
  ) {
    self.facts = facts
    self.timeZone = timeZone
    self.currency = currency
    self.fallback = fallback
    self.sealedAccessToken = sealedAccessToken
  }
}
