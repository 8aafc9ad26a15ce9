import CloudAPI
import Testing

/// The shapes of Meta's pages that no recorded payload has.
@Suite struct InboundTests {
  private static func message(_ members: String) throws -> InboundMessage {
    let body = DeliveryTests.body(
      #"[{"from":"5511999990001","id":"wamid.1","timestamp":"1795255200",\#(members)}]"#
    )
    let (delivery, value) = try DeliveryTests.messages(in: body)
    #expect(delivery.problems.isEmpty)
    return try #require(value.messages.first)
  }

  @Test func `a user who hides the phone number is known by the BSUID`() throws {
    for from in [#""from":"","#, #""from":null,"#, ""] {
      let body = DeliveryTests.body(
        """
        [{\(from)"from_user_id":"BR.77","from_parent_user_id":"BR.ENT.5","id":"wamid.1",
        "timestamp":"1795255200","type":"text","text":{"body":"Hi"}}]
        """
      )
      let (delivery, value) = try DeliveryTests.messages(in: body)
      #expect(delivery.problems.isEmpty)
      #expect(value.messages[0].from == nil)
      #expect(value.messages[0].fromUserID == "BR.77")
      #expect(value.messages[0].fromParentUserID == "BR.ENT.5")
    }
  }

  @Test func `a username is read without its at sign`() throws {
    let body = DeliveryTests.body(
      #"[{"profile":{"name":"Rita","username":"@rita.l"},"user_id":"BR.1","wa_id":""}]"#,
      key: "contacts"
    )
    let (_, value) = try DeliveryTests.messages(in: body)
    #expect(value.contacts == [ContactCard(userID: "BR.1", name: "Rita", username: "rita.l")])
  }

  @Test(arguments: [
    ("user_changed_number", #""wa_id":"5511977770009""#, SystemNotice.Kind.changedNumber),
    ("customer_changed_number", #""new_wa_id":"5511977770009""#, .changedNumber),
  ])
  func `a changed number is read in the old and the new spelling`(
    word: String,
    member: String,
    kind: SystemNotice.Kind
  ) throws {
    let message = try Self.message(
      #""type":"system","system":{"type":"\#(word)",\#(member),"customer":"5511999990001"}"#
    )
    guard case .system(let notice) = message.content else {
      Issue.record("not a notice")
      return
    }
    #expect(notice.kind == kind)
    #expect(notice.waID == "5511977770009")
    #expect(notice.customer == "5511999990001")
  }

  @Test(
    arguments: [
      (#""previous_user_id":"BR.1","body":"x""#, "BR.1"),
      (#""body":"User Rita changed from BR.1 to BR.2""#, "BR.1"),
      (#""body":"BR.2 was BR.ENT.1x before.""#, "BR.ENT.1x"),
      (#""body":"From BR.1 over BR.3 to BR.2""#, nil), (#""body":"User changed""#, nil),
    ] as [(String, String?)]
  )
  func `the earlier BSUID is read from its member or, failing that, from the sentence`(
    members: String,
    expected: String?
  ) throws {
    let message = try Self.message(
      #""type":"system","system":{"type":"user_changed_user_id","user_id":"BR.2",\#(members)}"#
    )
    guard case .system(let notice) = message.content else {
      Issue.record("not a notice")
      return
    }
    #expect(notice.previousUserID == expected)
    #expect(notice.userID == "BR.2")
  }

  @Test func `an unsupported message says why it is`() throws {
    let message = try Self.message(
      """
      "type":"unsupported","unsupported":{"type":"unknown"},"errors":[{"code":131060,
      "title":"This message is unavailable.","error_data":{"details":"Later, perhaps."}}]
      """
    )
    #expect(message.content == .unsupported(UnsupportedContent(type: "unknown")))
    #expect(message.errors.map(\.code) == [131_060])
    #expect(message.errors[0].details == "Later, perhaps.")
    #expect(message.errors[0].known?.paths == [.inbound])
  }

  @Test(arguments: [
    #""type":"interactive""#, #""type":"text""#, #""type":"contacts""#,
    #""type":"image","image":null"#,
  ])
  func `a kind without its payload is unreadable and no problem`(members: String) throws {
    #expect(try Self.message(members).content == .unreadable)
  }

  @Test func `an interactive reply of an unknown kind keeps its word`() throws {
    let message = try Self.message(
      #""type":"interactive","interactive":{"type":"hologram_reply","hologram_reply":{}}"#
    )
    #expect(message.content == .interactive(.unknown(type: "hologram_reply")))
  }

  @Test func `a number in an order or location may be text, integer or decimal`() throws {
    let order = try Self.message(
      """
      "type":"order","order":{"catalog_id":88,"text":"","product_items":[
      {"product_retailer_id":"S","quantity":"2","item_price":7.99,"currency":"EUR"},
      {"product_retailer_id":"T","quantity":1,"item_price":30,"currency":"EUR"}]}
      """
    )
    guard case .order(let content) = order.content else {
      Issue.record("not an order")
      return
    }
    #expect(content.catalogID == "88")
    #expect(content.text == nil)
    #expect(content.items.map(\.quantity) == [2, 1])
    #expect(content.items.map(\.price) == ["7.99", "30"])
    let place = try Self.message(
      #""type":"location","location":{"latitude":"-23.5","longitude":46}"#
    )
    #expect(place.content == .location(LocationContent(latitude: -23.5, longitude: 46)))
  }

  @Test func `a forwarded message and a question about a product are told apart`() throws {
    let text = #""type":"text","text":{"body":"x"},"context":"#
    #expect(try Self.message(text + #"{"forwarded":true}"#).context?.isForwarded == true)
    #expect(
      try Self.message(text + #"{"frequently_forwarded":true}"#).context?.isFrequentlyForwarded
        == true
    )
    let asked = try Self.message(
      text
        + #"{"from":"1","id":"w","referred_product":{"catalog_id":"c","product_retailer_id":"p"}}"#
    )
    #expect(
      asked.context
        == MessageContext(id: "w", from: "1", catalogID: "c", productRetailerID: "p")
    )
  }

  @Test func `a status names its group participant and what the sender attached`() throws {
    let body = DeliveryTests.body(
      """
      [{"id":"wamid.G","status":"delivered","timestamp":"1795255300","recipient_id":"Z3Jv",
      "recipient_type":"group","recipient_participant_id":"5511","recipient_participant_user_id":"BR.1",
      "biz_opaque_callback_data":"job:1","pricing":{"billable":true,"pricing_model":"PMP",
      "type":"regular","category":"authentication-international"}},
      {"id":"wamid.H","status":"sent","timestamp":"1795255300","parent_recipient_user_id":"BR.ENT.1"},
      {"id":"wacid.1","type":"call","status":"RINGING","timestamp":"1795255300"},
      {"id":"wamid.K","status":"warning","timestamp":"1795255300"},
      {"id":"wamid.L","timestamp":"1795255300"}]
      """,
      key: "statuses"
    )
    let (delivery, value) = try DeliveryTests.messages(in: body)
    #expect(value.statuses.map(\.id) == ["wamid.G", "wamid.H", "wamid.K"])
    #expect(value.statuses[0].participantID == "5511")
    #expect(value.statuses[0].callbackData == "job:1")
    #expect(value.statuses[0].pricing?.category == "authentication_international")
    #expect(value.statuses[1].recipientParentUserID == "BR.ENT.1")
    #expect(value.statuses[2].kind == .other("warning"))
    #expect(value.callStatuses.map(\.kind) == [.ringing])
    #expect(delivery.problems.map(\.path) == ["entry[0].changes[0].value.statuses[4].status"])
  }

  @Test(
    arguments: [
      (#""direction":"USER_INITIATED","from":"1","to":"2""#, CallEvent.Direction.customerCalls),
      (#""direction":"business_initiated","from":"1","to":"2""#, .businessCalls),
      (#""from":"4930000001","to":"491700000042""#, .businessCalls),
      (#""from":"491700000042","to":"4930000001""#, .customerCalls),
      (#""from":"1","to":"2""#, nil), (#""from":"4930000001","to":"4930000001""#, nil),
      (#""from_user_id":"DE.5""#, nil),
    ] as [(String, CallEvent.Direction?)]
  )
  func `who calls is read, or inferred from the business's own number`(
    members: String,
    expected: CallEvent.Direction?
  ) throws {
    let body = DeliveryTests.body(
      #"[{"id":"wacid.1","event":"connect","timestamp":"1795256000",\#(members)}]"#,
      field: "calls",
      key: "calls"
    )
    guard case .calls(let value) = try WebhookDelivery.decode(body).changes[0].value else {
      Issue.record("not calls")
      return
    }
    #expect(value.calls.map(\.direction) == [expected])
  }

  @Test func `a call's ending is read in either case`() throws {
    let body = DeliveryTests.body(
      """
      [{"id":"wacid.1","event":"terminate","timestamp":"1795256130","status":"Completed",
      "start_time":"1795256010","end_time":1795256130,"duration":"120"},
      {"id":"wacid.2","event":"terminate","timestamp":"1795256130","status":"FAILED"}]
      """,
      field: "calls",
      key: "calls"
    )
    guard case .calls(let value) = try WebhookDelivery.decode(body).changes[0].value else {
      Issue.record("not calls")
      return
    }
    #expect(value.calls.map(\.ending) == [.completed, .failed])
    #expect(value.calls[0].startedAt == 1_795_256_010)
    #expect(value.calls[0].endedAt == 1_795_256_130)
    #expect(value.calls[0].durationSeconds == 120)
    #expect(value.calls[1].startedAt == nil)
  }
}
