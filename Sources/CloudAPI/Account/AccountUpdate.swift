/// Something happened to an account: `account_update`.
///
/// Source: developers.facebook.com/documentation/business-messaging/whatsapp/webhooks/reference/account_update, read 2026-11-21.
package struct AccountUpdate: Sendable, Hashable {
  /// Something the account may not do for a while.
  package struct Restriction: Sendable, Hashable {
    /// Such as `RESTRICTED_BIZ_INITIATED_MESSAGING`.
    package var type: String
    /// Until when, in seconds since 1970; nil if Meta does not say.
    package var expiresAt: Int64?

    /// Creates a restriction.
    package init(type: String, expiresAt: Int64?) {
      self.type = type
      self.expiresAt = expiresAt
    }
  }

  /// Such as `ACCOUNT_DELETED`, `PARTNER_REMOVED` or `ACCOUNT_RESTRICTION`; the list is open.
  package var event: String
  /// The account it is about, where `entry[].id` is the business portfolio.
  package var wabaID: String?
  /// The portfolio that owns the account.
  package var ownerBusinessID: String?
  /// The business number in digits, in one of the two shapes of `PARTNER_REMOVED`.
  package var phoneNumber: String?
  /// What the account may not do.
  package var restrictions: [Restriction]
  /// `SCHEDULE_FOR_DISABLE`, `DISABLE` or `REINSTATE`.
  package var banState: String?
  /// When, in Meta's words.
  package var banDate: String?
  /// What was violated.
  package var violationType: String?
  /// Why a Coexistence number was cut off, such as `PRIMARY_INACTIVITY`.
  package var disconnectionReason: String?
  /// `USER` or `SYSTEM`.
  package var disconnectedBy: String?
  /// The value as Meta wrote it, for the events that only inform.
  package var raw: JSON

  /// Creates an update whose `raw` is what Meta would write.
  package init(
    event: String,
    wabaID: String? = nil,
    ownerBusinessID: String? = nil,
    phoneNumber: String? = nil,
    restrictions: [Restriction] = [],
    banState: String? = nil,
    banDate: String? = nil,
    violationType: String? = nil,
    disconnectionReason: String? = nil,
    disconnectedBy: String? = nil
  ) {
    self.event = event
    self.wabaID = wabaID
    self.ownerBusinessID = ownerBusinessID
    self.phoneNumber = phoneNumber
    self.restrictions = restrictions
    self.banState = banState
    self.banDate = banDate
    self.violationType = violationType
    self.disconnectionReason = disconnectionReason
    self.disconnectedBy = disconnectedBy
    raw = .null
    raw = encoded
  }

  init?(_ json: JSON, _ reader: inout WireReader) {
    guard let event = reader.requiredText("event", of: json) else { return nil }
    self.event = event
    wabaID = json["waba_info"]?["waba_id"]?.text
    ownerBusinessID = json["waba_info"]?["owner_business_id"]?.text
    phoneNumber = json["phone_number"]?.text
    restrictions = reader.eachObject("restriction_info", of: json) { item, reader in
      reader.requiredText("restriction_type", of: item).map {
        Restriction(type: $0, expiresAt: reader.seconds("expiration", of: item))
      }
    }
    banState = json["ban_info"]?["waba_ban_state"]?.text
    banDate = json["ban_info"]?["waba_ban_date"]?.text
    violationType = json["violation_info"]?["violation_type"]?.text
    disconnectionReason = json["disconnection_info"]?["reason"]?.text
    disconnectedBy = json["disconnection_info"]?["initiated_by"]?.text
    raw = json
  }

  private var encoded: JSON {
    let account = JSON.present([
      "waba_id": wabaID.map(JSON.string), "owner_business_id": ownerBusinessID.map(JSON.string),
    ])
    let ban = JSON.present([
      "waba_ban_state": banState.map(JSON.string), "waba_ban_date": banDate.map(JSON.string),
    ])
    let disconnection = JSON.present([
      "reason": disconnectionReason.map(JSON.string),
      "initiated_by": disconnectedBy.map(JSON.string),
    ])
    let limits = restrictions.map { limit in
      JSON.present([
        "restriction_type": .string(limit.type), "expiration": limit.expiresAt.map(JSON.integer),
      ])
    }
    return .present([
      "event": .string(event),
      "phone_number": phoneNumber.map(JSON.string),
      "waba_info": account.members.isEmpty ? nil : account,
      "restriction_info": limits.isEmpty ? nil : .array(limits),
      "ban_info": ban.members.isEmpty ? nil : ban,
      "violation_info": violationType.map { ["violation_type": .string($0)] },
      "disconnection_info": disconnection.members.isEmpty ? nil : disconnection,
    ])
  }
}
