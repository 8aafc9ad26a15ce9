import CloudAPI
import CustomerCare

extension Alias {
  /// Every name an event gives for one customer, strongest first, none twice.
  ///
  /// A phone number is kept in digits: Meta writes it without `+`, people with it.
  static func names(phone: String?, userID: String?, parentUserID: String?) -> [Alias] {
    var names: [Alias] = []
    if let userID { names.append(.bsuid(userID)) }
    if let digits = phone?.decimalDigits, !digits.isEmpty { names.append(.phone(digits)) }
    if let parentUserID { names.append(.parentBSUID(parentUserID)) }
    return names
  }

  /// The names in a card of `contacts[]`.
  static func names(_ card: CloudAPI.ContactCard) -> [Alias] {
    names(phone: card.waID, userID: card.userID, parentUserID: card.parentUserID)
  }
}
