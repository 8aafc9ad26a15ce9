import CloudAPI
import Testing

@Suite struct OutboundMessageTests {
  static func parse(_ members: String) throws -> OutboundMessage {
    try OutboundMessage.parse(
      JSON.parse(text: #"{"messaging_product":"whatsapp",\#(members)}"#)
    )
  }

  /// The code of the error that a body is refused with; nil if it is not refused.
  static func refusal(_ members: String) throws -> Int? {
    let json = try JSON.parse(text: #"{"messaging_product":"whatsapp",\#(members)}"#)
    do throws(GraphErrorBody) {
      _ = try OutboundMessage.parse(json)
      return nil
    } catch {
      #expect(error.details?.isEmpty == false)
      #expect(error.httpStatus == 400)
      return error.code
    }
  }

  private static let hello = #""type":"text","text":{"body":"Hi"}"#
  static let to = #""to":"+491700000042","#

  @Test(
    arguments: [
      (
        #""to":"+49 170 000-0042","#,
        OutboundRecipient.phone(digits: "491700000042", written: "+49 170 000-0042")
      ),
      (#""to":"491700000042","#, .phone(digits: "491700000042", written: "491700000042")),
      (#""to":491700000042,"#, .phone(digits: "491700000042", written: "491700000042")),
      (#""recipient":"DE.55501","#, .user("DE.55501")),
      (#""recipient":"DE.ENT.55501","to":"","#, .user("DE.ENT.55501")),
      (
        #""recipient":"DE.55501","to":"+14155550100","#,
        .phone(digits: "14155550100", written: "+14155550100")
      ),
      (#""recipient_type":"group","to":"Z3JvdXA6aW52","#, .group("Z3JvdXA6aW52")),
      (
        #""recipient_type":"individual","to":"(+)1","recipient":"DE.1","#, nil
      ),
    ] as [(String, OutboundRecipient?)]
  )
  func `a recipient is a number, a BSUID or a group, and to wins`(
    members: String,
    expected: OutboundRecipient?
  ) throws {
    if let expected {
      #expect(try Self.parse(members + Self.hello).recipient == expected)
    } else {
      #expect(try Self.refusal(members + Self.hello) == 100)
    }
  }

  @Test(arguments: [
    "", #""to":"","#, #""to":null,"#, #""to":"017012345678","#, #""to":"004917012345678","#,
    #""to":"Rita","#, #""to":["491700000042"],"#, #""to":491700000042.0,"#,
    #""to":4.917e11,"#, #""to":"1701234567","#, #""to":"12","#,
    #""to":"DE.55501","#, #""recipient":"491700000042","#, #""recipient":"55501","#,
    #""recipient_type":"group","recipient":"DE.55501","#, #""recipient_type":"group","#,
    #""recipient_type":"crowd","to":"491700000042","#,
    #""recipient_type":7,"to":"491700000042","#,
  ])
  func `a recipient that Meta could not reach is error 100`(members: String) throws {
    #expect(try Self.refusal(members + Self.hello) == 100)
  }

  @Test func `what else stands in the body is kept, read and sent`() throws {
    let message = try Self.parse(
      Self.to + Self.hello
        + #","context":{"message_id":"wamid.I"},"biz_opaque_callback_data":"job:1","recipient_identity_key_hash":"h","messaging_account_id":7.0,"video":null"#
    )
    #expect(message.type == "text")
    #expect(message.content == .text(body: "Hi", showsPreview: false))
    #expect(message.contextMessageID == "wamid.I")
    #expect(message.callbackData == "job:1")
    #expect(message.recipientIdentityKeyHash == "h")
    let sent = try JSON.parse(message.serialized(callbackData: "ours"))
    #expect(sent["biz_opaque_callback_data"] == "ours")
    #expect(sent["messaging_account_id"] == .number("7.0"))
    #expect(sent["video"] == nil, "null says nothing")
    #expect(message.rewritten(callbackData: nil)["biz_opaque_callback_data"] == nil)
    var expected = message.raw
    expected.set("biz_opaque_callback_data", to: "ours")
    #expect(sent == expected)
  }

  @Test(arguments: [
    #""text":{"body":"Hi"}"#, #""method":"delete""#, #""access_token":"EAAG-foreign""#,
    #""batch":"[]""#, #""suppress_http_code":1"#, #""relative_url":"me""#,
    #""message_id":"wamid.I""#,
    #""typing_indicator":{"type":"text"}"#, #""future":{}"#, #""Type":"text""#,
  ])
  func `a member that is no part of the message is error 100 and named`(member: String) throws {
    let template = #""type":"template","template":{"name":"x","language":{"code":"de"}},"#
    let receipt = #""status":"read","message_id":"wamid.I","#
    let key = try #require(member.split(separator: "\"").first)
    for rest in [Self.to + template, receipt] {
      if rest == receipt, ["message_id", "typing_indicator"].contains(key) { continue }
      let json = try JSON.parse(text: #"{"messaging_product":"whatsapp",\#(rest)\#(member)}"#)
      let error = #expect(throws: GraphErrorBody.self) { try OutboundMessage.parse(json) }
      #expect(error?.code == 100)
      #expect(error?.details?.contains(key) == true, "\(error?.details ?? "")")
    }
  }

  @Test(arguments: [
    #""type":"template","template":{"name":"x","language":{"code":"de"}},"product_policy":"STRICT","message_activity_sharing":true"#,
    #""type":"text","text":{"body":"Hi"},"image":null,"template":null,"status_of_mine":null"#,
  ])
  func `what belongs to the kind passes, and null is nothing`(members: String) throws {
    let sent = try JSON.parse(try Self.parse(Self.to + members).serialized(callbackData: nil))
    #expect(sent.members.allSatisfy { $0.value != .null })
    #expect(sent.members.count == (sent["template"] == nil ? 4 : 6))
  }

  @Test(arguments: [
    (#"{"to":"+491700000042","type":"text","text":{"body":"Hi"}}"#, 100),
    (#"{"messaging_product":"sms","to":"+491700000042","type":"text","text":{"body":"Hi"}}"#, 100),
    ("[]", 100), ("\"x\"", 100),
  ])
  func `a body that is not WhatsApp's is error 100`(text: String, code: Int) throws {
    let json = try JSON.parse(text: text)
    let error = #expect(throws: GraphErrorBody.self) { try OutboundMessage.parse(json) }
    #expect(error?.code == code)
  }

  @Test(
    arguments: [
      (#""type":"fax","fax":{}"#, 131_051), (#""type":"TEXT","text":{"body":"Hi"}"#, 131_051),
      (#""type":"system","system":{}"#, 131_051),
      (#""type":["text"],"text":{"body":"Hi"}"#, 131_051),
      (#""template":{"name":"x"}"#, 100), (#""text":{"body":"Hi"}"#, nil),
    ] as [(String, Int?)]
  )
  func `a kind that cannot be sent is error 131051, and none at all is a text`(
    members: String,
    code: Int?
  ) throws {
    #expect(try Self.refusal(Self.to + members) == code)
  }

  @Test(
    arguments: [
      (#""type":"text","text":{"body":"\#(String(repeating: "x", count: 4_096))"}"#, nil),
      (#""type":"text","text":{"body":"\#(String(repeating: "x", count: 4_097))"}"#, 100),
      (#""type":"text","text":{"body":"\#(String(repeating: "👍", count: 2_049))"}"#, 100),
      (#""type":"text","text":{"body":""}"#, 131_008), (#""type":"text","text":{}"#, 131_008),
      (#""type":"text""#, 131_008), (#""type":"text","text":"Hi""#, 100),
      (#""type":"text","text":{"body":5}"#, 131_009),
      (#""type":"image","image":{"id":"44"}"#, nil), (#""type":"image","image":{"id":44}"#, nil),
      (#""type":"image","image":{"link":"https://x.example/a.jpg"}"#, nil),
      (#""type":"image","image":{"id":"44","link":"https://x.example/a.jpg"}"#, 100),
      (#""type":"image","image":{}"#, 100),
      (#""type":"image","image":{"link":"ftp://x"}"#, 131_009),
      (#""type":"image","image":{"link":"https://"}"#, 131_009),
      (
        #""type":"image","image":{"id":"4","caption":"\#(String(repeating: "x", count: 1_024))"}"#,
        nil
      ),
      (
        #""type":"image","image":{"id":"4","caption":"\#(String(repeating: "x", count: 1_025))"}"#,
        100
      ),
      (#""type":"audio","audio":{"id":"4","voice":true}"#, nil),
      (#""type":"audio","audio":{"id":"4","caption":"x"}"#, 131_009),
      (#""type":"sticker","sticker":{"id":"4"}"#, nil),
      (#""type":"document","document":{"id":"4","filename":"a.pdf","caption":"x"}"#, nil),
      (#""type":"location","location":{"latitude":"52.5","longitude":13.4}"#, nil),
      (#""type":"location","location":{"latitude":52.5}"#, 131_008),
      (#""type":"location","location":{"latitude":91,"longitude":0}"#, 131_009),
      (#""type":"location","location":{"latitude":90,"longitude":-180}"#, nil),
      (#""type":"location","location":{"latitude":"north","longitude":0}"#, 131_009),
      (#""type":"contacts","contacts":[{"name":{"formatted_name":"Ana"}}]"#, nil),
      (#""type":"contacts","contacts":[{"name":{"first_name":"Ana"}}]"#, 131_008),
      (#""type":"contacts","contacts":[]"#, 131_009),
      (#""type":"contacts","contacts":{}"#, 131_009),
      (
        #""type":"contacts","contacts":[{"name":{"formatted_name":"A"},"birthday":"2012-08-18"}]"#,
        nil
      ),
      (
        #""type":"contacts","contacts":[{"name":{"formatted_name":"A"},"birthday":"18.8.2012"}]"#,
        131_009
      ),
      (#""type":"reaction","reaction":{"message_id":"w","emoji":"👍🏽"}"#, nil),
      (#""type":"reaction","reaction":{"message_id":"w","emoji":""}"#, nil),
      (#""type":"reaction","reaction":{"message_id":"w","emoji":"👍👍"}"#, 131_009),
      (#""type":"reaction","reaction":{"message_id":"w","emoji":"x"}"#, 131_009),
      (#""type":"reaction","reaction":{"message_id":"w"}"#, 131_008),
      (#""type":"reaction","reaction":{"emoji":"👍"}"#, 131_008),
      (#""type":"pin","pin":{"type":"pin","message_id":"w","expiration_days":7}"#, 100),
      (#""type":"template","template":{"name":"a","language":{"code":"pt_BR"}}"#, nil),
      (#""type":"template","template":{"name":"a","language":"pt_BR"}"#, 100),
      (#""type":"template","template":{"language":{"code":"pt_BR"}}"#, 131_008),
      (
        #""type":"template","template":{"name":"a","language":{"code":"de"},"components":[{"type":"body"}]}"#,
        nil
      ),
      (
        #""type":"template","template":{"name":"a","language":{"code":"de"},"components":{}}"#,
        131_009
      ),
      (#""type":"text","text":{"body":"Hi"},"context":{}"#, 131_008),
      (#""type":"text","text":{"body":"Hi"},"context":"w""#, 100),
      (
        #""type":"text","text":{"body":"Hi"},"biz_opaque_callback_data":"\#(String(repeating: "x", count: 512))""#,
        nil
      ),
      (
        #""type":"text","text":{"body":"Hi"},"biz_opaque_callback_data":"\#(String(repeating: "x", count: 513))""#,
        100
      ),
    ] as [(String, Int?)]
  )
  func `a limit is kept on its last allowed value and refused beyond`(
    members: String,
    code: Int?
  ) throws {
    #expect(try Self.refusal(Self.to + members) == code)
  }

  @Test func `a pin is for groups, for 1 to 30 days`() throws {
    for (days, code) in [(1, nil), (30, nil), (0, 131_009), (31, 131_009)] as [(Int, Int?)] {
      let members = """
        "recipient_type":"group","to":"Z3Jv","type":"pin",
        "pin":{"type":"pin","message_id":"w","expiration_days":\(days)}
        """
      #expect(try Self.refusal(members) == code)
    }
    let unpin = try Self.parse(
      #""recipient_type":"group","to":"Z3Jv","type":"pin","pin":{"type":"unpin","message_id":"w"}"#
    )
    #expect(unpin.content == .pin(messageID: "w", isPinned: false, days: nil))
  }

  @Test func `what is judged is what the gate needs to know`() throws {
    let media = try Self.parse(
      Self.to + #""type":"audio","audio":{"link":"HTTPS://x.example/a.ogg","voice":true}"#
    )
    #expect(
      media.content
        == .media(
          OutboundMedia(
            source: .link("HTTPS://x.example/a.ogg"),
            caption: nil,
            filename: nil,
            isVoice: true
          )
        )
    )
    let template = try Self.parse(
      Self.to
        + #""type":"template","template":{"name":"a","language":{"code":"de"},"components":[{"type":"body"}]}"#
    )
    #expect(template.type == "template")
    #expect(
      template.content
        == .template(
          OutboundTemplate(name: "a", language: "de", components: [["type": "body"]])
        )
    )
    let removed = try Self.parse(
      Self.to + #""type":"reaction","reaction":{"message_id":"w","emoji":""}"#
    )
    #expect(removed.content == .reaction(messageID: "w", emoji: nil))
  }

  @Test(
    arguments: [
      (#""status":"read","message_id":"wamid.I""#, nil),
      (#""status":"read","message_id":"wamid.I","typing_indicator":{"type":"text"}"#, nil),
      (#""status":"read","message_id":"wamid.I","typing_indicator":{"type":"voice"}"#, 131_009),
      (#""status":"read""#, 131_008), (#""status":"delivered","message_id":"wamid.I""#, 100),
      (#""status":"read","message_id":"w","to":"+491700000042""#, 100),
      (#""status":"read","message_id":"w","recipient":"DE.1""#, 100),
      (#""status":"read","message_id":"w","type":"text""#, 100),
      (#""status":"read","message_id":"w","text":{"body":"Hi"}"#, 100),
    ] as [(String, Int?)]
  )
  func `a receipt is a receipt and nothing else`(members: String, code: Int?) throws {
    #expect(try Self.refusal(members) == code)
    if code == nil {
      let message = try Self.parse(members)
      #expect(message.recipient == nil)
      #expect(
        message.content
          == .receipt(messageID: "wamid.I", showsTyping: members.contains("typing_indicator"))
      )
    }
  }

  @Test func `an answer reads back in all its shapes`() throws {
    let answers = [
      SendResponse(
        messageID: "wamid.O",
        messageStatus: "accepted",
        input: "+5511",
        waID: "5511"
      ),
      SendResponse(messageID: "wamid.O", input: "BR.77", userID: "BR.77"),
      SendResponse(messageID: "wamid.O", groupID: "Z3", input: "Z3", waID: "Z3"), .success,
    ]
    for answer in answers {
      #expect(SendResponse(try JSON.parse(answer.json.serialized())) == answer)
    }
    #expect(SendResponse(["error": ["code": 1]]) == nil)
    #expect(SendResponse(["success": false]) == nil)
    #expect(SendResponse(["messages": []]) == nil)
  }
}
