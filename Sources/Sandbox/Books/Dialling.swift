/// Digits that somebody dials, and the `wa_id` that WhatsApp knows the person by.
///
/// They differ in Brazil (the ninth digit), Mexico (a 1 after the country code) and Argentina (a 9),
/// so an answer's `contacts[].wa_id` is not always its `input`.
///
/// Source: reference of …/messages/send-messages (2026-05-21) and pywa's notes, read 2026-11-21.
enum Dialling {
  /// The digits of what was written in `to`, with the business's country code in place of a leading
  /// zero; nil if it is no phone number of 7 to 15 digits (E.164).
  static func digits(_ written: String, business: String) -> String? {
    var digits = ""
    for (index, character) in written.enumerated() {
      switch character {
      case "0"..."9": digits.append(character)
      case "+" where index == 0: continue
      case " ", "-", "(", ")", ".": continue
      default: return nil
      }
    }
    if digits.hasPrefix("00") {
      digits.removeFirst(2)
    } else if digits.hasPrefix("0") {
      digits = countryCode(of: business) + digits.dropFirst()
    }
    return (7...15).contains(digits.count) ? digits : nil
  }

  /// The `wa_id` for dialled digits.
  static func waID(_ digits: String) -> String {
    let rest = Array(digits.dropFirst(2))
    if digits.hasPrefix("55"), rest.count == 11, rest[2] == "9",
      let area = Int(String(rest[0...1])),
      area >= 31
    {
      return "55" + String(rest[0...1]) + String(rest[3...])
    }
    if digits.hasPrefix("52"), rest.count == 10 { return "521" + String(rest) }
    if digits.hasPrefix("54"), rest.count == 10 { return "549" + String(rest) }
    return digits
  }

  /// The country calling code at the start of a number.
  static func countryCode(of digits: String) -> String {
    if digits.hasPrefix("1") || digits.hasPrefix("7") { return String(digits.prefix(1)) }
    return String(digits.prefix(twoDigitCodes.contains(String(digits.prefix(2))) ? 2 : 3))
  }

  /// The country a number is from, as ISO code, as far as the sandbox knows it; `ZZ` otherwise.
  static func country(of digits: String) -> String { countries[countryCode(of: digits)] ?? "ZZ" }

  private static let twoDigitCodes: Set<String> = [
    "20", "27", "30", "31", "32", "33", "34", "36", "39", "40", "41", "43", "44", "45", "46", "47",
    "48", "49", "51", "52", "53", "54", "55", "56", "57", "58", "60", "61", "62", "63", "64", "65",
    "66", "81", "82", "84", "86", "90", "91", "92", "93", "94", "95", "98",
  ]

  private static let countries: [String: String] = [
    "1": "US", "7": "RU", "20": "EG", "27": "ZA", "30": "GR", "31": "NL", "32": "BE", "33": "FR",
    "34": "ES", "36": "HU", "39": "IT", "40": "RO", "41": "CH", "43": "AT", "44": "GB", "45": "DK",
    "46": "SE", "47": "NO", "48": "PL", "49": "DE", "51": "PE", "52": "MX", "54": "AR", "55": "BR",
    "56": "CL", "57": "CO", "60": "MY", "61": "AU", "62": "ID", "65": "SG", "81": "JP", "90": "TR",
    "91": "IN", "92": "PK", "94": "LK", "234": "NG", "351": "PT", "353": "IE", "380": "UA",
    "852": "HK", "966": "SA", "971": "AE", "972": "IL",
  ]
}
