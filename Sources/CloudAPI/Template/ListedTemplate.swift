/// A template as `GET /{waba-id}/message_templates` lists it.
///
/// Source: developers.facebook.com/documentation/business-messaging/whatsapp/templates/template-management, read 2026-11-21.
package struct ListedTemplate: Sendable, Hashable {
  /// What to ask for, as `fields` takes it.
  package static let fields =
    "id,name,language,status,category,parameter_format,components,quality_score,rejected_reason"

  /// Meta's id.
  package var id: String
  /// The name.
  package var name: String
  /// The language, spelt with `_` (`en_US`) however Meta wrote it.
  package var language: String
  /// Such as `APPROVED`; the list is open.
  package var status: String
  /// Such as `UTILITY`.
  package var category: String?
  /// `NAMED` or `POSITIONAL`, in capitals or not; nil: positional.
  package var parameterFormat: String?
  /// `GREEN`, `YELLOW`, `RED` or `UNKNOWN`.
  package var quality: String?
  /// Why it was rejected; nil for none (Meta writes null or `NONE`).
  package var rejectedReason: String?
  /// The components, each with a `type`.
  package var components: [TemplateComponent]
  /// The components as Meta wrote them.
  package var raw: JSON

  /// Reads an element of the listing; nil if it has no id, name, language or status.
  package init?(_ json: JSON) {
    guard let id = json["id"]?.text, let name = json["name"]?.text,
      let language = json["language"]?.text, let status = json["status"]?.text
    else { return nil }
    self.id = id
    self.name = name
    self.language = String(language.map { $0 == "-" ? "_" : $0 })
    self.status = status
    category = json["category"]?.text
    parameterFormat = json["parameter_format"]?.text
    // An object in the listing; a bare word in older versions of Graph.
    quality = (json["quality_score"]?["score"] ?? json["quality_score"])?.text
    rejectedReason = json["rejected_reason"]?.text.flatMap { $0 == "NONE" ? nil : $0 }
    raw = json["components"] ?? .array([])
    components = raw.items.compactMap(TemplateComponent.init)
  }
}

/// A part of a template.
///
/// Source: developers.facebook.com/documentation/business-messaging/whatsapp/templates/components, read 2026-11-21.
package struct TemplateComponent: Sendable, Hashable {
  /// Something to tap.
  package struct Button: Sendable, Hashable {
    /// Such as `QUICK_REPLY`, in capitals.
    package var type: String
    /// What stands on it.
    package var text: String?
    /// Where it leads.
    package var url: String?
  }

  /// Such as `BODY`, in capitals.
  package var type: String
  /// Of a header: `TEXT`, `IMAGE`, `LOCATION` and so on, in capitals.
  package var format: String?
  /// Its text.
  package var text: String?
  /// Its buttons.
  package var buttons: [Button]

  init?(_ json: JSON) {
    guard let type = json["type"]?.text else { return nil }
    self.type = type.uppercased()
    format = json["format"]?.text?.uppercased()
    text = json["text"]?.text
    buttons = (json["buttons"]?.items ?? []).map { button in
      Button(
        type: button["type"]?.text?.uppercased() ?? "",
        text: button["text"]?.text,
        url: button["url"]?.text
      )
    }
  }
}
