/// An address card in a message: `contacts[]`.
package struct SharedContact: Sendable, Hashable {
  /// A phone number on a card.
  package struct Phone: Sendable, Hashable {
    /// As it was written.
    package var phone: String?
    /// In digits, if the number is on WhatsApp.
    package var waID: String?
    /// The BSUID, if Meta gave one.
    package var userID: String?
    /// Such as `CELL`.
    package var type: String?

    /// Creates a number.
    package init(phone: String?, waID: String? = nil, userID: String? = nil, type: String? = nil) {
      self.phone = phone
      self.waID = waID
      self.userID = userID
      self.type = type
    }
  }

  /// The whole name.
  package var formattedName: String?
  /// The first name.
  package var firstName: String?
  /// The last name.
  package var lastName: String?
  /// The numbers.
  package var phones: [Phone]
  /// Why the card was sent: `contact_request` if the customer answered our request for their number.
  ///
  /// Then it is the customer's own; with any other value it may be somebody else's.
  package var origin: String?
  /// The card as Meta wrote it, with addresses, birthday, e-mails, company, links and vCard.
  package var raw: JSON

  /// Creates a card whose `raw` is what Meta would write.
  package init(
    formattedName: String?,
    firstName: String? = nil,
    lastName: String? = nil,
    phones: [Phone] = [],
    origin: String? = nil
  ) {
    self.formattedName = formattedName
    self.firstName = firstName
    self.lastName = lastName
    self.phones = phones
    self.origin = origin
    raw = .present([
      "name": .present([
        "first_name": firstName.map(JSON.string),
        "last_name": lastName.map(JSON.string),
        "formatted_name": formattedName.map(JSON.string),
      ]),
      "phones": .array(
        phones.map {
          .present([
            "phone": $0.phone.map(JSON.string),
            "wa_id": $0.waID.map(JSON.string),
            "user_id": $0.userID.map(JSON.string),
            "type": $0.type.map(JSON.string),
          ])
        }
      ),
      "origin": origin.map(JSON.string),
    ])
  }

  init(_ json: JSON, _ reader: inout WireReader) {
    formattedName = json["name"]?["formatted_name"]?.text
    firstName = json["name"]?["first_name"]?.text
    lastName = json["name"]?["last_name"]?.text
    phones = reader.eachObject("phones", of: json) { phone, _ in
      Phone(
        phone: phone["phone"]?.text,
        waID: phone["wa_id"]?.text,
        userID: phone["user_id"]?.text,
        type: phone["type"]?.text
      )
    }
    origin = json["origin"]?.text
    raw = json
  }
}
