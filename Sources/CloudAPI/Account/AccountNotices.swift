/// Meta warns about an account: `account_alerts`.
package struct AccountAlert: Sendable, Hashable {
  /// `BUSINESS`, `PHONE_NUMBER` or the like.
  package var entityType: String?
  /// What it is about.
  package var entityID: String?
  /// `CRITICAL`, `WARNING` or `INFORMATIONAL`.
  package var severity: String?
  /// `ACTIVE` or `NONE`.
  package var status: String?
  /// What kind of alert.
  package var type: String?
  /// A sentence for people.
  package var description: String?

  init(_ json: JSON) {
    entityType = json["entity_type"]?.text
    entityID = json["entity_id"]?.text
    // Older bodies have the alert's own keys beside the entity.
    let alert = json["alert_info"] ?? json
    severity = alert["alert_severity"]?.text
    status = alert["alert_status"]?.text
    type = alert["alert_type"]?.text
    description = alert["alert_description"]?.text
  }
}

/// A number's settings changed: `account_settings_update`.
package struct AccountSettingsUpdate: Sendable, Hashable {
  /// `phone_number_settings`.
  package var type: String?
  /// Which number.
  package var phoneNumberID: String?
  /// `ENABLED` or `DISABLED`, if calling is what changed.
  package var callingStatus: String?
  /// When, in seconds since 1970.
  package var timestamp: Int64?

  init(_ json: JSON, _ reader: inout WireReader) {
    type = json["type"]?.text
    let settings = json["phone_number_settings"]
    phoneNumberID = settings?["phone_number_id"]?.text
    callingStatus = settings?["calling"]?["status"]?.text
    timestamp = reader.seconds("timestamp", of: json)
  }
}

/// A number's throughput or limit changed: `phone_number_quality_update`.
package struct PhoneNumberQualityUpdate: Sendable, Hashable {
  /// The number, as it is displayed.
  package var displayPhoneNumber: String?
  /// Such as `THROUGHPUT_UPGRADE`.
  package var event: String?
  /// Such as `TIER_2K`.
  package var limit: String?
  /// The limit before, in older bodies.
  package var previousLimit: String?

  /// Creates an update.
  package init(
    displayPhoneNumber: String?,
    event: String?,
    limit: String?,
    previousLimit: String? = nil
  ) {
    self.displayPhoneNumber = displayPhoneNumber
    self.event = event
    self.limit = limit
    self.previousLimit = previousLimit
  }

  init(_ json: JSON) {
    displayPhoneNumber = json["display_phone_number"]?.text
    event = json["event"]?.text
    limit = (json["max_daily_conversations_per_business"] ?? json["current_limit"])?.text
    previousLimit = json["old_limit"]?.text
  }

  var json: JSON {
    .present([
      "display_phone_number": displayPhoneNumber.map(JSON.string),
      "event": event.map(JSON.string),
      "max_daily_conversations_per_business": limit.map(JSON.string),
      "old_limit": previousLimit.map(JSON.string),
    ])
  }
}

/// A display name was decided on: `phone_number_name_update`.
package struct PhoneNumberNameUpdate: Sendable, Hashable {
  /// The number, as it is displayed.
  package var displayPhoneNumber: String?
  /// `APPROVED`, `REJECTED`, `DEFERRED` or `PENDING`.
  package var decision: String?
  /// The name that was asked for.
  package var requestedName: String?
  /// Why it was rejected.
  package var rejectionReason: String?

  init(_ json: JSON) {
    displayPhoneNumber = json["display_phone_number"]?.text
    decision = json["decision"]?.text
    requestedName = json["requested_verified_name"]?.text
    rejectionReason = json["rejection_reason"]?.text
  }
}

/// What a business may do changed: `business_capability_update`.
package struct BusinessCapabilityUpdate: Sendable, Hashable {
  /// A tier such as `TIER_2K`, or a number as text; `-1` means unlimited.
  package var dailyConversationsMax: String?
  /// How many numbers the business may have.
  package var phoneNumbersPerBusinessMax: Int64?
  /// How many numbers an account may have.
  package var phoneNumbersPerAccountMax: Int64?

  init(_ json: JSON) {
    dailyConversationsMax =
      (json["max_daily_conversations_per_business"] ?? json["max_daily_conversation_per_phone"])?
      .text
    phoneNumbersPerBusinessMax = json["max_phone_numbers_per_business"]?.integer
    phoneNumbersPerAccountMax = json["max_phone_numbers_per_waba"]?.integer
  }
}

/// A number's PIN was changed or asked for: `security`.
package struct SecurityUpdate: Sendable, Hashable {
  /// The number, as it is displayed.
  package var displayPhoneNumber: String?
  /// `PIN_CHANGED`, `PIN_RESET_REQUEST` or `PIN_REQUEST_SUCCESS`.
  package var event: String?
  /// Who asked.
  package var requester: String?

  init(_ json: JSON) {
    displayPhoneNumber = json["display_phone_number"]?.text
    event = json["event"]?.text
    requester = json["requester"]?.text
  }
}

/// A flow's status or health changed: `flows`.
package struct FlowUpdate: Sendable, Hashable {
  /// Such as `FLOW_STATUS_CHANGE` or `ENDPOINT_LATENCY`.
  package var event: String?
  /// Which flow.
  package var flowID: String?
  /// The status before.
  package var oldStatus: String?
  /// The status now.
  package var newStatus: String?
  /// `ACTIVATED` or `DEACTIVATED`.
  package var alertState: String?
  /// A sentence for people.
  package var message: String?

  init(_ json: JSON) {
    event = json["event"]?.text
    flowID = json["flow_id"]?.text
    oldStatus = json["old_status"]?.text
    newStatus = json["new_status"]?.text
    alertState = json["alert_state"]?.text
    message = json["message"]?.text
  }
}

/// A payment configuration changed: `payment_configuration_update`.
package struct PaymentConfigurationUpdate: Sendable, Hashable {
  /// The configuration.
  package var name: String?
  /// Who pays out.
  package var provider: String?
  /// Its state.
  package var status: String?

  init(_ json: JSON) {
    name = json["configuration_name"]?.text
    provider = json["provider_name"]?.text
    status = json["status"]?.text
  }
}

/// A solution of several partners changed: `partner_solutions`.
package struct PartnerSolutionUpdate: Sendable, Hashable {
  /// `SOLUTION_CREATED` or `SOLUTION_UPDATED`.
  package var event: String?
  /// Which solution.
  package var solutionID: String?
  /// Its state.
  package var status: String?

  init(_ json: JSON) {
    event = json["event"]?.text
    solutionID = json["solution_id"]?.text
    status = json["solution_status"]?.text
  }
}
