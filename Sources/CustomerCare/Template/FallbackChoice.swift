/// What the choice of a fallback looks at beside the templates; read in one transaction.
package struct FallbackTerms: Hashable, Sendable {
  /// A template by name and language.
  package struct Named: Hashable, Sendable {
    /// Its name; all its languages come before other templates.
    package var name: String
    /// The language that was named.
    package var language: String

    /// Names a template.
    package init(name: String, language: String) {
      self.name = name
      self.language = language
    }
  }

  /// The fallback that was named for the business number; nil if none was.
  package var preferred: Named?
  /// The languages in which the customer may be written to.
  package var languages: LanguageChain
  /// Whether the customer never did anything that opens a window, as far as is known.
  package var isFirstContact: Bool
  /// Whether the customer gets marketing.
  package var marketing: MarketingConsent
  /// What parameters can say.
  package var known: KnownValues

  /// Makes terms.
  package init(
    preferred: Named? = nil,
    languages: LanguageChain,
    isFirstContact: Bool,
    marketing: MarketingConsent = .unknown,
    known: KnownValues = KnownValues()
  ) {
    self.preferred = preferred
    self.languages = languages
    self.isFirstContact = isFirstContact
    self.marketing = marketing
    self.known = known
  }
}

/// A template that goes out in a message's place, filled in, and why this one.
package struct FallbackChoice: Hashable, Sendable {
  /// The template.
  package let template: Template
  /// Its values, in the order in which Meta wants them.
  package let values: [FilledParameter]
  /// Why this one.
  package let reason: FallbackReason

  /// The body as the customer reads it.
  package var text: String {
    TemplateParameter.filling(template.form?.body ?? "") { name in
      values.first { $0.parameter.place == .body && $0.parameter.name == name }?.value
    }
  }
}

/// Why a template was chosen; kept with the message that it stands for.
package struct FallbackReason: Hashable, Sendable {
  /// The template's name.
  package let name: String
  /// Its language.
  package let language: String
  /// Whether Meta takes it for marketing; otherwise it is utility.
  package let isMarketing: Bool
  /// Whether it is the one that was named for the business number, or another language of it.
  package let isPreferred: Bool
  /// Why in this language.
  package let source: LanguageChain.Source
  /// Whether the customer gets marketing: why a marketing template may go.
  package let consent: MarketingConsent
  /// Those that would have come first, and what was in the way; at most `FallbackShortfall.shownMax`.
  package let passedOver: [FallbackShortfall.Candidate]

  /// Makes a reason.
  package init(
    name: String,
    language: String,
    isMarketing: Bool,
    isPreferred: Bool,
    source: LanguageChain.Source,
    consent: MarketingConsent,
    passedOver: [FallbackShortfall.Candidate]
  ) {
    self.name = name
    self.language = language
    self.isMarketing = isMarketing
    self.isPreferred = isPreferred
    self.source = source
    self.consent = consent
    self.passedOver = passedOver
  }
}

/// Why no template goes out in a message's place.
package struct FallbackShortfall: Hashable, Sendable {
  /// How many candidates are named; of the rest only the number is told.
  ///
  /// The first is the one somebody has to do something about; five fill a screen.
  package static let shownMax = 5

  /// A template that was looked at.
  package struct Candidate: Hashable, Sendable {
    /// Its name.
    package let name: String
    /// Its language.
    package let language: String
    /// What is in the way.
    package let obstacle: TemplateObstacle

    /// Makes a candidate.
    package init(name: String, language: String, obstacle: TemplateObstacle) {
      self.name = name
      self.language = language
      self.obstacle = obstacle
    }
  }

  /// Those that come first, at most `shownMax`; none if the account has no template.
  package let candidates: [Candidate]
  /// How many there are besides.
  package let others: Int

  /// Makes a shortfall.
  package init(candidates: [Candidate], others: Int) {
    self.candidates = candidates
    self.others = others
  }
}

/// What came of looking for a fallback.
package enum FallbackOutcome: Hashable, Sendable {
  /// This one goes out.
  case chosen(FallbackChoice)
  /// None does.
  case none(FallbackShortfall)
}

/// Chooses the template that goes out when the window is closed.
///
/// The first that fits goes: the one named for the business number in the best language, then the
/// others by language, utility before marketing, those that invite an answer, and quality. One that Meta would refuse, or that
/// cannot be filled in, does not fit.
package func chooseFallback(
  among templates: [Template],
  on terms: FallbackTerms
) -> FallbackOutcome {
  var passedOver: [FallbackShortfall.Candidate] = []
  if let preferred = terms.preferred, !templates.contains(where: { $0.name == preferred.name }) {
    passedOver.append(
      FallbackShortfall.Candidate(
        name: preferred.name,
        language: preferred.language,
        obstacle: .notFound
      )
    )
  }
  let candidates = templates.map { Candidate($0, on: terms) }.sorted { $0.place < $1.place }
  for candidate in candidates {
    switch candidate.judged(on: terms) {
    case .fits(let values, let match):
      return .chosen(
        FallbackChoice(
          template: candidate.template,
          values: values,
          reason: FallbackReason(
            name: candidate.template.name,
            language: candidate.template.language,
            isMarketing: candidate.template.category == .marketing,
            isPreferred: candidate.isPreferred,
            source: match.link.source,
            consent: terms.marketing,
            passedOver: Array(passedOver.prefix(FallbackShortfall.shownMax))
          )
        )
      )
    case .doesNot(let obstacle):
      passedOver.append(
        FallbackShortfall.Candidate(
          name: candidate.template.name,
          language: candidate.template.language,
          obstacle: obstacle
        )
      )
    }
  }
  let shown = Array(passedOver.prefix(FallbackShortfall.shownMax))
  return .none(FallbackShortfall(candidates: shown, others: passedOver.count - shown.count))
}

/// A template, and its place among the others.
private struct Candidate {
  enum Judgement {
    case fits([FilledParameter], LanguageChain.Match)
    case doesNot(TemplateObstacle)
  }

  let template: Template
  let isPreferred: Bool
  let match: LanguageChain.Match?
  let place: Place

  /// What templates are ordered by, most important first; id last, so that every node chooses the same.
  struct Place: Comparable {
    let ranks: [Int]
    let names: [String]

    static func < (one: Place, other: Place) -> Bool {
      one.ranks == other.ranks
        ? one.names.lexicographicallyPrecedes(other.names)
        : one.ranks.lexicographicallyPrecedes(other.ranks)
    }
  }

  init(_ template: Template, on terms: FallbackTerms) {
    self.template = template
    isPreferred = template.name == terms.preferred?.name
    match = terms.languages.match(template.language)
    place = Place(
      ranks: [
        isPreferred ? 0 : 1, match?.rank ?? .max, template.category == .utility ? 0 : 1,
        template.form?.invitesAnswer == true ? 0 : 1, template.quality.rank,
      ],
      names: [template.name, template.language, template.id.rawValue]
    )
  }

  func judged(on terms: FallbackTerms) -> Judgement {
    if let obstacle = template.obstacle { return .doesNot(obstacle) }
    switch template.category {
    case .utility: break
    case .marketing where terms.marketing == .stopped: return .doesNot(.marketingStopped)
    case .marketing where terms.isFirstContact && terms.marketing != .given:
      return .doesNot(.marketingNeedsConsent)
    case .marketing: break
    case .authentication: return .doesNot(.authentication)
    case .other, nil: return .doesNot(.unknownCategory)
    }
    guard let match else {
      return .doesNot(.otherLanguage(wanted: terms.languages.links.map(\.language)))
    }
    switch template.form?.filled(with: terms.known) {
    case .filled(let values): return .fits(values, match)
    case .impossible(let obstacle): return .doesNot(obstacle)
    case nil: return .doesNot(.neverRead)
    }
  }
}

extension CareWindow.State {
  /// Whether the customer never did anything that opens a window, as far as is known.
  ///
  /// On the connection day nothing is known; then only what needs no consent may go.
  package var isFirstContact: Bool {
    switch self {
    case .neverOpened: true
    case .uncertain(let doubt, _): doubt.opening == nil
    case .open, .closed: false
    }
  }
}
