/// Something happened to the customer's account: `system`.
///
/// Source: developers.facebook.com/documentation/business-messaging/whatsapp/webhooks/reference/messages/system, read 2026-11-21.
package struct SystemNotice: Sendable, Hashable {
  /// What happened.
  package enum Kind: Sendable, Hashable {
    /// The customer has a new phone number (`user_changed_number`, earlier `customer_changed_number`).
    case changedNumber
    /// The customer has a new BSUID (`user_changed_user_id`).
    case changedUserID
    /// The customer's encryption identity changed (`customer_identity_changed`).
    case changedIdentity
    /// Something else, in Meta's word.
    case other(String)
  }

  /// What happened.
  package var kind: Kind
  /// A sentence for people.
  package var body: String?
  /// The new phone number in digits.
  package var waID: String?
  /// The new BSUID.
  package var userID: String?
  /// The new parent BSUID.
  package var parentUserID: String?
  /// The earlier BSUID; where Meta gives it only in `body`, it is read from there.
  package var previousUserID: String?
  /// The earlier parent BSUID.
  package var previousParentUserID: String?
  /// The earlier phone number in very old bodies; otherwise it is the message's `from`.
  package var customer: String?
  /// The hash of the new encryption identity in very old bodies; otherwise the message's `identity`.
  package var identityHash: String?

  /// Creates a notice.
  package init(
    kind: Kind,
    body: String? = nil,
    waID: String? = nil,
    userID: String? = nil,
    parentUserID: String? = nil,
    previousUserID: String? = nil,
    previousParentUserID: String? = nil,
    customer: String? = nil,
    identityHash: String? = nil
  ) {
    self.kind = kind
    self.body = body
    self.waID = waID
    self.userID = userID
    self.parentUserID = parentUserID
    self.previousUserID = previousUserID
    self.previousParentUserID = previousParentUserID
    self.customer = customer
    self.identityHash = identityHash
  }
}

extension SystemNotice {
  init?(_ json: JSON) {
    guard json.isObject else { return nil }
    kind = Kind(json["type"]?.text ?? "")
    body = json["body"]?.text
    waID = (json["wa_id"] ?? json["new_wa_id"])?.text
    userID = json["user_id"]?.text
    parentUserID = json["parent_user_id"]?.text
    previousUserID = json["previous_user_id"]?.text
    previousParentUserID = json["previous_parent_user_id"]?.text
    customer = json["customer"]?.text
    identityHash = (json["identity"]?["hash"] ?? json["identity"])?.text
    if previousUserID == nil, kind == .changedUserID, let body {
      previousUserID = Self.earlierUserID(in: body, now: userID)
    }
  }

  /// The BSUID before the change, from a sentence such as "Rita changed from OLD to NEW".
  ///
  /// Nil unless exactly one BSUID other than the new one stands in it.
  private static func earlierUserID(in body: String, now: String?) -> String? {
    let words = body.split { $0 == " " || $0 == "," || $0 == "\n" }
    let ids = words.map { word in
      String(word.last == "." ? word.dropLast() : word)
    }.filter { BusinessScopedUserID.isValid($0) && $0 != now }
    return Set(ids).count == 1 ? ids.first : nil
  }

  var json: JSON {
    .present([
      "body": body.map(JSON.string),
      "type": .string(kind.word),
      "wa_id": waID.map(JSON.string),
      "user_id": userID.map(JSON.string),
      "parent_user_id": parentUserID.map(JSON.string),
      "previous_user_id": previousUserID.map(JSON.string),
      "previous_parent_user_id": previousParentUserID.map(JSON.string),
      "customer": customer.map(JSON.string),
      "identity": identityHash.map(JSON.string),
    ])
  }
}

extension SystemNotice.Kind {
  /// Reads Meta's word, the older spellings included.
  package init(_ word: String) {
    switch word {
    case "user_changed_number", "customer_changed_number": self = .changedNumber
    case "user_changed_user_id": self = .changedUserID
    case "customer_identity_changed": self = .changedIdentity
    default: self = .other(word)
    }
  }

  /// Meta's word.
  package var word: String {
    switch self {
    case .changedNumber: "user_changed_number"
    case .changedUserID: "user_changed_user_id"
    case .changedIdentity: "customer_identity_changed"
    case .other(let word): word
    }
  }
}
