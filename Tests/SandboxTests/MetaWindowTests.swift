import CloudAPI
import Testing

@testable import Sandbox

@Suite struct MetaWindowTests {
  @Test(arguments: [
    (Int64(86_399), ["sent", "delivered", "read"]), (Int64(86_400), ["failed 131047"]),
  ])
  func `the last second of a window is inside and the next is not`(
    seconds: Int64,
    expected: [String]
  ) throws {
    var stage = Stage()
    _ = try stage.meta.customerWrites(Stage.customer, [:], now: stage.now)
    _ = stage.bodies(within: seconds)
    #expect(stage.post(Stage.text()).status == 200)
    #expect(stage.statuses() == expected)
  }

  @Test func `a window counts from the whole second that the webhook tells`() throws {
    var stage = Stage()
    stage.now += 999
    _ = try stage.meta.customerWrites(Stage.customer, [:], now: stage.now)
    let answer = try stage.meta.windowState(["wa_id": Stage.customer], now: stage.now)
    #expect(answer["ends_at_ms"]?.integer == Stage.start + 86_400_000)
  }

  @Test func `a free-form message to somebody who never wrote fails late`() {
    var stage = Stage()
    #expect(stage.post(Stage.text()).json.messageID?.hasPrefix("wamid.") == true)
    #expect(stage.statuses() == ["failed 131047"])
  }

  @Test func `a closed window can be answered at once`() {
    var settings = SandboxSettings()
    settings.closedWindow = .http
    var stage = Stage(settings: settings)
    let answer = stage.post(Stage.text())
    #expect(answer.status == 400)
    #expect(answer.json.errorCode == 131047)
    #expect(stage.statuses().isEmpty)
  }

  @Test(arguments: [
    ("text", true), ("image", true), ("button", true), ("interactive", true), ("order", true),
    ("location", true), ("contacts", true), ("sticker", true), ("audio", true),
    ("reaction", false), ("unsupported", false), ("edit", false), ("revoke", false),
  ])
  func `only what Meta names as a message opens`(type: String, isOpen: Bool) throws {
    var stage = Stage()
    let answer = try stage.meta.customerWrites(
      Stage.customer,
      ["type": .string(type)],
      now: stage.now
    )
    #expect(answer["window"]?["open"]?.flag == isOpen)
  }

  @Test func `where Meta is silent a lenient sandbox opens`() throws {
    var settings = SandboxSettings()
    settings.isLenient = true
    var stage = Stage(settings: settings)
    let answer = try stage.meta.customerWrites(
      Stage.customer,
      ["type": "reaction"],
      now: stage.now
    )
    #expect(answer["window"]?["open"]?.flag == true)
  }

  @Test(arguments: [false, true])
  func `a call opens whether it is answered or not`(isAnswered: Bool) throws {
    var stage = Stage()
    _ = try stage.meta.customerCalls(
      Stage.customer,
      ["answered": .bool(isAnswered)],
      now: stage.now
    )
    _ = stage.post(Stage.text())
    #expect(stage.statuses(within: 5) == ["sent", "delivered", "read"])
  }

  @Test(arguments: [
    (true, ["sent", "delivered", "read"]), (false, ["failed 131047"]),
  ])
  func `a call of the business opens if the customer takes it`(
    isAnswered: Bool,
    expected: [String]
  ) throws {
    var stage = Stage()
    _ = try stage.meta.customerCalls(
      Stage.customer,
      ["direction": "business", "answered": .bool(isAnswered)],
      now: stage.now
    )
    _ = stage.bodies(within: 120)
    _ = stage.post(Stage.text())
    #expect(stage.statuses() == expected)
  }

  @Test func `a template does not open`() {
    var stage = Stage()
    _ = stage.post(Stage.template())
    #expect(stage.statuses() == ["sent", "delivered", "read"])
    _ = stage.post(Stage.text())
    #expect(stage.statuses() == ["failed 131047"])
  }

  @Test func `an echo from the phone does not open`() throws {
    var stage = Stage(numbers: [Stage.coexisting])
    _ = try stage.meta.appWrites(["to": .string(Stage.customer), "text": "Hi"], now: stage.now)
    let changes = stage.changes()
    #expect(changes.map(\.field) == ["smb_message_echoes"])
    #expect(
      changes.first?.value["message_echoes"]?.items.first?["text"]?["body"]?.text == "Hi"
    )
    _ = stage.post(Stage.text())
    #expect(stage.statuses() == ["failed 131047"])
  }

  @Test func `a message from before onboarding does not open`() throws {
    var number = Stage.coexisting
    number.onboardedAt = Stage.start + 600_000
    var stage = Stage(numbers: [number])
    let before = try stage.meta.customerWrites(Stage.customer, [:], now: stage.now)
    #expect(before["window"]?["open"]?.flag == false)
    let after = try stage.meta.customerWrites(
      Stage.customer,
      [:],
      now: Stage.start + 600_000
    )
    #expect(after["window"]?["open"]?.flag == true)
  }

  @Test func `a message in a group opens for the group and for nobody alone`() throws {
    var stage = Stage()
    _ = try stage.meta.customerWrites(
      Stage.customer,
      ["group_id": "Z3JvdXA6MQ"],
      now: stage.now
    )
    _ = stage.bodies()
    var body = Stage.text(to: "Z3JvdXA6MQ")
    body.set("recipient_type", to: "group")
    let answer = stage.post(body)
    #expect(answer.json["messages"]?.items.first?["group_id"]?.text == "Z3JvdXA6MQ")
    #expect(stage.statuses() == ["sent", "delivered", "read"])
    _ = stage.post(Stage.text())
    #expect(stage.statuses() == ["failed 131047"])
  }

  @Test func `each business number has its own window`() throws {
    let second = SandboxNumber(
      phoneNumberID: "900800701",
      wabaID: "700100200300",
      displayPhoneNumber: "4930000002",
      tokens: ["sandbox-token"]
    )
    var stage = Stage(numbers: [.standard, second])
    _ = try stage.meta.customerWrites(
      Stage.customer,
      ["phone_number_id": "900800701"],
      now: stage.now
    )
    _ = stage.bodies()
    _ = stage.post(Stage.text())
    #expect(stage.statuses() == ["failed 131047"])
  }

  @Test func `somebody without a phone number is written to by user id`() throws {
    var stage = Stage()
    _ = try stage.meta.customerWrites("DE.55501", ["text": "Hi"], now: stage.now)
    let message = stage.changes().first?.value["messages"]?.items.first
    #expect(message?["from"] == nil)
    #expect(message?["from_user_id"]?.text == "DE.55501")
    var body = Stage.text()
    body.set("to", to: nil)
    body.set("recipient", to: "DE.55501")
    let answer = stage.post(body)
    #expect(answer.json["contacts"]?.items.first?["user_id"]?.text == "DE.55501")
    #expect(answer.json["contacts"]?.items.first?["wa_id"] == nil)
    #expect(stage.statuses() == ["sent", "delivered", "read"])
  }

  @Test func `a change of number takes the window away`() throws {
    var stage = Stage()
    _ = try stage.meta.customerWrites(Stage.customer, [:], now: stage.now)
    _ = try stage.meta.customerChanges(
      Stage.customer,
      ["moves_to": "491700000099"],
      now: stage.now
    )
    #expect(stage.changes().map(\.field) == ["messages", "messages", "user_id_update"])
    _ = stage.post(Stage.text(to: "491700000099"))
    #expect(stage.statuses() == ["failed 131047"])
  }
}
