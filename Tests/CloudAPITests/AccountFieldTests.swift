import CloudAPI
import Testing

/// The fields about accounts, templates and groups that no recorded payload has.
@Suite struct AccountFieldTests {
  private static func value(_ field: String, _ value: String) throws -> ChangeValue {
    let body = """
      {"object":"whatsapp_business_account","entry":[{"id":"7","time":1795255200,
      "changes":[{"field":"\(field)","value":\(value)}]}]}
      """
    let delivery = try WebhookDelivery.decode(Array(body.utf8))
    #expect(delivery.problems.isEmpty, "\(field)")
    return try #require(delivery.changes.first).value
  }

  /// Every field of Meta's list, with a body that it may have.
  @Test(arguments: [
    ("message_template_status_update", #"{"event":"PAUSED","message_template_id":1}"#),
    ("message_template_quality_update", #"{"new_quality_score":"RED","message_template_id":1}"#),
    ("message_template_components_update", #"{"message_template_id":1}"#),
    ("template_category_update", #"{"message_template_id":1}"#),
    ("template_correct_category_detection", #"{"message_template_id":1}"#),
    ("phone_number_quality_update", "{}"), ("phone_number_name_update", "{}"),
    ("account_update", #"{"event":"VERIFIED_ACCOUNT"}"#),
    ("business_status_update", #"{"event":"X"}"#), ("account_review_update", "{}"),
    ("account_alerts", "{}"), ("account_settings_update", "{}"),
    ("business_capability_update", "{}"), ("business_username_updates", "{}"),
    ("security", "{}"), ("flows", "{}"), ("payment_configuration_update", "{}"),
    ("partner_solutions", "{}"), ("group_lifecycle_update", "{}"),
    ("group_participants_update", "{}"), ("group_settings_update", "{}"),
    ("group_status_update", "{}"), ("messaging_handovers", "{}"), ("automatic_events", "{}"),
    ("tracking_events", "{}"), ("user_id_update", "{}"), ("standby", "{}"), ("messages", "{}"),
    ("calls", "{}"), ("smb_message_echoes", "{}"), ("message_echoes", "{}"), ("history", "{}"),
    ("smb_app_state_sync", "{}"), ("user_preferences", "{}"),
  ])
  func `a field of Meta's list is known`(field: String, body: String) throws {
    #expect(try Self.value(field, body) != .unknown)
  }

  @Test func `a quality update under the name of a status update is one`() throws {
    let value = try Self.value(
      "message_template_status_update",
      #"{"previous_quality_score":"GREEN","new_quality_score":"YELLOW","message_template_id":5,"message_template_name":"w","message_template_language":"en-US"}"#
    )
    #expect(
      value
        == .templateQuality(
          TemplateQualityUpdate(
            template: TemplateReference(id: "5", name: "w", language: "en_US"),
            previousScore: "GREEN",
            newScore: "YELLOW"
          )
        )
    )
  }

  @Test(arguments: ["null", "\"NONE\"", "\"\""])
  func `no reason is written in three ways`(reason: String) throws {
    let value = try Self.value(
      "message_template_status_update",
      #"{"event":"APPROVED","message_template_id":5,"reason":\#(reason)}"#
    )
    guard case .templateStatus(let update) = value else {
      Issue.record("not a status")
      return
    }
    #expect(update.reason == nil)
  }

  @Test(arguments: [("\"TIER_2K\"", "TIER_2K"), ("2000", "2000"), ("-1", "-1")])
  func `a limit may be a word or a number`(written: String, expected: String) throws {
    let value = try Self.value(
      "business_capability_update",
      #"{"max_daily_conversations_per_business":\#(written),"max_phone_numbers_per_waba":"20"}"#
    )
    guard case .businessCapability(let update) = value else {
      Issue.record("not a capability")
      return
    }
    #expect(update.dailyConversationsMax == expected)
    #expect(update.phoneNumbersPerAccountMax == 20)
  }

  @Test(arguments: [
    #"{"entity_type":"BUSINESS","entity_id":1,"alert_info":{"alert_severity":"CRITICAL","alert_type":"X"}}"#,
    #"{"entity_type":"BUSINESS","entity_id":"1","alert_severity":"CRITICAL","alert_type":"X"}"#,
  ])
  func `an alert is read in the old and the new shape`(body: String) throws {
    guard case .accountAlert(let alert) = try Self.value("account_alerts", body) else {
      Issue.record("not an alert")
      return
    }
    #expect(alert.severity == "CRITICAL" && alert.type == "X" && alert.entityID == "1")
  }

  @Test(arguments: [
    #"{"sender":{"phone_number":"4917"},"timestamp":"1795255200","control_passed":{"previous_owner_role":"ctwa","new_owner_role":"ai_agent"}}"#,
    #"{"sender":{"phone_number":"4917"},"timestamp":1795255200,"type":"control_passed","previous_owner_role":"ctwa","new_owner_role":"ai_agent"}"#,
  ])
  func `a handover is read at both levels`(body: String) throws {
    guard case .handover(let update) = try Self.value("messaging_handovers", body) else {
      Issue.record("not a handover")
      return
    }
    #expect(update.type == "control_passed")
    #expect(update.customer == "4917")
    #expect(update.newOwnerRole == "ai_agent" && update.previousOwnerRole == "ctwa")
    #expect(update.timestamp == 1_795_255_200)
  }

  @Test func `group participants are named by number or BSUID`() throws {
    let value = try Self.value(
      "group_participants_update",
      """
      {"groups":[{"timestamp":"1795255200","group_id":"Z3Jv","type":"group_participants_add",
      "initiated_by":"participant","reason":"invite_link",
      "added_participants":[{"wa_id":"4917"},{"user_id":"DE.5"},{"input":"4918"}]}]}
      """
    )
    guard case .groups(let groups) = value else {
      Issue.record("not groups")
      return
    }
    #expect(groups.map(\.added) == [["4917", "DE.5", "4918"]])
    #expect(groups[0].groupID == "Z3Jv" && groups[0].type == "group_participants_add")
  }

  @Test(arguments: [
    ("account_update", "{}", "event"), ("message_template_status_update", "{}", "event"),
  ])
  func `an update without its event is a problem and kept raw`(
    field: String,
    body: String,
    member: String
  ) throws {
    let text = #"{"entry":[{"changes":[{"field":"\#(field)","value":\#(body)}]}]}"#
    let delivery = try WebhookDelivery.decode(Array(text.utf8))
    #expect(delivery.changes[0].value == .unknown)
    #expect(delivery.problems.map(\.path) == ["entry[0].changes[0].value.\(member)"])
  }
}
