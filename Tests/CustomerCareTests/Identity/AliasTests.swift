import CustomerCare
import Testing

@Suite struct `An alias` {
  @Test(arguments: ["DE.1", "", ":", "a:b", "\u{301}x", "\u{200D}", "\u{FFFD}", "e\u{301}"])
  func `is read from its key as it was written, whatever its characters`(value: String) throws {
    for kind in Alias.Kind.allCases {
      let alias = Alias(kind, value)
      let read = try #require(Alias(key: alias.key))
      #expect(read.kind == kind)
      #expect(Array(read.value.utf8) == Array(value.utf8))
    }
  }

  @Test(arguments: ["", "phone", "post:1", ":1"])
  func `is not read from what is no key`(key: String) {
    #expect(Alias(key: key) == nil)
  }
}
