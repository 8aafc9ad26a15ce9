import CustomerCare

/// How somebody names a customer: a phone number in digits, a BSUID, a group id, or our own id.
struct CustomerReference {
  let text: String

  init(_ text: String) {
    self.text = text
  }

  /// The customer who is meant, met or not.
  func person(in scope: IdentityScope, _ unit: any SQLUnit) throws -> Person {
    let identities = Identities(scope: scope, unit: unit)
    if let person = try identities.person(CustomerID(text)) { return person }
    return try identities.person(behind: alias)
  }

  /// The alias that the text is, by its form; what has none of the forms is a group's id.
  ///
  /// Source of the forms: …/business-scoped-user-ids, 2026-09-15.
  var alias: Alias {
    let digits = text.first == "+" ? text.dropFirst() : text[...]
    if !digits.isEmpty, digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }) {
      return .phone(String(digits))
    }
    if text.wholeMatch(of: /[A-Z]{2}\.ENT\.[A-Za-z0-9]{1,128}/) != nil {
      return .parentBSUID(text)
    }
    if text.wholeMatch(of: /[A-Z]{2}\.[A-Za-z0-9]{1,128}/) != nil { return .bsuid(text) }
    return .group(GroupID(text))
  }
}
