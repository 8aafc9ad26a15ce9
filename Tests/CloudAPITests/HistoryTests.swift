import CloudAPI
import Testing

@Suite struct HistoryTests {
  private static func history(_ value: String) throws -> (WebhookDelivery, HistoryValue) {
    let body = """
      {"object":"whatsapp_business_account","entry":[{"id":"7","changes":[{"field":"history",
      "value":{"metadata":{"display_phone_number":"4930000001","phone_number_id":"900"},\(value)}}]}]}
      """
    let delivery = try WebhookDelivery.decode(Array(body.utf8))
    guard case .history(let value)? = delivery.changes.first?.value else {
      throw WireError(.unexpectedShape, "no history")
    }
    return (delivery, value)
  }

  @Test func `a chunk says who wrote each message`() throws {
    let (delivery, value) = try Self.history(
      """
      "history":[{"metadata":{"phase":1,"chunk_order":"4","progress":61},"threads":[
      {"id":"491700000042","context":{"wa_id":"491700000042","user_id":"DE.5","username":"anna.k"},
      "messages":[
      {"from":"491700000042","id":"wamid.1","timestamp":"1780000000","type":"text","text":{"body":"?"},
       "history_context":{"status":"READ"}},
      {"from":"4930000001","to":"491700000042","id":"wamid.2","timestamp":"1780000300",
       "type":"media_placeholder","history_context":{"status":"DELIVERED"}},
      {"from":"+4930000001","id":"wamid.3","timestamp":"1780000300","type":"text","text":{"body":"!"}},
      {"from_user_id":"DE.5","id":"wamid.4","timestamp":"1780000300","type":"text","text":{"body":"."}}
      ]},{"id":"DE.6","messages":[]}]}]
      """
    )
    #expect(delivery.problems.isEmpty)
    let chunk = try #require(value.chunks.first)
    #expect([chunk.phase, chunk.order, chunk.progress] == [1, 4, 61])
    #expect(chunk.threads[0].messages.map(\.isFromBusiness) == [false, true, true, false])
    #expect(chunk.threads[0].messages.map(\.status) == ["READ", "DELIVERED", nil, nil])
    #expect(chunk.threads[0].messages[1].content == .mediaPlaceholder)
    #expect(chunk.threads[0].username == "anna.k")
    #expect(chunk.threads[1].waID == nil)
    #expect(chunk.threads[1].userID == "DE.6")
    #expect(!value.isDeclined)
  }

  @Test func `media that follow are history, however live they look`() throws {
    let (delivery, value) = try Self.history(
      """
      "contacts":[{"wa_id":"491700000042"}],
      "messages":[{"from":"491700000042","id":"wamid.2","timestamp":"1780000300","type":"image",
      "image":{"id":"4400"}}],
      "message_echoes":[{"from":"4930000001","to":"491700000042","id":"wamid.5",
      "timestamp":"1780000300","type":"image","image":{"id":"4401"}}]
      """
    )
    #expect(delivery.problems.isEmpty)
    #expect(value.chunks.isEmpty)
    #expect(value.mediaMessages.map(\.id) == ["wamid.2"])
    #expect(value.mediaEchoes.map(\.id) == ["wamid.5"])
    #expect(value.contacts.map(\.waID) == ["491700000042"])
  }

  @Test func `a refusal to share is read inside its envelope and bare`() throws {
    let errors = #""history":[{"errors":[{"code":2593109,"title":"declined"}]}]"#
    let (delivery, value) = try Self.history(errors)
    #expect(value.isDeclined && value.chunks.isEmpty && delivery.problems.isEmpty)
    let bare = try WebhookDelivery.decode(
      Array(
        #"{"messaging_product":"whatsapp","metadata":{"phone_number_id":"900"},\#(errors)}"#.utf8
      )
    )
    #expect(bare.changes.map(\.field) == ["history"])
    #expect(bare.changes[0].phoneNumberID == "900")
    #expect(bare.changes[0].value == .history(value))
  }

  @Test func `messages under another field are never taken for history, nor the reverse`() throws {
    let chunk = #"[{"metadata":{"progress":100},"threads":[]}]"#
    let (_, live) = try DeliveryTests.messages(in: DeliveryTests.body(chunk, key: "history"))
    #expect(live == MessagesValue())
  }
}
