/// Whether customers want marketing: field `user_preferences`.
///
/// It opens no window.
/// Source: developers.facebook.com/documentation/business-messaging/whatsapp/webhooks/reference/user_preferences, read 2026-11-21.
package struct PreferencesValue: Sendable, Hashable {
  /// The people.
  package var contacts: [ContactCard]
  /// What they want; the newest timestamp wins.
  package var preferences: [UserPreference]

  /// Creates a value.
  package init(contacts: [ContactCard] = [], preferences: [UserPreference]) {
    self.contacts = contacts
    self.preferences = preferences
  }
}

/// What one customer wants.
package struct UserPreference: Sendable, Hashable {
  /// What was chosen.
  package enum Choice: Sendable, Hashable {
    /// No more marketing.
    case stop
    /// Marketing again.
    case resume
    /// Signed up by a link.
    case signup
    /// Something else, in Meta's word.
    case other(String)
  }

  /// The phone number in digits; nil when Meta withholds it.
  package var waID: String?
  /// The BSUID.
  package var userID: String?
  /// The parent BSUID.
  package var parentUserID: String?
  /// `marketing_messages`.
  package var category: String?
  /// What was chosen; decide on this, never on `detail`.
  package var choice: Choice
  /// A sentence for people.
  package var detail: String?
  /// The link by which the customer signed up.
  package var signupID: String?
  /// When, in seconds since 1970; nil if unreadable.
  package var timestamp: Int64?

  /// Creates a preference.
  package init(
    waID: String?,
    userID: String? = nil,
    parentUserID: String? = nil,
    category: String? = "marketing_messages",
    choice: Choice,
    detail: String? = nil,
    signupID: String? = nil,
    timestamp: Int64?
  ) {
    self.waID = waID
    self.userID = userID
    self.parentUserID = parentUserID
    self.category = category
    self.choice = choice
    self.detail = detail
    self.signupID = signupID
    self.timestamp = timestamp
  }
}

extension PreferencesValue {
  init(_ json: JSON, _ reader: inout WireReader) {
    contacts = reader.contacts(of: json)
    preferences = reader.eachObject("user_preferences", of: json) { UserPreference($0, &$1) }
  }

  var members: [JSONMember] {
    JSON.present([
      "contacts": contacts.isEmpty ? nil : .array(contacts.map(\.json)),
      "user_preferences": .array(preferences.map(\.json)),
    ]).members
  }
}

extension UserPreference {
  fileprivate init?(_ json: JSON, _ reader: inout WireReader) {
    guard let word = reader.requiredText("value", of: json) else { return nil }
    choice = Choice(word)
    waID = reader.text("wa_id", of: json)
    userID = reader.text("user_id", of: json)
    parentUserID = reader.text("parent_user_id", of: json)
    category = json["category"]?.text
    detail = json["detail"]?.text
    signupID = json["signup_id"]?.text
    timestamp = reader.seconds("timestamp", of: json, isRequired: true)
  }

  fileprivate var json: JSON {
    .present([
      "wa_id": waID.map(JSON.string),
      "user_id": userID.map(JSON.string),
      "parent_user_id": parentUserID.map(JSON.string),
      "detail": detail.map(JSON.string),
      "category": category.map(JSON.string),
      "value": .string(choice.word),
      "signup_id": signupID.map(JSON.string),
      "timestamp": timestamp.map(JSON.integer),
    ])
  }
}

extension UserPreference.Choice {
  fileprivate init(_ word: String) {
    switch word {
    case "stop": self = .stop
    case "resume": self = .resume
    case "signup": self = .signup
    default: self = .other(word)
    }
  }

  fileprivate var word: String {
    switch self {
    case .stop: "stop"
    case .resume: "resume"
    case .signup: "signup"
    case .other(let word): word
    }
  }
}
