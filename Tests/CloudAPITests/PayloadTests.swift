import CloudAPI
import Testing

/// Every recorded webhook body, and exactly what comes out of it.
@Suite struct PayloadTests {
  private static let expected: [String: [String: [String]]] = [
    "pywa/updates/account_update.json": [
      "account_deleted": ["account ACCOUNT_DELETED"],
      "account_disabled": ["account DISABLED_UPDATE"],
      "account_offboarded": ["account ACCOUNT_OFFBOARDED"],
      "account_reconnected": ["account ACCOUNT_RECONNECTED"],
      "account_restriction": ["account ACCOUNT_RESTRICTION"],
      "account_violation": ["account ACCOUNT_VIOLATION"],
      "ad_account_linked": ["account AD_ACCOUNT_LINKED"],
      "authentication_international_eligibility": ["account AUTH_INTL_PRICE_ELIGIBILITY_UPDATE"],
      "mm_api_for_wa_terms_of_service": ["account MM_LITE_TERMS_SIGNED"],
      "partner_added": ["account PARTNER_ADDED"],
      "partner_app_installed": ["account PARTNER_APP_INSTALLED"],
      "partner_app_uninstalled": ["account PARTNER_APP_UNINSTALLED"],
      "partner_led_business_verification_status": [
        "account PARTNER_CLIENT_CERTIFICATION_STATUS_UPDATE"
      ],
      "partner_removed": ["account PARTNER_REMOVED"],
      "partner_removed_wa_app_disconnection": ["account PARTNER_REMOVED"],
      "pricing_tiering_update": ["account VOLUME_BASED_PRICING_TIER_UPDATE"],
      "primary_business_location_set": ["account BUSINESS_PRIMARY_LOCATION_COUNTRY_UPDATE"],
    ],
    "pywa/updates/call_connect.json": [
      "business_initiated": ["call connect businessCalls"],
      "user_initiated": ["call connect customerCalls"],
    ],
    "pywa/updates/call_permission_update.json": [
      "accept": ["message call permission accept"],
      "reject": ["message call permission reject"],
    ],
    "pywa/updates/call_status.json": [
      "call_status": ["call status RINGING"]
    ],
    "pywa/updates/call_terminate.json": [
      "call_terminate": ["call terminate businessCalls", "error 12455"]
    ],
    "pywa/updates/callback_button.json": [
      "button": ["message button_reply"],
      "quick_reply": ["message button"],
      "quick_reply_without_context": ["message button"],
    ],
    "pywa/updates/callback_selection.json": [
      "callback": ["message list_reply"],
      "description": ["message list_reply"],
    ],
    "pywa/updates/deleted_message.json": [
      "revoke": ["message revoke"]
    ],
    "pywa/updates/edited_message.json": [
      "image": ["message edit to image"]
    ],
    "pywa/updates/flow_completion.json": [
      "completion": ["message form with token"],
      "without_flow_token": ["message form"],
    ],
    "pywa/updates/message.json": [
      "animated_sticker": ["message sticker"],
      "audio": ["message audio"],
      "chosen_location": ["message location"],
      "contacts": ["message contacts"],
      "current_location": ["message location"],
      "document": ["message document"],
      "forwarded": ["message text"],
      "forwarded_many_times": ["message text"],
      "image": ["message image"],
      "interactive_message_with_err": ["message unreadable", "error 131000"],
      "media_with_url": ["message image"],
      "order": ["message order"],
      "reaction": ["message reaction 😮"],
      "referral": ["message text"],
      "reply": ["message text"],
      "static_sticker": ["message sticker"],
      "text": ["message text"],
      "unreaction_empty": ["message reaction removed"],
      "unreaction_no_emoji": ["message reaction removed"],
      "unsupported": ["message unsupported kind"],
      "unsupported_with_type": ["message unsupported pool"],
      "video": ["message video"],
      "voice": ["message audio"],
    ],
    "pywa/updates/message_status.json": [
      "delivered": ["status delivered"],
      "failed": ["status failed"],
      "group": ["status read"],
      "played": ["status played"],
      "read": ["status read"],
      "sent": ["status sent"],
      "with_tracker": ["status sent"],
    ],
    "pywa/updates/outgoing_message.json": [
      "delete": ["echo revoke"],
      "edit": ["echo edit to text"],
      "text": ["echo text"],
    ],
    "pywa/updates/system.json": [
      "identity_change": ["message system customer_identity_changed"],
      "phone_number_change": ["message system user_changed_number"],
    ],
    "pywa/updates/template_category_update.json": [
      "marketing": ["template category MARKETING"]
    ],
    "pywa/updates/template_components_update.json": [
      "element": ["template components Hi {{1}}! Welcome to our service."]
    ],
    "pywa/updates/template_quality_update.json": [
      "yellow": ["template quality YELLOW"]
    ],
    "pywa/updates/template_status_update.json": [
      "approved": ["template APPROVED"],
      "rejected": ["template REJECTED"],
    ],
    "pywa/updates/user_marketing_preferences.json": [
      "resume": ["preference resume"],
      "signup": ["preference signup"],
    ],
  ]

  @Test(arguments: Fixture.updates)
  func `a recorded body gives exactly these kinds`(fixture: Fixture) throws {
    var found: [String: [String]] = [:]
    for (name, body) in try fixture.cases() {
      let delivery = try WebhookDelivery.decode(body)
      #expect(delivery.problems.isEmpty, "\(name)")
      #expect(!delivery.hasDuplicateKeys, "\(name)")
      found[name] = delivery.changes.flatMap(Self.kinds)
    }
    #expect(found == Self.expected[fixture.path])
  }

  @Test(arguments: Fixture.updates)
  func `a recorded body names its account, its number where it has one, and its time`(
    fixture: Fixture
  ) throws {
    for (name, body) in try fixture.cases() {
      let change = try #require(try WebhookDelivery.decode(body).changes.first)
      let json = try JSON.parse(body)["entry"]?.items.first
      #expect(change.wabaID == json?["id"]?.text, "\(name)")
      #expect(change.time == json?["time"]?.integer, "\(name)")
      let metadata = change.raw["value"]?["metadata"]
      #expect(change.phoneNumberID == metadata?["phone_number_id"]?.text, "\(name)")
      #expect((metadata == nil) == (change.time != nil), "\(name)")
    }
  }

  private static func kinds(_ change: Change) -> [String] {
    switch change.value {
    case .messages(let value):
      value.messages.map { "message \(kind($0.content))" }
        + value.statuses.map { "status \($0.kind.word)" }
        + value.callStatuses.map { "call status \($0.kind.word)" }
        + value.errors.map { "error \($0.code ?? 0)" }
    case .calls(let value):
      value.calls.map { "call \($0.kind.word) \($0.direction.map { "\($0)" } ?? "by nobody")" }
        + value.statuses.map { "call status \($0.kind.word)" }
        + value.errors.map { "error \($0.code ?? 0)" }
    case .echoes(let value): value.echoes.map { "echo \(kind($0.content))" }
    case .history(let value): value.chunks.map { _ in "history" }
    case .preferences(let value): value.preferences.map { "preference \($0.choice)" }
    case .templateStatus(let update): ["template \(update.event)"]
    case .templateQuality(let update): ["template quality \(update.newScore ?? "none")"]
    case .templateComponents(let update): ["template components \(update.body ?? "none")"]
    case .templateCategory(let update): ["template category \(update.newCategory ?? "none")"]
    case .account(let update): ["account \(update.event)"]
    default: ["\(change.value)"]
    }
  }

  private static func kind(_ content: MessageContent) -> String {
    switch content {
    case .interactive(.button): "button_reply"
    case .interactive(.list): "list_reply"
    case .interactive(.form(let form)): form.flowToken == nil ? "form" : "form with token"
    case .interactive(.callPermission(let reply)): "call permission \(reply.response ?? "none")"
    case .interactive: "interactive of another kind"
    case .reaction(let reaction): "reaction \(reaction.emoji ?? "removed")"
    case .system(let notice): "system \(notice.kind.word)"
    case .unsupported(let unsupported): "unsupported \(unsupported.type ?? "kind")"
    case .edit(let edit): "edit to \(kind(edit.content))"
    case .unreadable: "unreadable"
    case .unknown: "unknown"
    default: content.typeName
    }
  }
}
