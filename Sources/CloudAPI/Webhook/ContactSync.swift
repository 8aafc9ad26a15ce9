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
