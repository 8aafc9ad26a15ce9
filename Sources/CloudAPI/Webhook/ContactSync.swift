/// The phone's address book: field `smb_app_state_sync`.
///
/// Source: developers.facebook.com/documentation/business-messaging/whatsapp/webhooks/reference/smb_app_state_sync, read 2026-11-21.
package struct ContactSyncValue: Sendable, Hashable {
  /// What changed; apply by timestamp, they arrive in any order.
  package var entries: [ContactSyncEntry]

  /// Creates a value.
  package init(entries: [ContactSyncEntry]) { self.entries = entries }
}

/// One change of the phone's address book.
package struct ContactSyncEntry: Sendable, Hashable {
  /// What was done.
  package enum Action: Sendable, Hashable {
    /// Added or edited.
    case add
    /// Taken out of the address book; the customer stays one.
    case remove
    /// Something else, in Meta's word.
    case other(String)
  }

  /// What was done.
  package var action: Action
  /// Nil for `contact`, otherwise Meta's word for what this is.
  package var type: String?
  /// The phone number in digits; nil when Meta withholds it.
  package var phoneNumber: String?
  /// The BSUID.
  package var userID: String?
  /// The parent BSUID.
  package var parentUserID: String?
  /// The username, for display only.
  package var username: String?
  /// The name in the address book; nil on `remove`.
  package var fullName: String?
  /// The first name in the address book; nil on `remove`.
  package var firstName: String?
  /// When, in seconds since 1970; nil if unreadable.
  package var timestamp: Int64?

  /// Creates a change.
  package init(
    action: Action,
    type: String? = nil,
    phoneNumber: String?,
    userID: String? = nil,
    parentUserID: String? = nil,
    username: String? = nil,
    fullName: String? = nil,
    firstName: String? = nil,
    timestamp: Int64?
  ) {
    self.action = action
    self.type = type
    self.phoneNumber = phoneNumber
    self.userID = userID
    self.parentUserID = parentUserID
    self.username = username
    self.fullName = fullName
    self.firstName = firstName
    self.timestamp = timestamp
  }
}

extension ContactSyncValue {
  init(_ json: JSON, _ reader: inout WireReader) {
    entries = reader.eachObject("state_sync", of: json) { ContactSyncEntry($0, &$1) }
  }

  var members: [JSONMember] { [JSONMember("state_sync", .array(entries.map(\.json)))] }
}

extension ContactSyncEntry {
  fileprivate init?(_ json: JSON, _ reader: inout WireReader) {
    guard let word = reader.requiredText("action", of: json) else { return nil }
    action = Action(word)
    type = json["type"]?.text.flatMap { $0 == "contact" ? nil : $0 }
    let contact = reader.object("contact", of: json) ?? .object([])
    phoneNumber = reader.inside("contact") { $0.text("phone_number", of: contact) }
    userID = contact["user_id"]?.text
    parentUserID = contact["parent_user_id"]?.text
    username = contact["username"]?.text
    fullName = contact["full_name"]?.text
    firstName = contact["first_name"]?.text
    let metadata = reader.object("metadata", of: json) ?? .object([])
    timestamp = reader.inside("metadata") {
      $0.seconds("timestamp", of: metadata, isRequired: true)
    }
    if type == nil, phoneNumber == nil, userID == nil, parentUserID == nil {
      reader.note("contact", "names nobody")
    }
  }

  fileprivate var json: JSON {
    [
      "type": .string(type ?? "contact"),
      "contact": .present([
        "full_name": fullName.map(JSON.string),
        "first_name": firstName.map(JSON.string),
        "phone_number": phoneNumber.map(JSON.string),
        "user_id": userID.map(JSON.string),
        "parent_user_id": parentUserID.map(JSON.string),
        "username": username.map(JSON.string),
      ]),
      "action": .string(action.word),
      "metadata": .present(["timestamp": timestamp.map { .string(String($0)) }]),
    ]
  }
}

extension ContactSyncEntry.Action {
  fileprivate init(_ word: String) {
    switch word {
    case "add": self = .add
    case "remove": self = .remove
    default: self = .other(word)
    }
  }

  fileprivate var word: String {
    switch self {
    case .add: "add"
    case .remove: "remove"
    case .other(let word): word
    }
  }
}
