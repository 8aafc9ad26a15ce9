/// The form of a business-scoped user id (BSUID).
///
/// Source: developers.facebook.com/documentation/business-messaging/whatsapp/business-scoped-user-ids, read 2026-11-21.
package enum BusinessScopedUserID {
  /// Meta's page says 128 characters after the prefix, a draft of 2025-11 said 256.
  static let suffixMax = 256

  /// Whether text is a BSUID: a country code, a dot, perhaps `ENT.`, and letters and digits.
  package static func isValid(_ text: String) -> Bool {
    let bytes = Array(text.utf8)
    guard bytes.count > 3, isUpper(bytes[0]), isUpper(bytes[1]), bytes[2] == UInt8(ascii: ".")
    else { return false }
    var suffix = bytes.dropFirst(3)
    if suffix.starts(with: "ENT.".utf8) { suffix = suffix.dropFirst(4) }
    return (1...suffixMax).contains(suffix.count) && suffix.allSatisfy(isLetterOrDigit)
  }

  private static func isUpper(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte)
  }

  private static func isLetterOrDigit(_ byte: UInt8) -> Bool {
    isUpper(byte) || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
      || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
  }
}
