import CustomerCare
import Gateway
import HTTPTypes
import Testing

@testable import Web

@Suite struct ReadingTests {
  @Test(arguments: [
    ("/", []), ("/a", ["a"]), ("/a/b", ["a", "b"]), ("/a%20b", ["a b"]), ("/a?b/c", ["a"]),
    ("/%C3%A4", ["ä"]),
  ])
  func `a path is taken apart and decoded once`(target: String, segments: [String]) {
    #expect(RequestTarget(target, bytesMax: 100)?.segments == segments)
  }

  @Test(arguments: [
    "", "a", "//", "/a/", "/a//b", "/.", "/a/..", "/%2e%2e", "/a%2fb", "/%", "/%4", "/%zz", "/%00",
    "/%C3", "/a#b", "http://x/a", "/a%0d%0ab",
  ])
  func `an odd target is none`(target: String) {
    #expect(RequestTarget(target, bytesMax: 100) == nil)
  }

  @Test func `a target is as long as it may be and no longer`() {
    #expect(RequestTarget("/" + String(repeating: "a", count: 99), bytesMax: 100) != nil)
    #expect(RequestTarget("/" + String(repeating: "a", count: 100), bytesMax: 100) == nil)
  }

  @Test func `a query has each parameter once`() throws {
    let items = try QueryItems("a=1&b=x+y&c=%26&d&=e")
    #expect(items["a"] == "1")
    #expect(items["b"] == "x y")
    #expect(items["c"] == "&")
    #expect(items["d"] == "")
    #expect(items["z"] == nil)
    #expect(items.names == ["", "a", "b", "c", "d"])
    #expect(throws: QueryItems.Failure.doubled("a")) { try QueryItems("a=1&%61=2") }
    #expect(throws: QueryItems.Failure.malformed) { try QueryItems("a=%zz") }
  }

  @Test(arguments: [
    (nil as String?, "en"), ("", "en"), ("de", "de"), ("de-AT", "de"), ("DE", "de"), ("fr", "en"),
    ("en;q=0.8, de;q=0.9", "de"), ("de;q=0", "en"), ("de;q=x", "en"), ("*", "en"),
  ])
  func `the language is the one the caller likes best of ours`(header: String?, language: String) {
    #expect(Refusal.Language(acceptLanguage: header).rawValue == language)
  }

  @Test(arguments: [
    ("application/json", true), ("Application/JSON; charset=UTF-8", true),
    ("application/json;charset=\"utf-8\"", true), ("application/json; charset=latin1", false),
    ("application/json; boundary=x", false), ("text/json", false), ("", false),
  ])
  func `JSON is what says that it is JSON`(type: String, isJSON: Bool) {
    var headers: HTTPFields = [:]
    headers[.contentType] = type
    #expect(headers.announcesJSON == isJSON)
    headers[.contentEncoding] = "gzip"
    #expect(!headers.announcesJSON)
  }

  @Test(arguments: ["v1.0", "v24.0", "v24.12"])
  func `a version is two numbers`(version: String) throws {
    let target = try #require(RequestTarget("/\(version)/900800700/messages", bytesMax: 100))
    #expect(
      FacadePath(target) == .send(from: "900800700", road: .messages, version: version)
    )
  }

  @Test(arguments: ["v1", "v1.", "v.1", "24.0", "v24.0.0", "v01.0", "v24.01", "v24,0", "v-1.0"])
  func `what only looks like a version is none`(version: String) throws {
    let target = try #require(RequestTarget("/\(version)/900800700/messages", bytesMax: 100))
    #expect(FacadePath(target) == .nowhere)
  }
}
