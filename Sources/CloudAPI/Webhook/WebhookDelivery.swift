/// A webhook body, read.
///
/// Source: developers.facebook.com/documentation/business-messaging/whatsapp/webhooks/overview, read 2026-11-21.
package struct WebhookDelivery: Sendable, Hashable {
  /// What the body is about; `whatsapp_business_account`, or nil if the body does not say.
  package var object: String?
  /// Everything it reports, in the order it is written; empty if `object` is not WhatsApp's.
  package var changes: [Change]
  /// What could not be read, at most a hundred.
  package var problems: [WireProblem]
  /// How many things could not be read.
  package var problemCount: Int
  /// True if any object in the body had two members with the same key.
  package var hasDuplicateKeys: Bool
}

/// One change: what happened, on which account and number.
package struct Change: Sendable, Hashable {
  /// The WhatsApp Business Account; the business portfolio for some account events.
  package var wabaID: String?
  /// When, in seconds since 1970; only on account and template fields.
  package var time: Int64?
  /// Meta's name for what changed, such as `messages`; empty if it was missing.
  package var field: String
  /// Which business number it is about; nil for fields about the whole account.
  package var phoneNumberID: String?
  /// The business number in digits.
  package var displayPhoneNumber: String?
  /// What happened.
  package var value: ChangeValue
  /// The change as Meta wrote it: `field` and `value`.
  package var raw: JSON
}

/// What happened, by `field`.
package enum ChangeValue: Sendable, Hashable {
  /// `messages`.
  case messages(MessagesValue)
  /// `calls`.
  case calls(CallsValue)
  /// `smb_message_echoes`, earlier `message_echoes`.
  case echoes(EchoesValue)
  /// `history`.
  case history(HistoryValue)
  /// `smb_app_state_sync`.
  case contactSync(ContactSyncValue)
  /// `user_preferences`.
  case preferences(PreferencesValue)
  /// `standby`.
  case standby(StandbyValue)
  /// `user_id_update`.
  case userIDUpdate([UserIDUpdate])
  /// `message_template_status_update`.
  case templateStatus(TemplateStatusUpdate)
  /// `message_template_quality_update`.
  case templateQuality(TemplateQualityUpdate)
  /// `message_template_components_update`.
  case templateComponents(TemplateComponentsUpdate)
  /// `template_category_update` and `template_correct_category_detection`.
  case templateCategory(TemplateCategoryUpdate)
  /// `account_update` and `business_status_update`.
  case account(AccountUpdate)
  /// `account_review_update`.
  case accountReview(decision: String?)
  /// `account_alerts`.
  case accountAlert(AccountAlert)
  /// `account_settings_update`.
  case accountSettings(AccountSettingsUpdate)
  /// `phone_number_quality_update`.
  case phoneNumberQuality(PhoneNumberQualityUpdate)
  /// `phone_number_name_update`.
  case phoneNumberName(PhoneNumberNameUpdate)
  /// `business_capability_update`.
  case businessCapability(BusinessCapabilityUpdate)
  /// `business_username_updates`; its shape is not confirmed, see `raw` of the change.
  case businessUsername
  /// `security`.
  case security(SecurityUpdate)
  /// `flows`.
  case flow(FlowUpdate)
  /// `payment_configuration_update`.
  case paymentConfiguration(PaymentConfigurationUpdate)
  /// `partner_solutions`.
  case partnerSolution(PartnerSolutionUpdate)
  /// `group_lifecycle_update`, `group_participants_update`, `group_settings_update` and
  /// `group_status_update`.
  case groups([GroupUpdate])
  /// `messaging_handovers`.
  case handover(HandoverUpdate)
  /// `automatic_events` and `tracking_events`.
  case events([BusinessEvent])
  /// A field we do not know, or one whose value cannot be read; see `raw` of the change.
  case unknown
}
