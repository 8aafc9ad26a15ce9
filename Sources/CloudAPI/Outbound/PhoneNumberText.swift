/// A phone number that somebody wrote, read as E.164 digits with country code.
///
/// Source: developers.facebook.com/documentation/business-messaging/whatsapp/messages/send-messages, read 2026-11-21:
/// spaces, dashes and parentheses are tolerated; without `+` Meta may prepend the business number's
/// country code, so a national number could reach a stranger.
package struct PhoneNumberText: Sendable, Hashable {
  /// Why text is no phone number that can be dialled from anywhere.
  package enum Fault: Error, Sendable, Hashable {
    /// Something that is neither a digit nor a separator stands in it.
    case notANumber
    /// Too short or too long for any country.
    case wrongLength
    /// It begins with 0, as numbers do that are dialled inside a country.
    case national
    /// It begins with 00, as numbers do that are dialled abroad from some countries.
    case exitCode
    /// It has a 0 in parentheses, which is dialled only inside the country.
    case trunkZero
    /// It begins with 1 but has not the eleven digits of a North American number.
    case northAmerican
  }

  /// The digits with country code.
  package let digits: String

  /// The shortest and longest numbers that are believed; E.164 allows 15 digits.
  static let lengths = 7...15

  /// Reads text such as `+49 170 1234567`, `491701234567` or `(1) 415-555-0100`.
  package init(_ text: String) throws(Fault) {
    var digits: [UInt8] = []
    var hasPlus = false
    for (index, scalar) in text.unicodeScalars.enumerated() {
      switch scalar {
      case "0"..."9": digits.append(UInt8(truncatingIfNeeded: scalar.value))
      case "+":
        guard index == 0 else { throw .notANumber }
        hasPlus = true
      case " ", "-", "(", ")", "\u{A0}": continue
      default: throw .notANumber
      }
    }
    guard !digits.isEmpty else { throw .notANumber }
    if text.contains("(0)") { throw .trunkZero }
    if digits[0] == UInt8(ascii: "0") {
      throw !hasPlus && digits.count > 1 && digits[1] == UInt8(ascii: "0") ? .exitCode : .national
    }
    guard Self.lengths.contains(digits.count) else { throw .wrongLength }
    if digits[0] == UInt8(ascii: "1"), digits.count != 11 || digits[1] < UInt8(ascii: "2") {
      throw .northAmerican
    }
    self.digits = String(decoding: digits, as: UTF8.self)
  }
}

extension PhoneNumberText.Fault {
  /// A sentence for whoever wrote the number.
  package var sentence: String {
    switch self {
    case .notANumber:
      "It is no phone number. Write + and the country code, such as +4917012345678."
    case .wrongLength:
      "A phone number with country code has 7 to 15 digits. Write it like +4917012345678."
    case .national:
      "It is a national number. Write + and the country code instead of the leading 0, such as +4917012345678 for 017012345678."
    case .exitCode:
      "It begins with 00. Write + and the country code instead, such as +4917012345678."
    case .trunkZero:
      "The (0) is dialled only inside the country. Leave it out, as in +4917012345678."
    case .northAmerican:
      "It begins with 1 but has not the 11 digits of a North American number. If it is a national number, write + and its country code in front."
    }
  }
}
