import Testing

@testable import Carriers

@Suite struct GraphCallTests {
  @Test(
    arguments: [
      ("https://graph.facebook.com", "https://graph.facebook.com"),
      ("https://graph.facebook.com/", "https://graph.facebook.com"),
      ("https://Graph.Facebook.com:8443", "https://graph.facebook.com:8443"),
      ("http://127.0.0.1:9090", "http://127.0.0.1:9090"),
      ("http://127.9.9.9", "http://127.9.9.9"),
      ("http://localhost:1/", "http://localhost:1"),
      ("http://[::1]:65535", "http://[::1]:65535"),
      ("https://[2001:db8::1]", "https://[2001:db8::1]"),
    ]
  )
  func `an address keeps scheme, host and port`(text: String, address: String) throws {
    #expect(try GraphBase(text).description == address)
  }

  @Test(
    arguments: [
      "", "graph.facebook.com", "ftp://graph.facebook.com", "HTTPS://graph.facebook.com",
      "https://",
      "https:///", "https://:443", "https://graph.facebook.com/v24.0", "https://a//",
      "https://user:pass@graph.facebook.com", "https://a?b", "https://a#b", "https://a b",
      "https://a\r\nb", "https://ä", "https://a:0", "https://a:65536", "https://a:+1", "https://a:",
      "https://a:1:2", "https://[::1", "https://[a", "https://[]", "http://graph.facebook.com",
      "http://127.0.0.1.example.com", "http://127.0.0", "http://localhost.example.com",
      "http://128.0.0.1", "http://0.0.0.0",
    ]
  )
  func `everything else is no address`(text: String) {
    #expect(throws: GraphBase.Problem.self) { try GraphBase(text) }
  }

  @Test(
    arguments: [
      ("v24.0", true), ("v1.0", true), ("v100.12", true), ("", false), ("v", false),
      ("24.0", false), ("v24", false), ("v24.", false), ("v.0", false), ("v24.0.1", false),
      ("V24.0", false), ("v24.0/", false), ("v-1.0", false), ("v1000.0", false), ("v٢٤.0", false),
      ("v24.0\n", false),
    ]
  )
  func `a version is v, digits, a dot and digits`(text: String, isVersion: Bool) {
    #expect((GraphVersion(text) != nil) == isVersion)
  }

  @Test func `the value of a query cannot end it`() throws {
    let call = GraphCall(
      version: try #require(GraphVersion("v24.0")),
      target: .tokenCheck,
      query: [("input_token", "a&b=c d/é?#%+"), ("fields", "id")]
    )
    #expect(
      call.url(at: .meta)
        == "https://graph.facebook.com/v24.0/debug_token"
        + "?input_token=a%26b%3Dc%20d%2F%C3%A9%3F%23%25%2B&fields=id"
    )
  }
}
