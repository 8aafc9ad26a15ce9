/// Something happened to a group: the fields `group_…_update`.
///
/// Source: developers.facebook.com/documentation/business-messaging/whatsapp/groups, read 2026-11-21.
package struct GroupUpdate: Sendable, Hashable {
  /// Which group.
  package var groupID: String?
  /// Such as `group_create`, `group_participants_add` or `group_suspend`; nil for settings.
  package var type: String?
  /// When, in seconds since 1970.
  package var timestamp: Int64?
  /// Our request that led to it.
  package var requestID: String?
  /// The group's name.
  package var subject: String?
  /// The link by which people join.
  package var inviteLink: String?
  /// Who did it: `business` or `participant`.
  package var initiatedBy: String?
  /// Why.
  package var reason: String?
  /// Who came, by phone number or BSUID.
  package var added: [String]
  /// Who left or was removed, by phone number or BSUID.
  package var removed: [String]
  /// What went wrong.
  package var errors: [ReportedError]
  /// The update as Meta wrote it.
  package var raw: JSON

  init(_ json: JSON, _ reader: inout WireReader) {
    groupID = reader.text("group_id", of: json)
    type = json["type"]?.text
    timestamp = reader.seconds("timestamp", of: json)
    requestID = json["request_id"]?.text
    subject = (json["subject"] ?? json["group_subject"]?["text"])?.text
    inviteLink = json["invite_link"]?.text
    initiatedBy = json["initiated_by"]?.text
    reason = json["reason"]?.text
    added = reader.each("added_participants", of: json) { item, _ in Self.participant(item) }
    removed = reader.each("removed_participants", of: json) { item, _ in Self.participant(item) }
    errors = reader.eachObject("errors", of: json) { ReportedError($0, &$1) }
    raw = json
  }

  private static func participant(_ json: JSON) -> String? {
    (json["wa_id"] ?? json["input"] ?? json["user_id"] ?? json).text
  }
}
