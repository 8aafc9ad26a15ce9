@testable import CustomerCare

/// Templates the tests talk about.
enum Templates {
  static let continueChat = "Hello {{first_name}}, we have an answer for you. Tap below."
  static let quickReply = TemplateForm.Button(.quickReply, text: "Continue")

  /// An approved utility template in English without parameters, unless said otherwise.
  static func template(
    _ name: String = "continue_chat",
    _ language: String = "en",
    status: TemplateStatus = .approved,
    category: TemplateCategory? = .utility,
    quality: TemplateQuality = .unknown,
    form: TemplateForm? = TemplateForm(body: "We have an answer for you. Tap below."),
    isOutdated: Bool = false
  ) -> Template {
    Template(
      id: TemplateID("\(name)-\(language)"),
      name: name,
      language: language,
      status: status,
      category: category,
      quality: quality,
      form: form,
      isOutdated: isOutdated
    )
  }

  /// Terms of a customer who reads English, wrote before, and said nothing about marketing.
  static func terms(
    preferred: String? = nil,
    languages: [String] = ["en"],
    isFirstContact: Bool = false,
    marketing: MarketingConsent = .unknown,
    name: String? = nil
  ) -> FallbackTerms {
    FallbackTerms(
      preferred: preferred.map { FallbackTerms.Named(name: $0, language: languages.last ?? "en") },
      languages: LanguageChain(customer: languages.first, fallback: languages.dropFirst().first),
      isFirstContact: isFirstContact,
      marketing: marketing,
      known: KnownValues(customerName: name)
    )
  }
}

extension FallbackOutcome {
  /// The chosen template as `name:language`; nil if none was.
  var chosen: String? {
    if case .chosen(let choice) = self {
      "\(choice.template.name):\(choice.template.language)"
    } else {
      nil
    }
  }

  /// What was in the way of each candidate that is named.
  var obstacles: [TemplateObstacle] {
    switch self {
    case .chosen(let choice): choice.reason.passedOver.map(\.obstacle)
    case .none(let shortfall): shortfall.candidates.map(\.obstacle)
    }
  }
}
