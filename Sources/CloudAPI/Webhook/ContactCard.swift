/// What a webhook says about the person behind its items: `value.contacts[]`.
///
/// Match it by `waID` or `userID`, never by its place in the list.
/// Source: developers.facebook.com/documentation/business-messaging/whatsapp/business-scoped-user-ids, read 2026-11-21.
package struct ContactCard: Sendable, Hashable {
  /// The phone number in digits; nil when Meta withholds it.
  package var waID: String?
  /// The business-scoped user id (BSUID).
  package var userID: String?
  /// The BSUID that linked portfolios share.
  package var parentUserID: String?
  /// The name the person chose in WhatsApp.
  package var name: String?
  /// The username, without a leading `@`; for display only, it can change hands.
  package var username: String?
  /// Changes when the person's encryption identity changes; only if the check is enabled.
  package var identityKeyHash: String?

  /// Creates a card.
  package init(
    waID: String? = nil,
    userID: String? = nil,
    parentUserID: String? = nil,
    name: String? = nil,
    username: String? = nil,
    identityKeyHash: String? = nil
  ) {
    self.waID = waID
    self.userID = userID
    self.parentUserID = parentUserID
    self.name = name
    self.username = username
    self.identityKeyHash = identityKeyHash
  }

  init(_ json: JSON, _ reader: inout WireReader) {
    waID = reader.text("wa_id", of: json)
    userID = reader.text("user_id", of: json)
    parentUserID = reader.text("parent_user_id", of: json)
    let profile = reader.object("profile", of: json)
    name = profile?["name"]?.text
    username = (profile?["username"] ?? json["username"])?.text.map {
      $0.hasPrefix("@") ? String($0.dropFirst()) : $0
    }
    identityKeyHash = json["identity_key_hash"]?.text
  }

  /// The card as Meta writes it.
  package var json: JSON {
    .present([
      "profile": .present(["name": name.map(JSON.string), "username": username.map(JSON.string)]),
      "wa_id": waID.map(JSON.string),
      "user_id": userID.map(JSON.string),
      "parent_user_id": parentUserID.map(JSON.string),
      "identity_key_hash": identityKeyHash.map(JSON.string),
    ])
  }
}
