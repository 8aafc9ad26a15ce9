package import CustomerCare

/// The choice of the template that goes out when the window is closed, on what is known in the same transaction.
package enum Fallback {
  /// How many of an account's approved templates are looked at when the named fallback does not fit.
  ///
  /// Those in the customer's languages come first, and few accounts have as many; other writers wait while they are read.
  static let candidatesMax = 200

  /// Chooses for a message to a person.
  ///
  /// Reads first what was named for the number, and the others only where that does not fit.
  ///
  /// - Parameters:
  ///   - number: The business number, with its named fallback.
  ///   - person: Who gets it.
  ///   - window: What the ledger says now: whoever never wrote gets no marketing without consent.
  ///   - customerLanguage: The customer's own, where somebody knows it.
  ///   - now: The instant of the decision.
  ///   - unit: The transaction that decides.
  /// - Returns: The template, filled in, or what is missing for each.
  /// - Throws: `StoreError`.
  package static func choose(
    for number: NumberRecord,
    to person: Person,
    window: CareWindow.State,
    customerLanguage: String? = nil,
    now: Instant,
    in unit: any SQLUnit
  ) throws -> FallbackOutcome {
    let facts = number.facts
    let terms = FallbackTerms(
      preferred: number.fallback.map {
        FallbackTerms.Named(name: $0.name, language: $0.language)
      },
      languages: LanguageChain(
        customer: customerLanguage,
        fallback: number.fallback?.language,
        customerPhone: person.aliases.first { $0.kind == .phone }?.value,
        businessPhone: facts.displayPhoneNumber
      ),
      isFirstContact: window.isFirstContact,
      marketing: try Preferences.marketing(of: person, facts.phoneNumberID, in: unit),
      known: KnownValues(
        customerName: try Profiles(scope: facts.scope, unit: unit).name(of: person)
      )
    )
    var templates: [Template] = []
    if let preferred = terms.preferred {
      templates = try TemplateViews.named(preferred.name, of: facts.wabaID, at: now, in: unit)
      let outcome = chooseFallback(among: templates, on: terms)
      if case .chosen = outcome { return outcome }
    }
    templates += try TemplateViews.approved(
      of: facts.wabaID,
      languages: terms.languages,
      limit: candidatesMax,
      at: now,
      in: unit
    ).filter { $0.name != terms.preferred?.name }
    return chooseFallback(among: templates, on: terms)
  }
}
