/// A customer's BSUID was replaced: `user_id_update[]`.
///
/// Meta's changelog of 2026-08-11 calls the field not subscribable; it is read where it comes.
package struct UserIDUpdate: Sendable, Hashable {
  /// The BSUID before.
  package var previousUserID: String?
  /// The BSUID now.
  package var currentUserID: String?
  /// The parent BSUID before.
  package var previousParentUserID: String?
  /// The parent BSUID now.
  package var currentParentUserID: String?
  /// The phone number in digits; nil when Meta withholds it.
  package var waID: String?
  /// A sentence for people.
  package var detail: String?
  /// When, in seconds since 1970; nil if unreadable.
  package var timestamp: Int64?

  /// Creates an update.
  package init(
    previousUserID: String?,
    currentUserID: String?,
    previousParentUserID: String? = nil,
    currentParentUserID: String? = nil,
    waID: String? = nil,
    detail: String? = nil,
    timestamp: Int64?
  ) {
    self.previousUserID = previousUserID
    self.currentUserID = currentUserID
    self.previousParentUserID = previousParentUserID
    self.currentParentUserID = currentParentUserID
    self.waID = waID
    self.detail = detail
    self.timestamp = timestamp
  }
}

extension UserIDUpdate {
  init?(_ json: JSON, _ reader: inout WireReader) {
    let user = reader.object("user_id", of: json)
    let parent = reader.object("parent_user_id", of: json)
    previousUserID = user?["previous"]?.text
    currentUserID = user?["current"]?.text
    previousParentUserID = parent?["previous"]?.text
    currentParentUserID = parent?["current"]?.text
    waID = reader.text("wa_id", of: json)
    detail = json["detail"]?.text
    timestamp = reader.seconds("timestamp", of: json, isRequired: true)
    guard previousUserID != nil || currentUserID != nil || currentParentUserID != nil else {
      reader.note("names nobody")
      return nil
    }
  }

  var json: JSON {
    let user = JSON.present([
      "previous": previousUserID.map(JSON.string), "current": currentUserID.map(JSON.string),
    ])
    let parent = JSON.present([
      "previous": previousParentUserID.map(JSON.string),
      "current": currentParentUserID.map(JSON.string),
    ])
    return .present([
      "wa_id": waID.map(JSON.string),
      "detail": detail.map(JSON.string),
      "user_id": user.members.isEmpty ? nil : user,
      "parent_user_id": parent.members.isEmpty ? nil : parent,
      "timestamp": timestamp.map { .string(String($0)) },
    ])
  }
}
