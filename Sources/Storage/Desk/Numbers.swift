package import CustomerCare

/// The business numbers this installation serves.
package enum Numbers {
  /// Adds a number, and lets what was kept for it be applied.
  ///
  /// - Returns: How many entries wait for it now; `nil` when the number was added before.
  package static func add(_ number: NumberRecord, in unit: any SQLUnit) throws -> Int? {
    nil
  }

  /// All numbers, by id.
  package static func list(in unit: any SQLUnit) throws -> [NumberRecord] {
    []
  }

  /// One number; `nil` when nobody added it.
  package static func find(_ id: PhoneNumberID, in unit: any SQLUnit) throws -> NumberRecord? {
    nil
  }

  /// Changes what is kept about a number.
  ///
  /// - Returns: False when nobody added it.
  package static func update(_ number: NumberRecord, in unit: any SQLUnit) throws -> Bool {
    false
  }

  /// Removes a number; its conversations are kept, further webhooks for it are unclaimed.
  ///
  /// - Returns: False when nobody added it.
  package static func remove(_ id: PhoneNumberID, in unit: any SQLUnit) throws -> Bool {
    false
  }
}

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
    package var name: String
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
