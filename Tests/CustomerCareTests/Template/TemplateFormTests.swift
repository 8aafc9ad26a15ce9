import Testing

@testable import CustomerCare

@Suite struct `A template's form` {
  @Test(arguments: [
    ("Hello", []), ("{{1}} and {{2}}, again {{1}}", ["1", "2"]),
    ("{{ first_name }}!", ["first_name"]),
    ("{1} {{2} {{", []), ("{{a}}{{b}}", ["a", "b"]), ("Grüße {{näme}} 👋🏽", ["näme"]), ("", []),
  ])
  func `has the parameters that stand between double braces`(text: String, names: [String]) {
    #expect(TemplateParameter.names(in: text) == names)
    #expect(
      TemplateParameter.filling(text) { _ in nil }
        == text.replacing("{{ ", with: "{{").replacing(" }}", with: "}}")
    )
  }

  @Test func `of nothing but braces is read in one go`() {
    let text = String(repeating: "{", count: 400_000) + "a}"
    #expect(TemplateParameter.names(in: text).isEmpty)
    let long = String(repeating: "x", count: 255)
    #expect(TemplateParameter.names(in: "{{\(long)}} {{\(long)x}}") == [long])
  }

  @Test func `has its parameters in Meta's order, each with its place`() {
    let form = TemplateForm(
      format: .named,
      header: .text("News for {{name}}"),
      body: "Hello {{first_name}}, this is for you.",
      buttons: [
        Templates.quickReply,
        TemplateForm.Button(.url, text: "Open", url: "https://shop.example/{{name}}"),
      ]
    )
    #expect(
      form.parameters == [
        TemplateParameter(place: .header, name: "name"),
        TemplateParameter(place: .body, name: "first_name"),
        TemplateParameter(place: .button(1), name: "name"),
      ]
    )
    guard case .filled(let values) = form.filled(with: KnownValues(customerName: "Anna Schmidt"))
    else {
      Issue.record("all is known")
      return
    }
    #expect(values.map(\.value) == ["Anna Schmidt", "Anna", "Anna Schmidt"])
  }

  typealias Hindered = (form: TemplateForm, obstacle: TemplateObstacle)
  static let hindered: [Hindered] = [
    (TemplateForm(body: "Hello {{1}}, order {{2}}."), .unknownValues(["1", "2"])),
    (TemplateForm(format: .named, body: "Hello {{order_no}}."), .unknownValues(["order_no"])),
    (TemplateForm(header: .text("For {{1}}"), body: "Hello."), .unknownValues(["1"])),
    (
      TemplateForm(body: "Hello.", buttons: [.init(.url, url: "https://a.example/{{1}}")]),
      .unknownValues(["1"])
    ),
    (TemplateForm(header: .media(.image), body: "Hello."), .needsFile(.image)),
    (TemplateForm(header: .media(.document), body: "Hello."), .needsFile(.document)),
    (TemplateForm(header: .location, body: "Hello."), .needsContent("LOCATION")),
    (TemplateForm(header: .other("PRODUCT"), body: "Hello."), .needsContent("PRODUCT")),
    (TemplateForm(body: "Hello.", otherParts: ["CAROUSEL"]), .needsContent("CAROUSEL")),
    (TemplateForm(body: "Hello.", buttons: [.init(.copyCode)]), .needsContent("COPY_CODE")),
    (TemplateForm(body: "Hello.", buttons: [.init(.flow)]), .needsContent("FLOW")),
    (TemplateForm(body: "Hello.", buttons: [.init(.other, text: "OTP")]), .needsContent("OTP")),
    (TemplateForm(body: nil), .needsContent("BODY")),
    (
      TemplateForm(format: .named, header: .text(text(of: 56) + "{{name}}"), body: "Hello."),
      .tooLong(.header, limit: 60)
    ),
    (
      TemplateForm(format: .named, body: text(of: 1020) + "{{name}}"), .tooLong(.body, limit: 1024)
    ),
  ]

  private static func text(of length: Int) -> String { String(repeating: "x", count: length) }

  @Test(arguments: hindered.indices)
  func `is not filled in with what is not known`(index: Int) {
    let (form, obstacle) = Self.hindered[index]
    // Five letters: one too many where length is the matter.
    #expect(form.filled(with: KnownValues(customerName: "Annie")) == .impossible(obstacle))
  }

  static let fillable: [TemplateForm] = [
    TemplateForm(body: "Hello."), TemplateForm(header: .text("News"), body: "Hello.", footer: "Us"),
    TemplateForm(format: .named, header: .text(text(of: 56) + "{{name}}"), body: "Hello."),
    TemplateForm(format: .named, body: text(of: 1020) + "{{name}}"),
    TemplateForm(
      body: "Hello.",
      buttons: [
        Templates.quickReply, .init(.url, url: "https://a.example/"), .init(.phoneNumber),
        .init(.voiceCall), .init(.contactInfo), .init(.catalogue),
      ]
    ),
  ]

  @Test(arguments: fillable)
  func `is filled in where everything is known, up to Meta's last letter`(form: TemplateForm) {
    guard case .filled = form.filled(with: KnownValues(customerName: "Anna")) else {
      Issue.record("\(form)")
      return
    }
  }

  @Test(arguments: [
    ("Anna", "name", "Anna"), ("Anna Maria Schmidt", "first_name", "Anna"),
    ("Anna\n\tSchmidt", "customer_name", "Anna Schmidt"), ("A     B", "full_name", "A B"),
    (" \u{200E}Anna ", "FirstName", "\u{200E}Anna"), ("{{1}}", "name", "1"), (" \n ", "name", nil),
    (nil, "name", nil), ("Anna", "order_no", nil), ("Anna", "1", nil),
  ])
  func `gets values in one line, and none that is guessed`(
    customer: String?,
    parameter: String,
    value: String?
  ) {
    #expect(KnownValues(customerName: customer).value(named: parameter) == value)
  }
}

@Suite struct `A language chain` {
  @Test(arguments: [
    ("de", ["de", "de_AT"], "de"), ("es_MX", ["es_AR", "es", "es_MX"], "es_MX"),
    ("es_MX", ["es_AR", "es"], "es"), ("es_MX", ["es_AR", "fr"], "es_AR"), ("fi", ["fil"], nil),
    ("en", ["de"], nil), ("pt-BR", ["pt_PT", "pt_BR"], "pt_BR"),
  ])
  func `tries a language itself, then without region, then another region`(
    wanted: String,
    offered: [String],
    best: String?
  ) {
    let chain = LanguageChain(customer: wanted)
    let found = offered.compactMap { offer in chain.match(offer).map { (offer, $0.rank) } }
      .min { $0.1 < $1.1 }
    #expect(found?.0 == best)
  }

  @Test func `puts what is known of the customer first, and what is guessed last`() {
    let chain = LanguageChain(
      customer: "tr",
      fallback: "en_US",
      customerPhone: "491700000042",
      businessPhone: "+33 1 23456789"
    )
    #expect(chain.links.map(\.language) == ["tr", "en_US", "de", "fr"])
    #expect(
      chain.links.map(\.source) == [.customer, .fallback, .customersCountry, .numbersCountry]
    )
    #expect(
      LanguageChain(fallback: "de", customerPhone: "4917", businessPhone: "+4930").links.map(
        \.source
      ) == [.fallback]
    )
  }

  @Test(arguments: [
    ("491700000042", "de"), ("4366412345678", "de_AT"), ("5531987654321", "pt_BR"),
    ("351912345678", "pt_PT"), ("41791234567", nil), ("3247012345", nil), ("999", nil), ("", nil),
  ])
  func `knows the languages of countries that have one`(phone: String, language: String?) {
    #expect(LanguageChain.language(ofPhone: phone) == language)
  }
}
