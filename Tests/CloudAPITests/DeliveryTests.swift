import CloudAPI
import Testing

/// The envelope, and what holds whatever stands in it.
@Suite struct DeliveryTests {
  static func body(_ messages: String, field: String = "messages", key: String = "messages")
    -> [UInt8]
  {
    Array(
      """
      {"object":"whatsapp_business_account","entry":[{"id":"100","changes":[{"field":"\(field)",
      "value":{"messaging_product":"whatsapp","metadata":{"display_phone_number":"+49 30 000001",
      "phone_number_id":"900"},"\(key)":\(messages)}}]}]}
      """.utf8
    )
  }

  static func message(_ id: Int, timestamp: String = "\"1795255200\"") -> String {
    """
    {"from":"491700000042","id":"wamid.\(id)","timestamp":\(timestamp),"type":"text",\
    "text":{"body":"Hello \(id)"}}
    """
  }

  static func messages(in body: [UInt8]) throws -> (WebhookDelivery, MessagesValue) {
    let delivery = try WebhookDelivery.decode(body)
    guard case .messages(let value)? = delivery.changes.first?.value else {
      throw WireError(.unexpectedShape, "no messages")
    }
    return (delivery, value)
  }

  @Test func `every entry, change, message and status is read`() throws {
    let text = """
      {"object":"whatsapp_business_account","entry":[
      {"id":"100","time":1795255200,"changes":[
        {"field":"messages","value":{"metadata":{"phone_number_id":"900"},
         "messages":[\(Self.message(1)),\(Self.message(2))],
         "statuses":[{"id":"wamid.9","status":"sent","timestamp":1795255205}]}},
        {"field":"account_review_update","value":{"decision":"APPROVED"}}]},
      {"id":200,"changes":[{"field":"messages","value":{"metadata":{"phone_number_id":901},
         "messages":[\(Self.message(3))]}}]}]}
      """
    let delivery = try WebhookDelivery.decode(Array(text.utf8))
    #expect(delivery.problems.isEmpty)
    #expect(delivery.changes.map(\.wabaID) == ["100", "100", "200"])
    #expect(delivery.changes.map(\.phoneNumberID) == ["900", nil, "901"])
    #expect(delivery.changes.map(\.time) == [1_795_255_200, 1_795_255_200, nil])
    #expect(delivery.changes[1].value == .accountReview(decision: "APPROVED"))
    guard case .messages(let first) = delivery.changes[0].value,
      case .messages(let last) = delivery.changes[2].value
    else {
      Issue.record("not messages")
      return
    }
    #expect(first.messages.map(\.id) == ["wamid.1", "wamid.2"])
    #expect(first.statuses.map(\.timestamp) == [1_795_255_205])
    #expect(last.messages.map(\.id) == ["wamid.3"])
  }

  @Test func `a thousand messages in three megabytes are all read`() throws {
    let filler = String(repeating: "x", count: 2_850)
    let list = (0..<1_000).map {
      Self.message($0).replacing("Hello \($0)", with: "\($0) \(filler)")
    }
    let body = Self.body("[\(list.joined(separator: ","))]")
    #expect(body.count > 2_900_000)
    let (delivery, value) = try Self.messages(in: body)
    #expect(value.messages.count == 1_000)
    #expect(value.messages.last?.id == "wamid.999")
    #expect(delivery.problems.isEmpty)
  }

  @Test func `an unknown field is kept raw and hides nothing`() throws {
    let text = """
      {"object":"whatsapp_business_account","entry":[{"id":"1","changes":[
      {"field":"brand_new","value":{"a":[1]}},
      {"field":"account_review_update","value":{"decision":"PENDING"}}]}]}
      """
    let delivery = try WebhookDelivery.decode(Array(text.utf8))
    #expect(delivery.problems.isEmpty)
    #expect(delivery.changes[0].value == .unknown)
    #expect(delivery.changes[0].raw == ["field": "brand_new", "value": ["a": [1]]])
    #expect(delivery.changes[1].value == .accountReview(decision: "PENDING"))
  }

  @Test func `an unknown kind of message is kept raw and is no problem`() throws {
    let body = Self.body(
      #"[{"id":"wamid.1","timestamp":"1795255200","type":"hologram","hologram":{"x":1}}]"#
    )
    let (delivery, value) = try Self.messages(in: body)
    #expect(delivery.problems.isEmpty)
    #expect(value.messages[0].content == .unknown)
    #expect(value.messages[0].type == "hologram")
    #expect(value.messages[0].raw["hologram"] == ["x": 1])
  }

  @Test func `a body about something else than WhatsApp has no changes`() throws {
    let text = #"{"object":"page","entry":[{"changes":[{"field":"messages","value":{}}]}]}"#
    let delivery = try WebhookDelivery.decode(Array(text.utf8))
    #expect(delivery.changes.isEmpty)
    #expect(delivery.object == "page")
  }

  @Test(arguments: [
    #"{"field":"account_review_update","value":{"decision":"APPROVED"}}"#,
    #"{"entry":[{"id":"1","field":"account_review_update","value":{"decision":"APPROVED"}}]}"#,
    #"{"entry":[{"field":"account_review_update","changes":[{"value":{"decision":"APPROVED"}}]}]}"#,
    #"{"entry":[{"changes":[{"value":{"field":"account_review_update","decision":"APPROVED"}}]}]}"#,
  ])
  func `a field at the wrong level is found`(text: String) throws {
    let delivery = try WebhookDelivery.decode(Array(text.utf8))
    #expect(delivery.changes.map(\.value) == [.accountReview(decision: "APPROVED")])
    #expect(delivery.problems.isEmpty)
  }

  @Test(arguments: ["[]", "\"x\"", "1", "null"])
  func `a body that is no object is an error`(text: String) {
    let error = #expect(throws: WireError.self) { try WebhookDelivery.decode(Array(text.utf8)) }
    #expect(error?.code == .unexpectedShape)
  }

  @Test func `every truncated body is an error, never half a delivery`() throws {
    let body = Self.body("[\(Self.message(1))]")
    for length in 0..<body.count {
      #expect(throws: WireError.self) { try WebhookDelivery.decode(Array(body[..<length])) }
    }
  }

  @Test(arguments: [
    "{}", #"{"entry":null}"#, #"{"entry":[]}"#, #"{"entry":[{}]}"#,
    #"{"entry":[{"changes":null}]}"#,
    #"{"entry":[{"changes":[{"field":"messages","value":{"messages":null,"statuses":null,"contacts":null,"errors":null}}]}]}"#,
    #"{"entry":[{"changes":[{"field":"standby","value":{"messaging_product":"whatsapp"}}]}]}"#,
  ])
  func `null and missing arrays are empty`(text: String) throws {
    let delivery = try WebhookDelivery.decode(Array(text.utf8))
    #expect(delivery.problemCount == (text == "{}" ? 1 : 0))
  }

  @Test(
    arguments: [
      (#"{"entry":{}}"#, "entry"), (#"{"entry":"x"}"#, "entry"), (#"{"entry":[1]}"#, "entry[0]"),
      (#"{"entry":[{"changes":{"0":{}}}]}"#, "entry[0].changes"),
      (#"{"entry":[{"changes":[null]}]}"#, "entry[0].changes[0]"),
      (#"{"entry":[{"changes":[{"field":"messages","value":[]}]}]}"#, "entry[0].changes[0].value"),
      (
        #"{"entry":[{"changes":[{"field":"messages","value":{"messages":{"id":"x"}}}]}]}"#,
        "entry[0].changes[0].value.messages"
      ),
      (
        #"{"entry":[{"changes":[{"value":{"messages":[]}}]}]}"#, "entry[0].changes[0].field"
      ),
      (#"{"entry":[{"time":"soon","changes":[]}]}"#, nil),
    ] as [(String, String?)]
  )
  func `an object where an array belongs is a problem with its place`(
    text: String,
    place: String?
  ) throws {
    let delivery = try WebhookDelivery.decode(Array(text.utf8))
    #expect(delivery.problems.first?.path == place)
  }

  @Test(arguments: [
    "5", "null", "\"x\"", "[]", "{}", #"{"id":""}"#, #"{"id":null,"type":"text"}"#,
    #"{"id":["wamid.x"],"timestamp":"1795255200","type":"text","text":{"body":"x"}}"#,
  ])
  func `a message that cannot be read never hides its neighbours`(broken: String) throws {
    let body = Self.body("[\(Self.message(1)),\(broken),\(Self.message(2))]")
    let (delivery, value) = try Self.messages(in: body)
    #expect(value.messages.map(\.id) == ["wamid.1", "wamid.2"])
    #expect(delivery.problems.count == 1)
    #expect(
      delivery.problems.first?.path.hasPrefix("entry[0].changes[0].value.messages[1]") == true
    )
  }

  @Test(arguments: [
    (#"{"body":{}}"#, "text"), ("5", "text"), ("[]", "text"),
  ])
  func `a payload of the wrong shape is unreadable, but the message stays`(
    payload: String,
    member: String
  ) throws {
    let body = Self.body(
      #"[{"id":"wamid.1","timestamp":"1795255200","type":"text","text":\#(payload)}]"#
    )
    let (delivery, value) = try Self.messages(in: body)
    #expect(value.messages[0].content == .unreadable)
    #expect(value.messages[0].timestamp == 1_795_255_200)
    #expect(
      delivery.problems.map(\.path) == ["entry[0].changes[0].value.messages[0].\(member)"]
    )
  }

  @Test(
    arguments: [
      ("\"1795255200\"", 1_795_255_200), ("1795255200", 1_795_255_200),
      ("1795255200.0", 1_795_255_200), ("\"1230768000\"", 1_230_768_000),
      ("\"1230767999\"", nil), ("\"4102444799\"", 4_102_444_799), ("\"4102444800\"", nil),
      ("\"1795255200000\"", nil), ("0", nil), ("-1", nil), ("\"yesterday\"", nil), ("null", nil),
      ("\"\"", nil), ("true", nil), ("{}", nil), ("1e300", nil), ("99999999999999999999", nil),
    ] as [(String, Int64?)]
  )
  func `a time is read from text or number, and only if it is believable`(
    text: String,
    expected: Int64?
  ) throws {
    let (delivery, value) = try Self.messages(
      in: Self.body("[\(Self.message(1, timestamp: text))]")
    )
    #expect(value.messages[0].timestamp == expected)
    #expect(delivery.problems.isEmpty == (expected != nil))
  }

  @Test func `a million broken items are counted, and a hundred shown`() throws {
    let body = Self.body("[\(String(repeating: "1,", count: 999_999))1]")
    let (delivery, value) = try Self.messages(in: body)
    #expect(value.messages.isEmpty)
    #expect(delivery.problemCount == 1_000_000)
    #expect(delivery.problems.count == 100)
  }

  @Test func `items without the number they are about are a problem`() throws {
    let text = """
      {"entry":[{"id":"1","changes":[{"field":"messages","value":{"messages":[\(Self.message(1))]}}]}]}
      """
    let (delivery, value) = try Self.messages(in: Array(text.utf8))
    #expect(value.messages.count == 1)
    #expect(delivery.changes[0].phoneNumberID == nil)
    #expect(delivery.problems.map(\.path) == ["entry[0].changes[0].value.metadata"])
  }

  @Test func `doubled keys are reported, and the last counts`() throws {
    let body = Self.body(
      #"[{"id":"wamid.1","id":"wamid.2","timestamp":"1795255200","type":"text","text":{}}]"#
    )
    let (delivery, value) = try Self.messages(in: body)
    #expect(delivery.hasDuplicateKeys)
    #expect(value.messages.map(\.id) == ["wamid.2"])
  }

  @Test func `a problem never quotes the body`() throws {
    let secret = "4917000SECRET"
    let body = Self.body(
      #"[{"id":"wamid.1","from":["\#(secret)"],"timestamp":"\#(secret)","type":"text","text":7}]"#
    )
    let (delivery, _) = try Self.messages(in: body)
    #expect(delivery.problems.count == 3)
    #expect(!delivery.problems.description.contains(secret))
  }
}
