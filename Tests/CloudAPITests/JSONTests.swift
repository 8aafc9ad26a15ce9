import CloudAPI
import Foundation
import Testing

@Suite struct JSONTests {
  @Test(
    arguments: [
      ("null", .null), (" true ", true), ("false", false), ("0", .number("0")),
      ("-12.50e+03", .number("-12.50e+03")), ("\"\"", ""), ("[]", []), ("{}", [:]),
      ("[1, \"a\",null]", [1, "a", nil]), ("{\"b\":1,\"a\":[{}]}", ["b": 1, "a": [[:]]]),
      ("\u{FEFF}[1]", [1]),
    ] as [(String, JSON)]
  )
  func `a value is read as it is written`(text: String, expected: JSON) throws {
    #expect(try JSON.parse(text: text) == expected)
  }

  @Test(arguments: [
    ("\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"", "\"\\/\u{8}\u{C}\n\r\t"), ("\"\\u00e9\\u20AC\"", "é€"),
    ("\"\\ud83d\\udc4d\"", "👍"), ("\"\\u0000\"", "\u{FFFD}"), ("\"a\0b\"", "a\u{FFFD}b"),
    ("\"\\ud83d\"", "\u{FFFD}"), ("\"\\udc4d\"", "\u{FFFD}"), ("\"\\ud83dx\"", "\u{FFFD}x"),
    ("\"\\ud83d\\u0041\"", "\u{FFFD}A"), ("\"\\ud83d\\ud83d\\udc4d\"", "\u{FFFD}👍"),
    ("\"tab\there\"", "tab\there"), ("\"\\uFFFE\"", "\u{FFFE}"),
  ])
  func `an escape becomes its character, and what no database stores becomes U+FFFD`(
    text: String,
    expected: String
  ) throws {
    #expect(try JSON.parse(text: text) == .string(expected))
  }

  @Test func `invalid UTF-8 becomes U+FFFD`() throws {
    let bytes: [UInt8] = Array("{\"a\":\"x".utf8) + [0xC3, 0x28, 0xFF] + Array("\"}".utf8)
    #expect(try JSON.parse(bytes)["a"] == "x\u{FFFD}(\u{FFFD}")
  }

  @Test(
    arguments: [
      ("", .truncated), ("  ", .truncated), ("[1,", .truncated), ("{\"a\"", .truncated),
      ("\"abc", .truncated), ("\"\\u00", .truncated), ("\"\\", .truncated), ("tru", .truncated),
      ("-", .truncated), ("[1 2]", .malformed), ("{1:2}", .malformed), ("{\"a\" 1}", .malformed),
      ("[1,]", .malformed), ("{\"a\":1,}", .malformed), ("01", .malformed), ("1.", .malformed),
      ("1e", .malformed), (".5", .malformed), ("+1", .malformed), ("nil", .malformed),
      ("NaN", .malformed), ("'a'", .malformed), ("\"\\x\"", .malformed),
      ("\"\\u00zz\"", .malformed), ("1 1", .malformed), ("{}}", .malformed), ("-a", .malformed),
    ] as [(String, WireError.Code)]
  )
  func `what is no JSON is refused with its reason`(text: String, code: WireError.Code) {
    let error = #expect(throws: WireError.self) { try JSON.parse(text: text) }
    #expect(error?.code == code)
  }

  @Test func `of two members with the same key the last stays, in the place of the first`() throws {
    let twice = try JSON.document(Array("{\"to\":1,\"x\":2,\"to\":3}".utf8))
    #expect(twice.root == ["to": 3, "x": 2])
    #expect(twice.hasDuplicateKeys)
    #expect(try !JSON.document(Array("{\"to\":1,\"x\":{\"to\":3}}".utf8)).hasDuplicateKeys)
  }

  @Test func `a doubled key is found in a large object too`() throws {
    let members = (0..<1_000).map { "\"k\($0)\":\($0)" } + ["\"k500\":\"new\""]
    let document = try JSON.document(Array("{\(members.joined(separator: ","))}".utf8))
    #expect(document.hasDuplicateKeys)
    #expect(document.root.members.count == 1_000)
    #expect(document.root["k500"] == "new")
  }

  @Test func `keys that only look alike are different keys`() throws {
    let document = try JSON.document(Array("{\"\u{E9}\":1,\"e\u{301}\":2}".utf8))
    #expect(!document.hasDuplicateKeys)
    #expect(document.root.members.count == 2)
  }

  @Test func `depth and number of values are limited, on the last allowed one not yet`() throws {
    let limits = JSONLimits(depth: 3, values: 5)
    #expect(try JSON.parse(text: "[[[1]]]", limits: limits) == [[[1]]])
    #expect(throws: WireError.self) { try JSON.parse(text: "[[[[1]]]]", limits: limits) }
    #expect(try JSON.parse(text: "[1,2,3,4]", limits: limits) == [1, 2, 3, 4])
    let error = #expect(throws: WireError.self) {
      try JSON.parse(text: "[1,2,3,4,5]", limits: limits)
    }
    #expect(error?.code == .tooMany)
  }

  @Test(arguments: ["[", "{\"a\":", "[{\"a\":"])
  func `a million open brackets are refused`(opening: String) {
    let bytes = Array(String(repeating: opening, count: 1_000_000).utf8)
    let error = #expect(throws: WireError.self) { try JSON.parse(bytes) }
    #expect(error?.code == .tooDeep)
  }

  @Test(
    arguments: [
      (.string("5"), "5", 5), (.number("5"), "5", 5),
      (.string(""), nil, nil), (.null, nil, nil), (.string("five"), "five", nil),
      (.number("5.5"), "5.5", nil), (.number("5.0"), "5.0", 5), (.number("1e3"), "1e3", 1_000),
      (.number("99999999999999999999"), "99999999999999999999", nil), (true, nil, nil),
      ([1], nil, nil), (.string("-7"), "-7", -7), (.string(" 7"), " 7", nil),
    ] as [(JSON, String?, Int64?)]
  )
  func `numbers may be strings, and the empty string is nothing`(
    json: JSON,
    text: String?,
    integer: Int64?
  ) {
    #expect(json.text == text)
    #expect(json.integer == integer)
  }

  @Test func `decimals are finite and flags may be words`() {
    #expect(JSON.string("-23.5").decimal == -23.5)
    #expect(JSON.number("1e999").decimal == nil)
    #expect(JSON.string("nan").decimal == nil)
    #expect(JSON.string("0x1p3").decimal == nil)
    #expect(JSON.string("true").flag == true)
    #expect(JSON.integer(1).flag == nil)
    #expect(JSON.decimal(.infinity) == .null)
  }

  @Test func `a null member reads as missing`() throws {
    let json = try JSON.parse(text: "{\"a\":null,\"b\":0}")
    #expect(json["a"] == nil)
    #expect(json["b"] == 0)
    #expect(json["c"] == nil)
    #expect(JSON.array([])["a"] == nil)
  }

  @Test func `setting a member keeps its place, adds it at the end or removes it`() {
    var json: JSON = ["a": 1, "b": 2]
    json.set("a", to: "x")
    json.set("c", to: 3)
    json.set("b", to: nil)
    #expect(json.description == "{\"a\":\"x\",\"c\":3}")
    var list: JSON = [1]
    list.set("a", to: 2)
    #expect(list == [1])
  }

  @Test func `what is written reads back, and sorted keys make the text canonical`() throws {
    let text = "{\"b\":[1.50,\"\\u0001\\\"\\\\/é👍\\n\",null,true],\"a\":{\"z\":0,\"y\":-1}}"
    let json = try JSON.parse(text: text)
    #expect(try JSON.parse(json.serialized()) == json)
    #expect(
      json.description
        == "{\"b\":[1.50,\"\\u0001\\\"\\\\/é👍\\n\",null,true],\"a\":{\"z\":0,\"y\":-1}}"
    )
    #expect(
      String(decoding: json.serialized(sortedKeys: true), as: UTF8.self)
        == "{\"a\":{\"y\":-1,\"z\":0},\"b\":[1.50,\"\\u0001\\\"\\\\/é👍\\n\",null,true]}"
    )
  }

  @Test(arguments: Fixture.updates + Fixture.documents)
  func `Foundation reads the same from every recorded payload`(fixture: Fixture) throws {
    let bytes = try fixture.bytes()
    let ours = try JSON.parse(bytes)
    let foundation = try JSONSerialization.jsonObject(with: Data(bytes), options: [])
    let written = try JSONSerialization.jsonObject(with: Data(ours.serialized()), options: [])
    let expected = try #require(foundation as? NSDictionary)
    #expect(written as? NSDictionary == expected)
    #expect(ours.members.count == expected.count)
    #expect(Self.matches(ours, foundation))
  }

  private static func matches(_ json: JSON, _ foundation: Any) -> Bool {
    switch json {
    case .null: foundation is NSNull
    case .bool(let flag): (foundation as? NSNumber)?.boolValue == flag
    case .number(let text): (foundation as? NSNumber)?.doubleValue == Double(text)
    case .string(let text): foundation as? String == text
    case .array(let items):
      (foundation as? [Any]).map { other in
        other.count == items.count && zip(items, other).allSatisfy { matches($0, $1) }
      } ?? false
    case .object(let members):
      (foundation as? [String: Any]).map { other in
        other.count == members.count
          && members.allSatisfy { member in
            other[member.key].map { matches(member.value, $0) } ?? false
          }
      } ?? false
    }
  }
}
