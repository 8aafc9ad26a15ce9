package import CustomerCare
package import Storage

/// A template that fits every customer of a number.
package enum WelcomeTemplate {
  /// What it says.
  package static let body = "Welcome and congratulations! Your number is connected."

  /// Has it read from Meta's listing, and named as the number's fallback.
  package static func become(fallbackOf number: PhoneNumberID, in engine: any SQLEngine)
    async throws
  {
    try await engine.write(.rest) { unit in
      guard var record = try Numbers.find(number, in: unit) else { return }
      let template = ListedTemplateRecord(
        id: "1",
        name: "hello_world",
        language: "en_US",
        status: .approved,
        category: .utility,
        components: "[]",
        form: TemplateForm(body: body)
      )
      try Templates.record(
        [template],
        of: record.facts.wabaID,
        askedAt: Instant(milliseconds: 1),
        in: unit
      )
      record.fallback = NumberRecord.FallbackTemplate(name: "hello_world", language: "en_US")
      _ = try Numbers.update(record, in: unit)
    }
  }
}
