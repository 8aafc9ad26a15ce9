package import CustomerCare

/// A business number as Meta knows it.
///
/// Words are Meta's own and open to growth; `nil` is what Meta did not say.
/// Source: developers.facebook.com/documentation/business-messaging/whatsapp/business-phone-numbers/phone-numbers, read 2026-11-21.
package struct MetaNumber: Sendable, Hashable {
  /// The most numbers that are listed of one account: 10 pages of 100.
  ///
  /// Meta allows 20 numbers to most businesses and a few hundred to the largest.
  package static let listedMax = 1000

  /// Its id.
  package var id: PhoneNumberID
  /// As people write it, such as `+49 30 000001`.
  package var displayPhoneNumber: String?
  /// The name customers see.
  package var verifiedName: String?
  /// Such as `CONNECTED`, `PENDING` or `BANNED`.
  package var status: String?
  /// `GREEN`, `YELLOW`, `RED` or `UNKNOWN`.
  package var qualityRating: String?
  /// `CLOUD_API`, `ON_PREMISE` or `NOT_APPLICABLE`.
  package var platformType: String?
  /// `STANDARD`, `HIGH` or `NOT_APPLICABLE`.
  package var throughputLevel: String?
  /// Whether the number is also used in the WhatsApp Business app (Coexistence).
  package var isOnBusinessApp: Bool?
  /// How many customers outside their window may be written to in 24 hours, such as `TIER_1K`.
  package var messagingLimit: String?

  /// Makes a number about which nothing else is known.
  package init(id: PhoneNumberID) {
    self.id = id
  }
}

/// An app of Meta's developers that gets an account's webhooks.
package struct MetaApp: Sendable, Hashable {
  /// Its id.
  package var id: String
  /// Its name.
  package var name: String?
  /// Where this account's webhooks go instead of the app's own address; `nil`: to the app's.
  package var overrideCallbackURL: String?

  /// Makes an app.
  package init(id: String, name: String? = nil, overrideCallbackURL: String? = nil) {
    self.id = id
    self.name = name
    self.overrideCallbackURL = overrideCallbackURL
  }
}

/// What an app gets webhooks about, and where.
package struct MetaSubscription: Sendable, Hashable {
  /// The object that WhatsApp's webhooks are about.
  package static let whatsApp = "whatsapp_business_account"

  /// Such as `whatsapp_business_account`.
  package var object: String
  /// Where they go; `nil`: Meta does not say.
  package var callbackURL: String?
  /// Whether they are sent at all.
  package var isActive: Bool
  /// The fields that are ticked, such as `messages`.
  package var fields: Set<String>

  /// Makes a subscription.
  package init(object: String, callbackURL: String?, isActive: Bool, fields: Set<String>) {
    self.object = object
    self.callbackURL = callbackURL
    self.isActive = isActive
    self.fields = fields
  }
}

/// What a token may do, and until when.
package struct TokenStanding: Sendable, Hashable {
  /// Whether Meta accepts it now.
  package var isValid: Bool
  /// The app it was made for.
  package var appID: String?
  /// Such as `SYSTEM_USER` or `USER`.
  package var kind: String?
  /// When it ends; `nil`: never, or Meta does not say.
  package var expiresAt: Instant?
  /// What it may do at all, such as `whatsapp_business_messaging`; sorted.
  package var scopes: [String]
  /// To which accounts a scope is limited; a scope that is not a key is not limited.
  package var accounts: [String: Set<String>]

  /// Makes a standing.
  package init(
    isValid: Bool,
    appID: String? = nil,
    kind: String? = nil,
    expiresAt: Instant? = nil,
    scopes: [String] = [],
    accounts: [String: Set<String>] = [:]
  ) {
    self.isValid = isValid
    self.appID = appID
    self.kind = kind
    self.expiresAt = expiresAt
    self.scopes = scopes
    self.accounts = accounts
  }

  /// What CareWindow needs: to send, and to read numbers and subscribe to webhooks.
  package static let scopesNeeded = [
    "whatsapp_business_management", "whatsapp_business_messaging",
  ]

  /// The needed scopes that the token lacks for an account.
  package func scopesMissing(for account: WABAID) -> [String] {
    Self.scopesNeeded.filter { scope in
      guard scopes.contains(scope) else { return true }
      return accounts[scope].map { !$0.contains(account.rawValue) } ?? false
    }
  }
}
