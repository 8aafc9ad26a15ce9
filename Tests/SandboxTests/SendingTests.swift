import CloudAPI
import Testing

@testable import Sandbox

@Suite struct SendingTests {
  /// A stage with an open window.
  private func open(_ settings: SandboxSettings = SandboxSettings()) throws -> Stage {
    var stage = Stage(settings: settings)
    _ = try stage.meta.customerWrites(Stage.customer, [:], now: stage.now)
    _ = stage.bodies()
    return stage
  }

  @Test(arguments: [
    ("55 31 9 8765-4321", "553187654321"), ("+5511987654321", "5511987654321"),
    ("+525512345678", "5215512345678"), ("+541112345678", "5491112345678"),
    ("030 1234567", "49301234567"), ("+49 (170) 0000042", "491700000042"),
  ])
  func `a dialled number is known by its own wa_id`(written: String, waID: String) {
    var stage = Stage()
    let answer = stage.post(Stage.text(to: written))
    #expect(answer.json["contacts"]?.items.first?["wa_id"]?.text == waID)
    #expect(answer.json["contacts"]?.items.first?["input"]?.text == written)
  }

  @Test func `every status brings the callback data back, and the right ones a price`() throws {
    var stage = try open()
    _ = stage.post(Stage.text())
    let statuses = stage.changes().flatMap { $0.value["statuses"]?.items ?? [] }
    #expect(statuses.map { $0["status"]?.text } == ["sent", "delivered", "read"])
    #expect(statuses.allSatisfy { $0["biz_opaque_callback_data"]?.text == "job:1" })
    #expect(
      statuses.map { $0["pricing"]?["type"]?.text } == [
        "free_customer_service", "free_customer_service", nil,
      ]
    )
  }

  @Test func `without a known token nothing is told`() {
    var stage = Stage()
    for token in [nil, "wrong"] {
      let answer = stage.call("GET", ["v24.0", "900800700"], token: token)
      #expect(answer.status == 401)
      #expect(answer.json.errorCode == 190)
    }
  }

  @Test func `an unknown number has Meta's shape of error`() {
    var stage = Stage()
    let answer = stage.post(Stage.text(), to: ["v24.0", "1", "messages"])
    #expect(answer.status == 400)
    #expect(answer.json.errorCode == 100)
    #expect(answer.json["error"]?["error_subcode"]?.integer == 33)
    #expect(answer.json["error"]?["type"]?.text == "GraphMethodException")
    #expect(answer.json["error"]?["fbtrace_id"]?.text != nil)
  }

  private static let bad: [(body: JSON, code: Int64)] = [
    (["type": "text"], 100),
    (["messaging_product": "whatsapp", "type": "text", "text": ["body": "x"]], 131008),
    (to("abc", ["text": ["body": "x"]]), 100),
    (to("4930000001", ["text": ["body": "x"]]), 131021),
    (to(Stage.customer, ["type": "poll"]), 131051),
    (to(Stage.customer, ["type": "image"]), 131008),
    (to(Stage.customer, ["type": "image", "image": ["id": "1"]]), 100),
    (to(Stage.customer, ["text": ["body": ""]]), 131008),
    (to(Stage.customer, ["type": "interactive", "interactive": buttonless]), 100),
    (["messaging_product": "whatsapp", "status": "read", "message_id": "wamid.NONE"], 100),
  ]

  private static let buttonless: JSON = [
    "type": "button", "body": ["text": "?"], "action": ["buttons": []],
  ]

  private static func to(_ number: String, _ members: JSON) -> JSON {
    var body: JSON = ["messaging_product": "whatsapp", "to": .string(number)]
    for member in members.members { body.set(member.key, to: member.value) }
    return body
  }

  @Test(arguments: bad)
  func `what Meta would not take is refused with its code`(body: JSON, code: Int64) {
    var stage = Stage()
    let answer = stage.post(body)
    #expect(answer.status == 400)
    #expect(answer.json.errorCode == code)
  }

  @Test(arguments: [(4096, 200), (4097, 400)])
  func `a text has 4096 characters at most`(length: Int, status: Int) throws {
    var stage = try open()
    #expect(stage.post(Stage.text(String(repeating: "x", count: length))).status == status)
  }

  @Test func `reading and typing are acknowledged`() throws {
    var stage = Stage()
    let answer = try stage.meta.customerWrites(Stage.customer, [:], now: stage.now)
    let id = answer["ids"]?.items.first ?? .null
    let read = stage.post([
      "messaging_product": "whatsapp", "status": "read", "message_id": id,
      "typing_indicator": ["type": "text"],
    ])
    #expect(read.json == ["success": true])
  }

  @Test(arguments: [
    ("nobody_made_this", "en_US", Int64(132001), 404), ("hello_world", "de", 132001, 404),
    ("order_update", "en_US", 132000, 400),
  ])
  func `only an approved template with its parameters goes out`(
    name: String,
    language: String,
    code: Int64,
    status: Int
  ) {
    var stage = Stage()
    let answer = stage.post(Stage.template(name, language: language))
    #expect(answer.json.errorCode == code)
    #expect(answer.status == status)
  }

  @Test func `a template is on the phone as the customer reads it`() throws {
    var stage = Stage()
    var body = Stage.template("order_update")
    var template = body["template"] ?? .null
    template.set(
      "components",
      to: [
        [
          "type": "body",
          "parameters": [["type": "text", "text": "Anna"], ["type": "text", "text": "77"]],
        ]
      ]
    )
    body.set("template", to: template)
    #expect(stage.post(body).status == 200)
    let outbox = try stage.meta.outbox(["wa_id": Stage.customer], now: stage.now + 1000)
    let bubble = outbox["data"]?.items.first
    #expect(
      bubble?["template"]?["rendered"]?.text == "Hello Anna, there is news about your order 77."
    )
    #expect(bubble?["state"]?.text == "delivered")
  }

  @Test(arguments: [(SandboxNumber.standard, 80), (Stage.coexisting, 20)])
  func `a number passes so many messages a second and no more`(number: SandboxNumber, limit: Int) {
    var stage = Stage(numbers: [number])
    var codes: [Int64?] = []
    for index in 0...limit {
      codes.append(stage.post(Stage.text(to: "49170\(1_000_000 + index)")).json.errorCode)
    }
    #expect(codes.dropLast().allSatisfy { $0 == nil })
    #expect(codes.last == 130429)
    stage.now += (1000 + Int64(limit) - 1) / Int64(limit)
    #expect(stage.post(Stage.text()).status == 200)
  }

  @Test func `one person takes 45 messages at once and then one every six seconds`() {
    var stage = Stage()
    var codes: [Int64?] = []
    for _ in 0...45 { codes.append(stage.post(Stage.text()).json.errorCode) }
    #expect(codes.dropLast().allSatisfy { $0 == nil })
    #expect(codes.last == 131056)
    stage.now += 5999
    #expect(stage.post(Stage.text()).json.errorCode == 131056)
    stage.now += 1
    #expect(stage.post(Stage.text()).status == 200)
  }

  @Test func `after the allowance service messages are charged`() throws {
    var settings = SandboxSettings()
    settings.allowance = 1
    var stage = try open(settings)
    for _ in 0..<2 { _ = stage.post(Stage.text()) }
    let types = stage.changes().flatMap { $0.value["statuses"]?.items ?? [] }
      .filter { $0["status"]?.text == "sent" }.map { $0["pricing"]?["type"]?.text }
    #expect(types == ["free_customer_service", "regular"])
    let invoice = stage.meta.invoice(now: stage.now)
    #expect(invoice["total"] == ["amount": "0.055000", "currency": "USD"])
    #expect(invoice["lines"]?.items.count == 2)
  }

  @Test func `a message that fails costs nothing and gives the allowance back`() throws {
    var settings = SandboxSettings()
    settings.allowance = 1
    settings.hasPaymentMethod = false
    var stage = try open(settings)
    _ = try stage.meta.addFault(["kind": "code", "code": 131026], now: stage.now)
    _ = stage.post(Stage.text())
    #expect(stage.statuses() == ["failed 131026"])
    _ = stage.post(Stage.text())
    #expect(stage.statuses() == ["sent", "delivered", "read"])
    _ = stage.post(Stage.text())
    #expect(stage.statuses() == ["failed 131042"])
  }

  @Test func `from an advertisement the answer is free for 72 hours`() throws {
    var stage = Stage()
    _ = try stage.meta.customerWrites(
      Stage.customer,
      ["referral": ["source_type": "ad"]],
      now: stage.now
    )
    _ = stage.post(Stage.text())
    let sent = stage.changes().flatMap { $0.value["statuses"]?.items ?? [] }.first
    #expect(sent?["pricing"]?["type"]?.text == "free_entry_point")
    #expect(
      sent?["conversation"]?["expiration_timestamp"]?.integer == Stage.start / 1000 + 259_200
    )
  }
}
