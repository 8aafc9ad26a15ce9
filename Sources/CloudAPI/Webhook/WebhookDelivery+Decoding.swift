extension WebhookDelivery {
  /// Meta's word for bodies about WhatsApp.
  package static let whatsAppObject = "whatsapp_business_account"

  /// Reads a body.
  ///
  /// Unknown fields and kinds are kept raw. What cannot be read is listed in `problems` and hides
  /// nothing beside it. Throws only for bodies that are no JSON object, or too deep to be looked at.
  package static func decode(_ body: [UInt8]) throws(WireError) -> WebhookDelivery {
    let document = try JSON.document(body)
    guard document.root.isObject else {
      throw WireError(.unexpectedShape, "a webhook body is an object")
    }
    return WebhookDelivery(document)
  }

  private init(_ document: JSON.Document) {
    let root = document.root
    var reader = WireReader()
    object = root["object"]?.text
    hasDuplicateKeys = document.hasDuplicateKeys
    changes =
      object == nil || object == Self.whatsAppObject ? Self.changes(of: root, &reader) : []
    problems = reader.problems
    problemCount = reader.problemCount
  }

  private static func changes(of root: JSON, _ reader: inout WireReader) -> [Change] {
    guard case .object(let members) = root, !members.contains(where: { $0.key == "entry" }) else {
      return reader.eachObject("entry", of: root) { entry, reader in
        Self.changes(ofEntry: entry, &reader)
      }.flatMap { $0 }
    }
    // Two shapes without envelope: the dashboard's test of one change, and the refusal to share a
    // history, which Meta's page shows as the bare value.
    if root["value"] != nil {
      return [Change(root, entry: .object([]), &reader)]
    }
    if root["history"] != nil {
      return [Change(["field": "history", "value": root], entry: .object([]), &reader)]
    }
    reader.note("entry", "is missing")
    return []
  }

  private static func changes(ofEntry entry: JSON, _ reader: inout WireReader) -> [Change] {
    if entry["changes"] == nil, entry["value"] != nil {
      return [Change(entry, entry: entry, &reader)]
    }
    return reader.eachObject("changes", of: entry) { Change($0, entry: entry, &$1) }
  }
}

extension Change {
  /// Reads one change; some of Meta's samples have `field` a level too high or too low.
  fileprivate init(_ json: JSON, entry: JSON, _ reader: inout WireReader) {
    let value = reader.object("value", of: json)
    let field = (json["field"] ?? value?["field"] ?? entry["field"])?.text ?? ""
    if field.isEmpty { reader.note("field", "is missing") }
    let metadata = value?["metadata"] ?? value?["standby"]?["metadata"]
    let businessNumber = metadata?["display_phone_number"]?.text
    let phoneNumberID = metadata?["phone_number_id"]?.text
    self.field = field
    self.phoneNumberID = phoneNumberID
    displayPhoneNumber = businessNumber?.decimalDigits
    wabaID = reader.text("id", of: entry)
    time = reader.seconds("time", of: entry)
    raw = json
    guard let value else {
      if json["value"] == nil { reader.note("value", "is missing") }
      self.value = .unknown
      return
    }
    self.value = reader.inside("value") { reader in
      let value = ChangeValue(
        field: field,
        value,
        businessNumber: businessNumber?.decimalDigits,
        &reader
      )
      if phoneNumberID == nil, value.needsNumber { reader.note("metadata", "names no number") }
      return value
    }
  }
}

extension ChangeValue {
  fileprivate init(
    field: String,
    _ json: JSON,
    businessNumber: String?,
    _ reader: inout WireReader
  ) {
    switch field {
    case "messages": self = .messages(MessagesValue(json, &reader))
    case "calls": self = .calls(CallsValue(json, businessNumber: businessNumber, &reader))
    case "smb_message_echoes", "message_echoes": self = .echoes(EchoesValue(json, &reader))
    case "history": self = .history(HistoryValue(json, businessNumber: businessNumber, &reader))
    case "smb_app_state_sync": self = .contactSync(ContactSyncValue(json, &reader))
    case "user_preferences": self = .preferences(PreferencesValue(json, &reader))
    case "standby":
      let standby = reader.object("standby", of: json)
      self = .standby(StandbyValue(standby ?? json, &reader))
    case "user_id_update":
      self = .userIDUpdate(
        reader.eachObject("user_id_update", of: json) { UserIDUpdate($0, &$1) }
      )
    default: self = Self.aboutAccount(field: field, json, &reader)
    }
  }

  private static func aboutAccount(
    field: String,
    _ json: JSON,
    _ reader: inout WireReader
  ) -> ChangeValue {
    switch field {
    case "message_template_status_update", "message_template_quality_update":
      // Meta's sample of a quality update stands under the name of the status update.
      json["new_quality_score"] != nil
        ? .templateQuality(TemplateQualityUpdate(json, &reader))
        : TemplateStatusUpdate(json, &reader).map(ChangeValue.templateStatus) ?? .unknown
    case "message_template_components_update":
      .templateComponents(TemplateComponentsUpdate(json, &reader))
    case "template_category_update", "template_correct_category_detection":
      .templateCategory(TemplateCategoryUpdate(json, &reader))
    case "account_update", "business_status_update":
      AccountUpdate(json, &reader).map(ChangeValue.account) ?? .unknown
    case "account_review_update": .accountReview(decision: json["decision"]?.text)
    case "account_alerts": .accountAlert(AccountAlert(json))
    case "account_settings_update": .accountSettings(AccountSettingsUpdate(json, &reader))
    case "phone_number_quality_update": .phoneNumberQuality(PhoneNumberQualityUpdate(json))
    case "phone_number_name_update": .phoneNumberName(PhoneNumberNameUpdate(json))
    case "business_capability_update": .businessCapability(BusinessCapabilityUpdate(json))
    case "business_username_updates": .businessUsername
    case "security": .security(SecurityUpdate(json))
    case "flows": .flow(FlowUpdate(json))
    case "payment_configuration_update":
      .paymentConfiguration(PaymentConfigurationUpdate(json))
    case "partner_solutions": .partnerSolution(PartnerSolutionUpdate(json))
    case "group_lifecycle_update", "group_participants_update", "group_settings_update",
      "group_status_update":
      .groups(reader.eachObject("groups", of: json) { GroupUpdate($0, &$1) })
    case "messaging_handovers": .handover(HandoverUpdate(json, &reader))
    case "automatic_events":
      .events(reader.eachObject("automatic_events", of: json) { BusinessEvent($0, &$1) })
    case "tracking_events":
      .events(reader.eachObject("events", of: json) { BusinessEvent($0, &$1) })
    default: .unknown
    }
  }

  /// Whether it holds items that mean nothing without the number they are about.
  fileprivate var needsNumber: Bool {
    switch self {
    case .messages(let value): !value.isEmpty
    case .calls(let value): !value.calls.isEmpty || !value.statuses.isEmpty
    case .echoes(let value): !value.echoes.isEmpty
    case .history(let value):
      !value.chunks.isEmpty || !value.mediaMessages.isEmpty || !value.mediaEchoes.isEmpty
    case .contactSync(let value): !value.entries.isEmpty
    case .preferences(let value): !value.preferences.isEmpty
    case .standby(let value): !value.messages.isEmpty || !value.echoes.isEmpty
    default: false
    }
  }
}
