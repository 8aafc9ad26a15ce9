import CloudAPI

extension SimulatedMeta {
  /// Gives an account the two templates of all examples.
  mutating func stock(_ wabaID: String) {
    let stock: [(name: String, category: String, text: String)] = [
      ("hello_world", "UTILITY", "Welcome and congratulations! Your number is connected."),
      ("order_update", "UTILITY", "Hello {{1}}, there is news about your order {{2}}."),
    ]
    for template in stock {
      let json: JSON = [
        "name": .string(template.name), "language": "en_US",
        "category": .string(template.category),
        "components": [
          .present([
            "type": "BODY", "text": .string(template.text),
            "example": JSON.object([JSONMember("body_text", [["Anna", "4471"]])])
              .when(template.text.contains("{{")),
          ])
        ],
      ]
      // The stock is valid by construction; an account that has it already keeps its own.
      _ = try? templates.add(json, wabaID: wabaID, status: "APPROVED")
    }
  }

  /// `GET`, `POST` and `DELETE /{waba-id}/message_templates`.
  mutating func answerTemplates(
    _ call: GraphCall,
    _ wabaID: String
  ) throws(MetaError) -> GraphReply {
    switch call.method {
    case "GET": return try listTemplates(call, wabaID)
    case "POST":
      let template = try templates.add(Self.body(call), wabaID: wabaID)
      if let wait = settings.reviewAfter {
        agenda.add(.review(template: template.id), at: latest + wait)
      }
      return .json(
        200,
        [
          "id": .string(template.id), "status": .string(template.status),
          "category": .string(template.category),
        ]
      )
    case "DELETE":
      guard let name = call.query["name"] else {
        throw .missingParameter("The parameter name is required.")
      }
      let gone = templates.delete(wabaID, name: name, id: call.query["hsm_id"])
      guard !gone.isEmpty else { throw .invalidParameter("There is no template of this name.") }
      for template in gone { announceTemplate(template, event: "DELETED", at: latest) }
      return .json(200, ["success": true])
    default: throw .unknownObject(wabaID, method: call.method)
    }
  }

  /// `GET` and `POST /{template-id}`.
  mutating func answerTemplate(
    _ call: GraphCall,
    _ template: Template
  ) throws(MetaError) -> GraphReply {
    switch call.method {
    case "GET": return .json(200, template.json())
    case "POST":
      templates.edit(template.id, try Self.body(call))
      if let edited = templates.byID[template.id] {
        announceTemplate(
          edited,
          "message_template_components_update",
          ["message_template_element": .string(edited.bodyText)],
          at: latest
        )
      }
      if let wait = settings.reviewAfter {
        agenda.add(.review(template: template.id), at: latest + wait)
      }
      return .json(200, ["success": true])
    default: throw .unknownObject(template.id, method: call.method)
    }
  }

  /// A template leaves review.
  mutating func endReview(_ id: String, at instant: Int64) {
    guard let template = templates.review(id) else { return }
    announceTemplate(template, event: template.status, at: instant)
  }

  /// Tells the webhook what became of a template.
  mutating func announceTemplate(_ template: Template, event: String, at instant: Int64) {
    announceTemplate(
      template,
      "message_template_status_update",
      [
        "event": .string(event), "message_template_category": .string(template.category),
        "reason": .string(template.reason ?? "NONE"),
        "rejection_info": template.reason.map { _ in
          [
            "reason": "Variables stand side by side or at the edge.",
            "recommendation": "Add words.",
          ]
        },
      ],
      at: instant
    )
  }

  /// Tells the webhook something of a template.
  mutating func announceTemplate(
    _ template: Template,
    _ field: String,
    _ members: KeyValuePairs<String, JSON?>,
    at instant: Int64
  ) {
    let value: JSON = .present([
      "message_template_id": .number(template.id),
      "message_template_name": .string(template.name),
      "message_template_language": .string(template.language),
    ])
    announce(
      .account(
        .object(JSON.present(members).members + value.members),
        field: field,
        wabaID: template.wabaID,
        at: instant
      ),
      at: instant
    )
  }

  /// Changes what Meta thinks of a template, and tells the webhook.
  mutating func reconsider(_ template: Template, _ json: JSON) {
    if let category = json["category"]?.text?.uppercased(), category != template.category,
      let changed = templates.setCategory(category, of: template.id)
    {
      announceTemplate(
        changed,
        "template_category_update",
        ["previous_category": .string(template.category), "new_category": .string(category)],
        at: latest
      )
    }
    if let quality = json["quality"]?.text?.uppercased(), quality != template.quality,
      let changed = templates.setQuality(quality, of: template.id, at: latest)
    {
      announceTemplate(
        changed,
        "message_template_quality_update",
        [
          "previous_quality_score": .string(template.quality),
          "new_quality_score": .string(quality),
        ],
        at: latest
      )
    }
  }

  private func listTemplates(
    _ call: GraphCall,
    _ wabaID: String
  ) throws(MetaError) -> GraphReply {
    let query = call.query
    let all = templates.all(of: wabaID).filter { template in
      (query["status"].map { $0.uppercased() == template.status } ?? true)
        && (query["name"].map { template.name.contains($0) } ?? true)
        && (query["language"].map { $0 == template.language } ?? true)
        && (query["category"].map { $0.uppercased() == template.category } ?? true)
    }
    let limit = query["limit"].flatMap { Int($0) } ?? TemplateBook.pageDefault
    guard (1...TemplateBook.pageMax).contains(limit) else {
      throw .invalidParameter("limit is a number from 1 to \(TemplateBook.pageMax).")
    }
    var start = 0
    if let after = query["after"] {
      guard let last = all.firstIndex(where: { "C\($0.id)" == after }) else {
        throw MetaError(131059, status: 400, "Cursor is not valid")
      }
      start = last + 1
    }
    let page = all.dropFirst(start).prefix(limit)
    var body: JSON = ["data": .array(page.map { $0.json() })]
    if query["summary"] != nil {
      body.set(
        "summary",
        to: [
          "total_count": .integer(all.count), "message_template_count": .integer(all.count),
          "message_template_limit": .integer(TemplateBook.perAccountMax),
          "are_translations_complete": false,
        ]
      )
    }
    guard let first = page.first, let last = page.last else { return .json(200, body) }
    var paging: JSON = [
      "cursors": ["before": .string("C\(first.id)"), "after": .string("C\(last.id)")]
    ]
    if start + page.count < all.count {
      paging.set(
        "next",
        to: .string(
          "\(call.origin)/\(call.path.joined(separator: "/"))?limit=\(limit)&after=C\(last.id)"
        )
      )
    }
    body.set("paging", to: paging)
    return .json(200, body)
  }
}
