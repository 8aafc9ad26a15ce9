import Testing

@testable import CustomerCare

@Suite struct `The choice of a fallback` {
  typealias Rule = (
    sentence: String, templates: [Template], terms: FallbackTerms, chosen: String?,
    obstacles: [TemplateObstacle]
  )
  private static let marketing = Templates.template("offer", category: .marketing)
  private static let utility = Templates.template("update")

  private static let state: [Rule] = [
    ("none is known", [], Templates.terms(), nil, []),
    ("an approved one goes", [utility], Templates.terms(), "update:en", []),
    (
      "one that was never read does not go", [Templates.template(form: nil)], Templates.terms(),
      nil, [.neverRead]
    ),
    (
      "one that was edited since it was read does not go",
      [Templates.template(isOutdated: true)], Templates.terms(), nil, [.edited]
    ),
    (
      "one of unknown category does not go", [Templates.template(category: nil)],
      Templates.terms(), nil, [.unknownCategory]
    ),
    (
      "one for one-time codes never goes", [Templates.template(category: .authentication)],
      Templates.terms(preferred: "continue_chat"), nil, [.authentication]
    ),
    (
      "bad quality alone stops none", [Templates.template(quality: .red)], Templates.terms(),
      "continue_chat:en", []
    ),
  ]

  private static let order: [Rule] = [
    (
      "the named one goes before all others", [utility, Templates.template("zebra")],
      Templates.terms(preferred: "zebra"), "zebra:en", []
    ),
    (
      "the named one goes even if it is marketing and another is utility", [utility, marketing],
      Templates.terms(preferred: "offer"), "offer:en", []
    ),
    (
      "where the named one does not fit, the next does, and it is told why",
      [utility, Templates.template("zebra", status: .paused)], Templates.terms(preferred: "zebra"),
      "update:en", [.notApproved(.paused, reason: nil)]
    ),
    (
      "a named one that is not there is told too", [utility], Templates.terms(preferred: "gone"),
      "update:en", [.notFound]
    ),
    (
      "the first language goes before the second",
      [Templates.template("a", "en"), Templates.template("b", "de")],
      Templates.terms(languages: ["de", "en"]), "b:de", []
    ),
    (
      "language goes before category",
      [Templates.template("a", "en"), Templates.template("b", "de", category: .marketing)],
      Templates.terms(languages: ["de", "en"]), "b:de", []
    ),
    (
      "utility goes before marketing", [Templates.template("a", category: .marketing), utility],
      Templates.terms(), "update:en", []
    ),
    (
      "one that invites an answer goes before one that does not",
      [
        utility,
        Templates.template(
          "zebra",
          form: TemplateForm(body: "Tap below.", buttons: [Templates.quickReply])
        ),
      ], Templates.terms(), "zebra:en", []
    ),
    (
      "better quality goes before worse",
      [
        Templates.template("a", quality: .red), Templates.template("b", quality: .yellow),
        Templates.template("c", quality: .green), Templates.template("d"),
      ], Templates.terms(), "c:en", []
    ),
    (
      "among equals the name decides", [Templates.template("b"), Templates.template("a")],
      Templates.terms(), "a:en", []
    ),
    (
      "one in none of the languages does not go", [Templates.template("a", "fr")],
      Templates.terms(languages: ["de", "en"]), nil, [.otherLanguage(wanted: ["de", "en"])]
    ),
  ]

  private static let consent: [Rule] = [
    (
      "marketing goes to a customer who wrote before and did not stop it", [marketing],
      Templates.terms(), "offer:en", []
    ),
    (
      "marketing does not go to whoever stopped it", [marketing],
      Templates.terms(marketing: .stopped), nil, [.marketingStopped]
    ),
    (
      "marketing does not go to whoever stopped it, even if it is the named one", [marketing],
      Templates.terms(preferred: "offer", marketing: .stopped), nil, [.marketingStopped]
    ),
    (
      "utility goes to whoever stopped marketing", [utility],
      Templates.terms(isFirstContact: true, marketing: .stopped), "update:en", []
    ),
    (
      "marketing does not go to whoever never wrote", [marketing],
      Templates.terms(isFirstContact: true), nil, [.marketingNeedsConsent]
    ),
    (
      "marketing goes to whoever never wrote and agreed to it", [marketing],
      Templates.terms(isFirstContact: true, marketing: .given), "offer:en", []
    ),
    (
      "utility goes to whoever never wrote", [utility], Templates.terms(isFirstContact: true),
      "update:en", []
    ),
  ]

  private static let filling: [Rule] = [
    (
      "one whose values are known goes",
      [Templates.template(form: TemplateForm(format: .named, body: Templates.continueChat))],
      Templates.terms(name: "Anna Schmidt"), "continue_chat:en", []
    ),
    (
      "one whose values are not known does not go",
      [Templates.template(form: TemplateForm(format: .named, body: Templates.continueChat))],
      Templates.terms(), nil, [.unknownValues(["first_name"])]
    ),
    (
      "one that needs a value does not hide one that needs none",
      [
        Templates.template(
          "a",
          form: TemplateForm(format: .named, body: "Case {{case_no}} moves.")
        ),
        Templates.template("b"),
      ], Templates.terms(name: "Anna"), "b:en", [.unknownValues(["case_no"])]
    ),
  ]

  static let rules = state + order + consent + filling

  @Test(arguments: rules.indices)
  func `follows its rules, whatever order the templates come in`(index: Int) {
    let rule = Self.rules[index]
    for templates in [rule.templates, rule.templates.reversed()] {
      let outcome = chooseFallback(among: templates, on: rule.terms)
      #expect(outcome.chosen == rule.chosen, "\(rule.sentence)")
      #expect(outcome.obstacles == rule.obstacles, "\(rule.sentence)")
    }
  }

  static let closed: [TemplateStatus] = [
    .pending, .rejected, .paused, .disabled, .inAppeal, .limitExceeded, .pendingDeletion, .deleted,
    .archived, .other("NEW"),
  ]

  @Test(arguments: closed)
  func `takes only what is approved`(status: TemplateStatus) {
    let outcome = chooseFallback(
      among: [Templates.template(status: status)],
      on: Templates.terms(preferred: "continue_chat")
    )
    #expect(outcome.obstacles == [.notApproved(status, reason: nil)])
    #expect(outcome.chosen == nil)
    #expect(TemplateStatus(status.word.lowercased()) == status)
  }

  @Test func `names five candidates, and counts the rest`() {
    let templates = (0..<9).map { Templates.template("t\($0)", status: .paused) }
    guard case .none(let shortfall) = chooseFallback(among: templates, on: Templates.terms()) else {
      Issue.record("none is approved")
      return
    }
    #expect(shortfall.candidates.map(\.name) == ["t0", "t1", "t2", "t3", "t4"])
    #expect(shortfall.others == 4)
  }

  @Test func `says why this one, in both languages`() {
    let templates = [
      Templates.template("offer", category: .marketing), Templates.template("old", status: .paused),
    ]
    guard
      case .chosen(let choice) = chooseFallback(
        among: templates,
        on: Templates.terms(preferred: "old")
      )
    else {
      Issue.record("the offer fits")
      return
    }
    #expect(
      choice.reason.sentence(in: .english) == """
        The template offer (en) goes out: it is the first of the account's templates that fits. Its \
        language is the customer's. Meta takes it for marketing, which the customer did not stop; no \
        utility template fits before it. Before it: old (en) is paused by Meta.
        """
    )
    #expect(
      choice.reason.sentence(in: .german) == """
        Die Vorlage offer (en) geht hinaus. Sie ist die erste Vorlage des Kontos, die passt. Ihre \
        Sprache ist die des Gegenübers. Meta führt sie als Werbung, der das Gegenüber nicht \
        widersprochen hat; keine Service-Vorlage passt vor ihr. Vor ihr: old (en) ist von Meta pausiert.
        """
    )
  }

  static let obstacles: [TemplateObstacle] =
    closed.map { .notApproved($0, reason: "FIRST_PAUSE") }
    + [
      .notFound, .neverRead, .edited, .authentication, .unknownCategory, .marketingStopped,
      .marketingNeedsConsent, .otherLanguage(wanted: []), .otherLanguage(wanted: ["de", "en"]),
      .unknownValues(["a", "b"]), .needsContent("CAROUSEL"), .tooLong(.header, limit: 60),
      .tooLong(.body, limit: 1024), .tooLong(.button(0), limit: 2000),
    ] + TemplateForm.Media.allCases.map { .needsFile($0) }

  @Test(arguments: obstacles)
  func `says what is missing for each, in whole sentences of both languages`(
    obstacle: TemplateObstacle
  ) {
    let shortfall = FallbackShortfall(
      candidates: [
        FallbackShortfall.Candidate(name: "continue_chat", language: "de", obstacle: obstacle)
      ],
      others: 2
    )
    let texts = Refusal.Language.allCases.map(shortfall.sentence)
    #expect(texts[0] != texts[1])
    for text in texts {
      #expect(text.hasSuffix(".") && !text.contains("  ") && !text.contains("\n"), "\(text)")
      #expect(text.contains(": continue_chat (de) "), "\(text)")
      #expect(!text.contains("Optional(") && !text.contains(".."), "\(text)")
    }
  }

  @Test func `says what to do where there is no template at all`() {
    for language in Refusal.Language.allCases {
      let text = FallbackShortfall(candidates: [], others: 0).sentence(in: language)
      #expect(text.contains("carewindow template sync"))
    }
  }

  @Test func `counts as first contact only who never opened a window, as far as is known`() {
    let end = Scene.start + .hours(24)
    let known = CareWindow.Doubt(reason: .reaction, opening: Scene.opening())
    let unknown = CareWindow.Doubt(reason: .connectionDay)
    let states: [(CareWindow.State, Bool)] = [
      (.neverOpened, true), (.uncertain(because: unknown, until: end), true),
      (.uncertain(because: known, until: end), false),
      (.open(until: end, because: Scene.opening()), false),
      (.closed(since: end, because: Scene.opening()), false),
    ]
    for (state, isFirst) in states { #expect(state.isFirstContact == isFirst) }
  }
}
