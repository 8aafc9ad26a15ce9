/// Which template an update is about.
package struct TemplateReference: Sendable, Hashable {
  /// Meta's id, a number in webhooks.
  package var id: String?
  /// The name.
  package var name: String?
  /// The language, spelt with `_` (`en_US`) however Meta wrote it.
  package var language: String?

  /// Creates a reference.
  package init(id: String?, name: String?, language: String?) {
    self.id = id
    self.name = name
    self.language = language
  }

  init(_ json: JSON, _ reader: inout WireReader) {
    id = reader.text("message_template_id", of: json)
    name = reader.text("message_template_name", of: json)
    language = reader.text("message_template_language", of: json).map {
      String($0.map { $0 == "-" ? "_" : $0 })
    }
    if id == nil, name == nil { reader.note("names no template") }
  }

  var members: [JSONMember] {
    JSON.present([
      "message_template_id": id.map(JSON.number),
      "message_template_name": name.map(JSON.string),
      "message_template_language": language.map(JSON.string),
    ]).members
  }
}

/// A template was approved, rejected, paused or the like: `message_template_status_update`.
///
/// Source: developers.facebook.com/documentation/business-messaging/whatsapp/webhooks/reference/message_template_status_update, read 2026-11-21.
package struct TemplateStatusUpdate: Sendable, Hashable {
  /// Which template.
  package var template: TemplateReference
  /// Such as `APPROVED`, `REJECTED` or `PAUSED`; the list is open.
  package var event: String
  /// Such as `UTILITY`.
  package var category: String?
  /// Why; nil for none (Meta writes null or `NONE`).
  package var reason: String?
  /// When it will be disabled, in Meta's words.
  package var disableDate: String?
  /// Which pause it is, such as `FIRST_PAUSE`.
  package var otherTitle: String?
  /// A sentence about the pause.
  package var otherDescription: String?
  /// Why it was rejected, as a sentence.
  package var rejectionReason: String?
  /// What to do about the rejection.
  package var recommendation: String?

  /// Creates an update.
  package init(
    template: TemplateReference,
    event: String,
    category: String? = nil,
    reason: String? = nil,
    disableDate: String? = nil,
    otherTitle: String? = nil,
    otherDescription: String? = nil,
    rejectionReason: String? = nil,
    recommendation: String? = nil
  ) {
    self.template = template
    self.event = event
    self.category = category
    self.reason = reason
    self.disableDate = disableDate
    self.otherTitle = otherTitle
    self.otherDescription = otherDescription
    self.rejectionReason = rejectionReason
    self.recommendation = recommendation
  }

  init?(_ json: JSON, _ reader: inout WireReader) {
    guard let event = reader.requiredText("event", of: json) else { return nil }
    self.event = event
    template = TemplateReference(json, &reader)
    category = json["message_template_category"]?.text
    reason = json["reason"]?.text.flatMap { $0 == "NONE" ? nil : $0 }
    disableDate = json["disable_info"]?["disable_date"]?.text
    otherTitle = json["other_info"]?["title"]?.text
    otherDescription = json["other_info"]?["description"]?.text
    rejectionReason = json["rejection_info"]?["reason"]?.text
    recommendation = json["rejection_info"]?["recommendation"]?.text
  }

  var json: JSON {
    let other = JSON.present([
      "title": otherTitle.map(JSON.string), "description": otherDescription.map(JSON.string),
    ])
    let rejection = JSON.present([
      "reason": rejectionReason.map(JSON.string),
      "recommendation": recommendation.map(JSON.string),
    ])
    let rest = JSON.present([
      "reason": .string(reason ?? "NONE"),
      "message_template_category": category.map(JSON.string),
      "disable_info": disableDate.map { ["disable_date": .string($0)] },
      "other_info": other.members.isEmpty ? nil : other,
      "rejection_info": rejection.members.isEmpty ? nil : rejection,
    ])
    return .object([JSONMember("event", .string(event))] + template.members + rest.members)
  }
}

/// A template's quality changed: `message_template_quality_update`.
package struct TemplateQualityUpdate: Sendable, Hashable {
  /// Which template.
  package var template: TemplateReference
  /// `GREEN`, `YELLOW`, `RED` or `UNKNOWN`.
  package var previousScore: String?
  /// `GREEN`, `YELLOW`, `RED` or `UNKNOWN`.
  package var newScore: String?

  /// Creates an update.
  package init(template: TemplateReference, previousScore: String?, newScore: String?) {
    self.template = template
    self.previousScore = previousScore
    self.newScore = newScore
  }

  init(_ json: JSON, _ reader: inout WireReader) {
    template = TemplateReference(json, &reader)
    previousScore = json["previous_quality_score"]?.text
    newScore = json["new_quality_score"]?.text
  }

  var json: JSON {
    .object(
      JSON.present([
        "previous_quality_score": previousScore.map(JSON.string),
        "new_quality_score": newScore.map(JSON.string),
      ]).members + template.members
    )
  }
}

/// A template was edited: `message_template_components_update`.
package struct TemplateComponentsUpdate: Sendable, Hashable {
  /// One button of it.
  package struct Button: Sendable, Hashable {
    /// Such as `URL`.
    package var type: String?
    /// What stands on it.
    package var text: String?
    /// Where it leads.
    package var url: String?
    /// What it calls.
    package var phoneNumber: String?
  }

  /// Which template.
  package var template: TemplateReference
  /// The body.
  package var body: String?
  /// The text header.
  package var title: String?
  /// The footer.
  package var footer: String?
  /// The buttons.
  package var buttons: [Button]

  init(_ json: JSON, _ reader: inout WireReader) {
    template = TemplateReference(json, &reader)
    body = json["message_template_element"]?.text
    title = json["message_template_title"]?.text
    footer = json["message_template_footer"]?.text
    buttons = reader.eachObject("message_template_buttons", of: json) { button, _ in
      Button(
        type: button["message_template_button_type"]?.text,
        text: button["message_template_button_text"]?.text,
        url: button["message_template_button_url"]?.text,
        phoneNumber: button["message_template_button_phone_number"]?.text
      )
    }
  }
}

/// A template was put into another category, or will be: `template_category_update`; or Meta thinks
/// that it should be: `template_correct_category_detection`.
package struct TemplateCategoryUpdate: Sendable, Hashable {
  /// Which template.
  package var template: TemplateReference
  /// What it was; nil while the change is only announced.
  package var previousCategory: String?
  /// What it is now.
  package var newCategory: String?
  /// What it will be; nil once the change is done.
  package var correctCategory: String?
  /// When the announced change happens, in seconds since 1970.
  package var changesAt: Int64?

  /// Creates an update.
  package init(
    template: TemplateReference,
    previousCategory: String? = nil,
    newCategory: String?,
    correctCategory: String? = nil,
    changesAt: Int64? = nil
  ) {
    self.template = template
    self.previousCategory = previousCategory
    self.newCategory = newCategory
    self.correctCategory = correctCategory
    self.changesAt = changesAt
  }

  init(_ json: JSON, _ reader: inout WireReader) {
    template = TemplateReference(json, &reader)
    previousCategory = json["previous_category"]?.text
    newCategory = (json["new_category"] ?? json["current_category"] ?? json["category"])?.text
    correctCategory = (json["correct_category"] ?? json["suggested_category"])?.text
    changesAt = reader.seconds("category_update_timestamp", of: json)
  }

  var json: JSON {
    let rest = JSON.present([
      "previous_category": previousCategory.map(JSON.string),
      "new_category": newCategory.map(JSON.string),
      "correct_category": correctCategory.map(JSON.string),
      "category_update_timestamp": changesAt.map(JSON.integer),
    ])
    return .object(template.members + rest.members)
  }
}
