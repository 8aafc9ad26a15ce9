extension CustomerID {
  /// The id of whoever is known by a name in a scope.
  ///
  /// A digest, so that an id in a log or an address is no phone number. FNV-1a with 128 bits: ids
  /// need be the same everywhere and differ by accident never, not withstand an attacker, who would
  /// have to make Meta give out names of the attacker's choice.
  package init(digestOf name: String, in scope: IdentityScope) {
    var hash: UInt128 = 0x6c62_272e_07bb_0142_62b8_2175_6295_c58d
    for byte in "\(scope.rawValue)|\(name)".utf8 {
      hash = (hash ^ UInt128(byte)) &* 0x0000_0000_0100_0000_0000_0000_0000_013b
    }
    // By hand, the last digit first: the standard library takes three times as long.
    var digits = [UInt8](repeating: 0, count: 25)
    for place in digits.indices.reversed() {
      let (rest, digit) = hash.quotientAndRemainder(dividingBy: 36)
      digits[place] = UInt8(digit) + (digit < 10 ? UInt8(ascii: "0") : UInt8(ascii: "a") - 10)
      hash = rest
    }
    self.init(rawValue: "c_" + String(decoding: digits, as: UTF8.self))
  }
}
