extension String {
  /// The ASCII digits of a phone number, which Meta writes without `+`, and people with it.
  package var decimalDigits: String {
    guard !utf8.allSatisfy(Self.isDigit) else { return self }
    return String(decoding: utf8.filter(Self.isDigit), as: UTF8.self)
  }

  private static func isDigit(_ byte: UInt8) -> Bool { byte &- UInt8(ascii: "0") <= 9 }
}
