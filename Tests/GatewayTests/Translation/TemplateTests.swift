import CloudAPI
import CustomerCare
import Gateway
import Storage
import Support
import Testing

@Suite struct TemplateTests {
  /// A change of an account's templates, at Meta's second 1,795,255,000.
  private static func body(_ field: String, _ more: KeyValuePairs<String, JSON?>) -> JSON {
    let value = JSON.present([
      "message_template_id": .number("1689000000000001"), "message_template_name": "note",
      "message_template_language": "en-US",
    ])
    let change: JSON = [
      "field": .string(field), "value": .object(value.members + JSON.present(more).members),
    ]
    let entry: JSON = [
      "id": "700100200300", "time": 1_795_255_000, "changes": .array([change]),
    ]
    return ["object": "whatsapp_business_account", "entry": .array([entry])]
  }

  private static let status = "message_template_status_update"
  private static let category = "template_category_update"

  typealias Case = (body: JSON, words: [TemplateFact.Word])
  static let cases: [Case] = [
    (
      body(
        status,
        ["event": "APPROVED", "message_template_category": "UTILITY", "reason": "NONE"]
      ),
      [.status(.approved, reason: nil), .category(.utility)]
    ),
    (
      body(status, ["event": "REJECTED", "reason": "INVALID_FORMAT"]),
      [.status(.rejected, reason: "INVALID_FORMAT")]
    ),
    (
      body(status, ["event": "paused", "other_info": ["title": "FIRST_PAUSE"]]),
      [.status(.paused, reason: "FIRST_PAUSE")]
    ),
    (body(status, ["event": "UNPAUSED"]), [.status(.approved, reason: nil)]),
    (body(status, ["event": "FLAGGED"]), []), (body(status, ["event": "REINSTATED"]), []),
    (body(status, ["event": "LOCKED"]), []), (body(status, ["event": "UNARCHIVED"]), []),
    (body(status, ["event": "NEW_WORD"]), [.status(.other("NEW_WORD"), reason: nil)]),
    // Meta's sample of a quality update stands under the name of the status update.
    (
      body(status, ["previous_quality_score": "GREEN", "new_quality_score": "YELLOW"]),
      [.quality(.yellow)]
    ),
    (
      body(category, ["previous_category": "UTILITY", "new_category": "MARKETING"]),
      [.category(.marketing)]
    ),
    (
      body(
        category,
        [
          "new_category": "UTILITY", "correct_category": "MARKETING",
          "category_update_timestamp": 1_795_300_000,
        ]
      ),
      [.category(.utility), .coming(.marketing, from: Instant(seconds: 1_795_300_000))]
    ),
    (
      body("message_template_components_update", ["message_template_element": "New words."]),
      [.edited]
    ),
  ]

  @Test(arguments: cases.indices)
  func `a notice says one thing of one template, at Meta's second`(index: Int) throws {
    let (body, words) = Self.cases[index]
    let entry = try Reading.entry(body.serialized())
    #expect(entry.flag == nil)
    #expect(entry.changes.map(\.waba) == ["700100200300"])
    let facts = entry.changes.flatMap(\.facts).templates
    #expect(facts.map(\.word) == words)
    for fact in facts {
      #expect(fact.id == "1689000000000001" && fact.name == "note" && fact.language == "en_US")
      #expect(fact.at == Instant(seconds: 1_795_255_000))
    }
  }

  @Test func `a recorded notice is understood`() throws {
    let facts = try Reading.facts(Reading.fixture("template_status_update", "approved")).templates
    #expect(facts.contains { $0.word == .status(.approved, reason: nil) })
  }

  @Test func `a listed template is read part by part, and kept as Meta wrote it`() throws {
    let json = try JSON.parse(
      text: """
        {"id":"1387","name":"note","language":"de","status":"approved","category":"utility",
        "parameter_format":"named","quality_score":{"score":"GREEN","date":1},
        "rejected_reason":"NONE","components":[
        {"type":"HEADER","format":"TEXT","text":"News"},{"type":"body","text":"Hi {{name}}."},
        {"type":"FOOTER","text":"Us"},{"type":"CAROUSEL","cards":[{"x":1.5}]},
        {"type":"BUTTONS","buttons":[{"type":"QUICK_REPLY","text":"Go on"},
        {"type":"URL","text":"Open","url":"https://a.example/{{name}}"},{"type":"OTP","text":"x"}]}]}
        """
    )
    let record = ListedTemplateRecord(try #require(ListedTemplate(json)))
    #expect(record.status == .approved && record.category == .utility && record.quality == .green)
    #expect(record.statusReason == nil)
    #expect(
      record.form
        == TemplateForm(
          format: .named,
          header: .text("News"),
          body: "Hi {{name}}.",
          footer: "Us",
          buttons: [
            TemplateForm.Button(.quickReply, text: "Go on"),
            TemplateForm.Button(.url, text: "Open", url: "https://a.example/{{name}}"),
            TemplateForm.Button(.other, text: "OTP"),
          ],
          otherParts: ["CAROUSEL"]
        )
    )
    #expect(try JSON.parse(text: record.components) == json["components"])
    for missing in ["id", "name", "language", "status"] {
      var json = json
      json.set(missing, to: nil)
      #expect(ListedTemplate(json) == nil)
    }
  }

  @Test(arguments: [
    ("IMAGE", TemplateForm.Header.media(.image)), ("VIDEO", .media(.video)),
    ("DOCUMENT", .media(.document)), ("GIF", .media(.animation)), ("LOCATION", .location),
    ("PRODUCT", .other("PRODUCT")),
  ])
  func `a header that is chosen at each send is seen as such`(
    format: String,
    header: TemplateForm.Header
  ) throws {
    let json: JSON = [
      "id": "1", "name": "a", "language": "en", "status": "APPROVED",
      "components": [["type": "HEADER", "format": .string(format)]],
    ]
    #expect(ListedTemplateRecord(try #require(ListedTemplate(json))).form.header == header)
  }

  private static func message(_ form: TemplateForm, name: String? = nil) throws -> JSON {
    let template = Template(
      id: "1",
      name: "note",
      language: "de",
      status: .approved,
      category: .utility,
      form: form
    )
    let terms = FallbackTerms(
      languages: LanguageChain(customer: "de"),
      isFirstContact: false,
      known: KnownValues(customerName: name)
    )
    guard case .chosen(let choice) = chooseFallback(among: [template], on: terms) else {
      throw Unexpected("it fits")
    }
    return choice.message
  }

  @Test func `a choice is sent as Meta wants it, without parts that have no parameters`() throws {
    let plain = try Self.message(TemplateForm(header: .text("News"), body: "Hello."))
    #expect(
      plain == ["type": "template", "template": ["name": "note", "language": ["code": "de"]]]
    )
    let full = try Self.message(
      TemplateForm(
        format: .named,
        header: .text("For {{name}}"),
        body: "Hello {{first_name}} ({{name}}).",
        buttons: [
          TemplateForm.Button(.quickReply, text: "Go on"),
          TemplateForm.Button(.url, text: "Open", url: "https://a.example/{{name}}"),
        ]
      ),
      name: "Änne Schmidt"
    )
    func text(_ name: String, _ text: String) -> JSON {
      ["type": "text", "parameter_name": .string(name), "text": .string(text)]
    }
    #expect(
      full["template"]?["components"]?.items == [
        ["type": "header", "parameters": .array([text("name", "Änne Schmidt")])],
        [
          "type": "body",
          "parameters": .array([text("first_name", "Änne"), text("name", "Änne Schmidt")]),
        ],
        [
          "type": "button", "sub_type": "url", "index": "1",
          "parameters": .array([text("name", "%C3%84nne%20Schmidt")]),
        ],
      ]
    )
  }
}
