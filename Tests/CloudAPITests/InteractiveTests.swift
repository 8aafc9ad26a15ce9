import CloudAPI
import Testing

/// Meta's limits on interactive messages: the last allowed value, and the first beyond.
@Suite struct InteractiveTests {
  private static func check(_ interactive: JSON) throws -> Int? {
    try OutboundMessageTests.refusal(
      OutboundMessageTests.to + "\"type\":\"interactive\",\"interactive\":\(interactive)"
    )
  }

  private static func text(_ count: Int) -> JSON { .string(String(repeating: "x", count: count)) }

  private static func button(_ id: JSON, _ title: JSON) -> JSON {
    ["type": "reply", "reply": ["id": id, "title": title]]
  }

  private static func buttons(_ buttons: [JSON]) -> JSON {
    ["type": "button", "body": ["text": "?"], "action": ["buttons": .array(buttons)]]
  }

  private static func rows(_ count: Int, from start: Int = 0) -> [JSON] {
    (start..<(start + count)).map { ["id": .string("r\($0)"), "title": "T"] }
  }

  private static func list(_ sections: [JSON], body: JSON = "?") -> JSON {
    [
      "type": "list", "body": ["text": body],
      "action": ["button": "Choose", "sections": .array(sections)],
    ]
  }

  @Test func `one to three buttons, each with an id and a title of its own`() throws {
    let three = (0..<3).map { Self.button(.string("\($0)"), .string("T\($0)")) }
    #expect(try Self.check(Self.buttons(three)) == nil)
    #expect(try Self.check(Self.buttons([])) == 131_009)
    #expect(try Self.check(Self.buttons(three + [Self.button("3", "T3")])) == 131_009)
    #expect(
      try Self.check(Self.buttons([Self.button("a", "X"), Self.button("a", "Y")])) == 131_009
    )
    #expect(
      try Self.check(Self.buttons([Self.button("a", "X"), Self.button("b", "X")])) == 131_009
    )
    #expect(try Self.check(Self.buttons([Self.button(Self.text(256), Self.text(20))])) == nil)
    #expect(try Self.check(Self.buttons([Self.button(Self.text(257), "X")])) == 100)
    #expect(try Self.check(Self.buttons([Self.button("a", Self.text(21))])) == 100)
    #expect(try Self.check(Self.buttons([["type": "url", "reply": [:]]])) == 131_009)
  }

  @Test func `ten rows in all, and a title for each of several sections`() throws {
    let titled: JSON = ["title": "S", "rows": .array(Self.rows(5))]
    let more: JSON = ["title": "S", "rows": .array(Self.rows(5, from: 5))]
    #expect(try Self.check(Self.list([["rows": .array(Self.rows(10))]])) == nil)
    #expect(try Self.check(Self.list([["rows": .array(Self.rows(11))]])) == 131_009)
    #expect(try Self.check(Self.list([titled, more])) == nil)
    #expect(
      try Self.check(
        Self.list([titled, more, ["title": "S", "rows": .array(Self.rows(1, from: 10))]])
      )
        == 131_009
    )
    #expect(
      try Self.check(Self.list([titled, ["rows": .array(Self.rows(1, from: 5))]])) == 131_008
    )
    #expect(try Self.check(Self.list([titled, titled])) == 131_009)
    #expect(try Self.check(Self.list([])) == 131_009)
    #expect(try Self.check(Self.list([titled], body: Self.text(4_096))) == nil)
    #expect(try Self.check(Self.list([titled], body: Self.text(4_097))) == 100)
  }

  @Test func `a row's id, title and description have their lengths`() throws {
    func row(_ id: Int, _ title: Int, _ description: Int) -> JSON {
      Self.list([
        [
          "rows": [
            ["id": Self.text(id), "title": Self.text(title), "description": Self.text(description)]
          ]
        ]
      ])
    }
    #expect(try Self.check(row(200, 24, 72)) == nil)
    #expect(try Self.check(row(201, 24, 72)) == 100)
    #expect(try Self.check(row(200, 25, 72)) == 100)
    #expect(try Self.check(row(200, 24, 73)) == 100)
  }

  @Test func `body, footer and header have their lengths and kinds`() throws {
    var message = Self.buttons([Self.button("a", "A")])
    message.set("footer", to: ["text": Self.text(60)])
    message.set("header", to: ["type": "text", "text": Self.text(60)])
    message.set("body", to: ["text": Self.text(1_024)])
    #expect(try Self.check(message) == nil)
    let changes: [(String, JSON?, Int?)] = [
      ("footer", ["text": Self.text(61)], 100),
      ("header", ["type": "text", "text": Self.text(61)], 100),
      ("header", ["type": "image", "image": ["id": "4"]], nil),
      ("header", ["type": "image", "image": ["id": "4", "link": "https://x"]], 100),
      ("header", ["type": "sticker", "sticker": ["id": "4"]], 131_009),
      ("body", ["text": Self.text(1_025)], 100), ("body", nil, 131_008),
    ]
    for (key, value, code) in changes {
      var changed = message
      changed.set(key, to: value)
      #expect(try Self.check(changed) == code, "\(key)")
    }
    var list = Self.list([["rows": .array(Self.rows(1))]])
    list.set("header", to: ["type": "image", "image": ["id": "4"]])
    #expect(try Self.check(list) == 131_009)
  }

  @Test(
    arguments: [
      (#"{"name":"cta_url","parameters":{"display_text":"Open","url":"https://x.example"}}"#, nil),
      (#"{"name":"cta_url","parameters":{"display_text":"Open","url":"javascript:1"}}"#, 131_009),
      (
        #"{"name":"other","parameters":{"display_text":"Open","url":"https://x.example"}}"#, 131_009
      ),
      (#"{"name":"cta_url","parameters":{"url":"https://x.example"}}"#, 131_008),
      (#"{"name":"cta_url"}"#, 131_008),
    ] as [(String, Int?)]
  )
  func `a link button needs a label and an address`(action: String, code: Int?) throws {
    let json = try JSON.parse(text: action)
    #expect(
      try Self.check(["type": "cta_url", "body": ["text": "?"], "action": json]) == code
    )
  }

  @Test(
    arguments: [
      (#"{"flow_id":"1","flow_cta":"Book"}"#, nil), (#"{"flow_name":"n","flow_cta":"Book"}"#, nil),
      (#"{"flow_id":"1","flow_name":"n","flow_cta":"Book"}"#, 100), (#"{"flow_cta":"Book"}"#, 100),
      (#"{"flow_id":"1"}"#, 131_008), (#"{"flow_id":"1","flow_cta":"B","mode":"test"}"#, 131_009),
      (#"{"flow_id":"1","flow_cta":"B","mode":"draft","flow_action":"navigate"}"#, nil),
      (#"{"flow_id":"1","flow_cta":"B","flow_action":"jump"}"#, 131_009),
    ] as [(String, Int?)]
  )
  func `a flow has one name and a label`(parameters: String, code: Int?) throws {
    let json = try JSON.parse(text: parameters)
    #expect(
      try Self.check([
        "type": "flow", "body": ["text": "?"], "action": ["name": "flow", "parameters": json],
      ]) == code
    )
  }

  @Test(arguments: [(1, nil), (43_200, nil), (0, 131_009), (43_201, 131_009)] as [(Int64, Int?)])
  func `a call button lives a minute to thirty days`(minutes: Int64, code: Int?) throws {
    let action: JSON = [
      "name": "voice_call",
      "parameters": ["display_text": "Call us", "ttl_minutes": .integer(minutes)],
    ]
    #expect(
      try Self.check(["type": "voice_call", "body": ["text": "?"], "action": action]) == code
    )
  }

  @Test(arguments: [
    #"{"type":"location_request_message","body":{"text":"?"},"action":{"name":"send_location"}}"#,
    #"{"type":"request_contact_info","body":{"text":"?"},"action":{"name":"request_contact_info"}}"#,
    #"{"type":"call_permission_request","action":{"name":"call_permission_request"}}"#,
    #"{"type":"catalog_message","body":{"text":"?"},"action":{"name":"catalog_message"}}"#,
    #"{"type":"product","action":{"catalog_id":"1","product_retailer_id":"SKU"}}"#,
    #"{"type":"address_message","body":{"text":"?"},"action":{"name":"address_message","parameters":{"country":"IN"}}}"#,
    #"{"type":"order_details","action":{"name":"review_and_pay"}}"#,
    #"{"type":"invented_tomorrow","action":{}}"#,
  ])
  func `every other kind passes, the kinds of tomorrow included`(interactive: String) throws {
    let json = try JSON.parse(text: interactive)
    #expect(try Self.check(json) == nil)
    let message = try OutboundMessageTests.parse(
      OutboundMessageTests.to + "\"type\":\"interactive\",\"interactive\":\(interactive)"
    )
    #expect(
      message.content
        == .interactive(
          kind: json["type"]?.text ?? "",
          bodyText: json["body"]?["text"]?.text
        )
    )
  }

  @Test(arguments: [(29, 1, nil), (29, 2, 131_009), (30, 0, 131_009)] as [(Int, Int, Int?)])
  func `a product list has thirty products in all and none of its sections is empty`(
    first: Int,
    second: Int,
    code: Int?
  ) throws {
    func section(_ count: Int) -> JSON {
      [
        "title": "A",
        "product_items": .array(
          (0..<count).map { ["product_retailer_id": .string("SKU\($0)")] }
        ),
      ]
    }
    var list: JSON = [
      "type": "product_list", "header": ["type": "text", "text": "H"], "body": ["text": "?"],
      "action": ["catalog_id": "1", "sections": [section(first), section(second)]],
    ]
    #expect(try Self.check(list) == code)
    list.set("header", to: nil)
    #expect(try Self.check(list) == 131_008)
  }

  @Test func `a carousel has two to ten cards with the same kind of header`() throws {
    func card(_ header: String, body: JSON = "?") -> JSON {
      [
        "type": "cta_url", "header": ["type": .string(header), header: ["id": "4"]],
        "body": ["text": body], "action": ["name": "cta_url"],
      ]
    }
    func carousel(_ cards: [JSON]) -> JSON {
      ["type": "carousel", "body": ["text": "?"], "action": ["cards": .array(cards)]]
    }
    #expect(try Self.check(carousel([card("image"), card("image")])) == nil)
    #expect(try Self.check(carousel([card("image")])) == 131_009)
    #expect(
      try Self.check(carousel(Array(repeating: card("image"), count: 11))) == 131_009
    )
    #expect(try Self.check(carousel([card("image"), card("video")])) == 131_009)
    #expect(try Self.check(carousel([card("image"), card("image", body: Self.text(161))])) == 100)
    #expect(try Self.check(carousel([card("image"), card("image", body: "a\nb\nc")])) == nil)
    #expect(
      try Self.check(carousel([card("image"), card("image", body: "a\nb\nc\nd")])) == 131_009
    )
  }
}
