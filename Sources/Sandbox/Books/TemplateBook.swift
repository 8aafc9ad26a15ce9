import CloudAPI

/// A message template.
struct Template: Sendable {
  let id: String
  let wabaID: String
  let name: String
  let language: String
  /// Upper case, as Meta prints it.
  var category: String
  var status: String
  var reason: String?
  /// `GREEN`, `YELLOW`, `RED` or `UNKNOWN`.
  var quality = "UNKNOWN"
  /// Since when, in seconds since 1970; of a template whose quality never changed 2025-01-01.
  var qualityAt: Int64 = 1_735_689_600
  let parameterFormat: String
  var components: JSON

  /// The template as the list prints it.
  func json() -> JSON {
    [
      "id": .string(id), "name": .string(name), "language": .string(language),
      "status": .string(status), "category": .string(category),
      "parameter_format": .string(parameterFormat), "components": components,
      "rejected_reason": .string(reason ?? "NONE"),
      "quality_score": ["score": .string(quality), "date": .integer(qualityAt)],
    ]
  }

  /// Checks the parameters of a send against the body.
  func check(_ sent: [JSON]) throws(MetaError) {
    let wanted = Self.parameters(in: bodyText)
    let given = Self.bodyParameters(sent)
    guard given.count == wanted.count else {
      throw MetaError(
        132000,
        status: 400,
        "Number of parameters does not match the expected number of params",
        details:
          "body: number of localizable_params (\(given.count)) does not match the expected number of params (\(wanted.count))"
      )
    }
    guard parameterFormat == "NAMED" else { return }
    let names = Set(given.compactMap { $0["parameter_name"]?.text })
    guard names == Set(wanted) else {
      throw MetaError(
        132012,
        status: 400,
        "Parameter format does not match format in the created template",
        details: "body: Parameter name is missing or empty"
      )
    }
  }

  /// The body as the customer reads it.
  func rendered(_ content: JSON) -> String {
    let given = Self.bodyParameters(content["components"]?.items ?? [])
    var text = bodyText
    for (index, name) in Self.parameters(in: bodyText).enumerated() {
      let parameter =
        parameterFormat == "NAMED"
        ? given.first { $0["parameter_name"]?.text == name }
        : (given.indices.contains(index) ? given[index] : nil)
      text.replace("{{\(name)}}", with: parameter?["text"]?.text ?? "")
    }
    return text
  }

  private static func bodyParameters(_ components: [JSON]) -> [JSON] {
    components.first { $0["type"]?.text?.lowercased() == "body" }?["parameters"]?.items ?? []
  }

  /// The text of the body.
  var bodyText: String {
    components.items.first { $0["type"]?.text?.uppercased() == "BODY" }?["text"]?.text ?? ""
  }

  /// The names between double braces, each once, in order.
  static func parameters(in text: String) -> [String] {
    var names: [String] = []
    var rest = Substring(text)
    while let start = rest.firstRange(of: "{{"),
      let end = rest[start.upperBound...].firstRange(of: "}}")
    {
      let name = String(rest[start.upperBound..<end.lowerBound].filter { $0 != " " })
      if !names.contains(name) { names.append(name) }
      rest = rest[end.upperBound...]
    }
    return names
  }
}

/// The templates of all accounts.
struct TemplateBook: Sendable {
  /// Templates of an account: Meta's limit for a verified business.
  static let perAccountMax = 6000

  /// Templates on a page, if the client says nothing: Graph's own default.
  static let pageDefault = 25

  /// The most templates on a page.
  static let pageMax = 1000

  private(set) var byID: [String: Template] = [:]
  private var order: [String] = []
  private var made: Int64 = 1_689_000_000_000_000

  /// The templates of an account, oldest first.
  func all(of wabaID: String) -> [Template] {
    order.compactMap { byID[$0] }.filter { $0.wabaID == wabaID }
  }

  /// A template by account, name and language.
  func find(_ wabaID: String, _ name: String, _ language: String) -> Template? {
    all(of: wabaID).first { $0.name == name && $0.language == language }
  }

  /// Adds a template as the API gets it; its status is PENDING unless one is given.
  mutating func add(_ json: JSON, wabaID: String, status: String = "PENDING") throws(MetaError)
    -> Template
  {
    guard let name = json["name"]?.text, name.utf8.count <= 512,
      name.utf8.allSatisfy({ (97...122).contains($0) || (48...57).contains($0) || $0 == 95 })
    else { throw .invalidParameter("name has small letters, digits and underscores only.") }
    guard let language = json["language"]?.text else {
      throw .invalidParameter("The parameter language is required.")
    }
    let category = (json["category"]?.text ?? "").uppercased()
    guard ["MARKETING", "UTILITY", "AUTHENTICATION"].contains(category) else {
      throw .invalidParameter("category must be one of {AUTHENTICATION, MARKETING, UTILITY}.")
    }
    guard let components = json["components"], !components.items.isEmpty else {
      throw .invalidParameter("The parameter components is required.")
    }
    if find(wabaID, name, language) != nil {
      throw MetaError(
        100,
        status: 400,
        "Invalid parameter",
        details: "There is already \(language) content for this template.",
        subcode: 2_388_024
      )
    }
    guard all(of: wabaID).count < Self.perAccountMax else {
      throw MetaError(
        100,
        status: 400,
        "Invalid parameter",
        details: "Message template limit exceeded.",
        subcode: 2_388_019
      )
    }
    made += 1
    let template = Template(
      id: String(made),
      wabaID: wabaID,
      name: name,
      language: language,
      category: category,
      status: status,
      reason: nil,
      parameterFormat: (json["parameter_format"]?.text ?? "POSITIONAL").uppercased(),
      components: components
    )
    byID[template.id] = template
    order.append(template.id)
    return template
  }

  /// Changes what a template says; it is reviewed again.
  mutating func edit(_ id: String, _ json: JSON) {
    guard var template = byID[id] else { return }
    if let components = json["components"], !components.items.isEmpty {
      template.components = components
    }
    if let category = json["category"]?.text { template.category = category.uppercased() }
    template.status = "PENDING"
    byID[id] = template
  }

  /// Ends a review: rejected if two variables stand side by side or one stands at the edge.
  mutating func review(_ id: String) -> Template? {
    guard var template = byID[id], template.status == "PENDING" else { return nil }
    let text = template.bodyText
    let isBad =
      text.contains("}}{{") || text.hasPrefix("{{") || text.hasSuffix("}}") || text.isEmpty
    template.status = isBad ? "REJECTED" : "APPROVED"
    template.reason = isBad ? "INVALID_FORMAT" : nil
    byID[id] = template
    return template
  }

  /// Sets the status of a template, as a person in WhatsApp Manager or Meta's quality rating does.
  mutating func setStatus(_ status: String, of id: String) -> Template? {
    byID[id]?.status = status
    return byID[id]
  }

  /// Puts a template into another category, as Meta does when it finds that it advertises.
  mutating func setCategory(_ category: String, of id: String) -> Template? {
    byID[id]?.category = category
    return byID[id]
  }

  /// Rates a template, as customers' feedback does; the instant is in milliseconds.
  mutating func setQuality(_ quality: String, of id: String, at instant: Int64) -> Template? {
    byID[id]?.quality = quality
    byID[id]?.qualityAt = instant / 1_000
    return byID[id]
  }

  /// Deletes all languages of a name, or one of them; gives what was deleted.
  mutating func delete(_ wabaID: String, name: String, id: String?) -> [Template] {
    let gone = all(of: wabaID).filter { $0.name == name && (id == nil || id == $0.id) }
    for template in gone { byID[template.id] = nil }
    order.removeAll { byID[$0] == nil }
    return gone
  }
}
