import CloudAPI
import Testing

@testable import Sandbox

@Suite struct GraphTests {
  @Test func `a number tells the fields that were asked for`() {
    var stage = Stage()
    let answer = stage.get(
      ["v24.0", "900800700"],
      ["fields": "display_phone_number,is_on_biz_app"]
    )
    #expect(
      answer.json == [
        "id": "900800700", "display_phone_number": "+4930000001", "is_on_biz_app": false,
      ]
    )
    let all = stage.get(["v24.0", "700100200300", "phone_numbers"]).json["data"]?.items
    #expect(all?.first?["id"]?.text == "900800700")
  }

  @Test func `what doctor asks about token and subscriptions is told`() {
    var stage = Stage()
    let token = stage.get(["debug_token"], ["input_token": "sandbox-token"]).json["data"]
    #expect(token?["is_valid"]?.flag == true)
    #expect(
      token?["scopes"] == ["whatsapp_business_management", "whatsapp_business_messaging"]
    )
    let unknown = stage.get(["debug_token"], ["input_token": "x"]).json["data"]
    #expect(unknown?["is_valid"]?.flag == false)
    let app = stage.call(
      "GET",
      ["v24.0", "500600700800", "subscriptions"],
      token: "500600700800|\(Stage.secret)"
    )
    let person = stage.get(["v24.0", "500600700800", "subscriptions"]).json
    #expect(person["error"]?["code"]?.integer == 15, "Meta shows them to the app itself only")
    let fields = app.json["data"]?.items.first?["fields"]?.items.compactMap { $0["name"]?.text }
    #expect(fields == Roster.standardFields)
  }

  @Test func `templates are made, reviewed, listed by pages and deleted`() {
    var stage = Stage()
    let path = ["v24.0", "700100200300", "message_templates"]
    for (name, text) in [("good_one", "Hello {{1}}, bye."), ("bad_one", "{{1}}{{2}}")] {
      let made = stage.post(
        [
          "name": .string(name), "language": "en_US", "category": "UTILITY",
          "components": [["type": "BODY", "text": .string(text)]],
        ],
        to: path
      )
      #expect(made.json["status"]?.text == "PENDING")
    }
    let events = stage.changes().map {
      ($0.value["message_template_name"]?.text, $0.value["event"]?.text)
    }
    #expect(events.map(\.0) == ["good_one", "bad_one"])
    #expect(events.map(\.1) == ["APPROVED", "REJECTED"])
    var names: [String] = []
    var query = ["limit": "3"]
    repeat {
      let page = stage.get(path, query).json
      names += (page["data"]?.items ?? []).compactMap { $0["name"]?.text }
      query["after"] =
        page["paging"]?["next"] == nil ? nil : page["paging"]?["cursors"]?["after"]?.text
    } while query["after"] != nil
    #expect(names == ["hello_world", "order_update", "good_one", "bad_one"])
    #expect(stage.get(path, ["after": "X"]).json.errorCode == 131059)
    #expect(stage.call("DELETE", path, query: ["name": "good_one"]).json == ["success": true])
    #expect(stage.get(path, ["name": "good_one"]).json["data"]?.items.isEmpty == true)
  }

  @Test func `whatever changes about a template is told, each change once, under its own field`()
    throws
  {
    var stage = Stage()
    let path = ["v24.0", "700100200300", "message_templates"]
    let id = try #require(stage.get(path).json["data"]?.items.first?["id"]?.text)
    let edited = stage.post(
      ["components": [["type": "BODY", "text": "New words."]]],
      to: ["v24.0", id]
    )
    #expect(edited.json == ["success": true])
    let news = stage.changes()
    #expect(
      news.map(\.field) == [
        "message_template_components_update", "message_template_status_update",
      ]
    )
    #expect(news.first?.value["message_template_element"]?.text == "New words.")
    let word: JSON = [
      "name": "hello_world", "language": "en_US", "category": "MARKETING", "quality": "RED",
    ]
    for told in [["template_category_update", "message_template_quality_update"], []] {
      _ = try stage.meta.setTemplate(word, now: stage.now)
      let news = stage.changes()
      #expect(news.map(\.field) == told)
      #expect(news.allSatisfy { $0.value["message_template_id"]?.text == id })
    }
    let listed = stage.get(path).json["data"]?.items.first
    #expect(listed?["category"]?.text == "MARKETING" && listed?["status"]?.text == "APPROVED")
    #expect(listed?["quality_score"]?["score"]?.text == "RED")
  }

  @Test func `media are kept, told, downloaded for five minutes, sent and deleted`() throws {
    var stage = Stage()
    let body = """
      --b\r\nContent-Disposition: form-data; name="messaging_product"\r\n\r\nwhatsapp\r\n--b\r\n\
      Content-Disposition: form-data; name="file"; filename="a.png"\r\n\
      Content-Type: image/png\r\n\r\nPNG--b\r\nno\r\n--b--\r\n
      """
    let upload = stage.call(
      "POST",
      ["v24.0", "900800700", "media"],
      body: Array(body.utf8),
      contentType: "multipart/form-data; boundary=b"
    )
    let id = try #require(upload.json["id"]?.text)
    let told = stage.get(["v24.0", id]).json
    #expect(told["file_size"]?.integer == Int64("PNG--b\r\nno".utf8.count))
    let path = try #require(told["url"]?.text).dropFirst("http://localhost:8090/".count)
      .split(separator: "/").map(String.init)
    #expect(stage.get(path).status == 200)
    #expect(stage.call("GET", path, token: "x").status == 401)
    stage.now += 300_000
    #expect(stage.get(path).status == 404)
    _ = try stage.meta.customerWrites(Stage.customer, [:], now: stage.now)
    let sent = stage.post([
      "messaging_product": "whatsapp", "to": .string(Stage.customer), "type": "image",
      "image": ["id": .string(id)],
    ])
    #expect(sent.status == 200)
    #expect(stage.call("DELETE", ["v24.0", id]).json == ["success": true])
    #expect(stage.get(["v24.0", id]).json.errorCode == 100)
  }

  @Test func `history can be asked for once and within a day`() {
    var stage = Stage(numbers: [Stage.coexisting])
    let path = ["v24.0", "900800700", "smb_app_data"]
    let body: JSON = ["messaging_product": "whatsapp", "sync_type": "history"]
    #expect(stage.post(body, to: path).status == 200)
    #expect(stage.changes().map(\.field) == ["history"])
    #expect(stage.post(body, to: path).json.errorCode == 2_593_107)
    stage.pass(seconds: 86_400)
    #expect(stage.post(body, to: path).json.errorCode == 2_593_108)
  }

  @Test func `history tells of both sides and opens nothing`() throws {
    var stage = Stage(numbers: [Stage.coexisting])
    _ = try stage.meta.startHistory(
      [
        "threads": [
          [
            "wa_id": .string(Stage.customer),
            "messages": [
              ["from": "customer", "text": "Ready?"], ["from": "business", "text": "Yes"],
            ],
          ]
        ]
      ],
      now: stage.now
    )
    let thread = stage.changes().first?.value["history"]?.items.first?["threads"]?.items.first
    #expect(thread?["messages"]?.items.map { $0["to"]?.text } == [nil, Stage.customer])
    _ = stage.post(Stage.text())
    #expect(stage.statuses() == ["failed 131047"])
  }

  @Test func `numbers, accounts and tokens can be added while it runs`() throws {
    var stage = Stage()
    _ = try stage.meta.addNumber(
      [
        "phone_number_id": "1", "waba_id": "2", "display_phone_number": "4930000009",
        "token": "other",
      ],
      now: stage.now
    )
    var body = Stage.template()
    body.set("to", to: "491700000042")
    #expect(stage.post(body, to: ["v24.0", "1", "messages"]).json.errorCode == 200)
    let answer = stage.call(
      "POST",
      ["v24.0", "1", "messages"],
      body: body.serialized(),
      token: "other"
    )
    #expect(answer.status == 200)
  }

  @Test func `what the webhooks say can be read by the library that reads Meta's`() throws {
    var stage = Stage(numbers: [.standard])
    for type in ["text", "image", "button", "interactive", "reaction", "unsupported", "order"] {
      _ = try stage.meta.customerWrites(
        Stage.customer,
        ["type": .string(type)],
        now: stage.now
      )
    }
    _ = try stage.meta.customerCalls(Stage.customer, ["answered": true], now: stage.now)
    _ = stage.post(Stage.text())
    let bodies = stage.bodies(within: 60)
    #expect(bodies.count == 12)
    for body in bodies {
      let delivery = try WebhookDelivery.decode(body.serialized())
      #expect(delivery.problems.isEmpty)
      #expect(delivery.changes.count == 1)
    }
  }

  @Test(arguments: [false, true])
  func `a webhook leaves out what it does not say`(hidesPhone: Bool) throws {
    var stage = Stage()
    let profile: JSON = ["hide_phone": .bool(hidesPhone)]
    _ = try stage.meta.customerWrites(Stage.customer, profile, now: stage.now)
    _ = try stage.meta.customerWrites(
      Stage.customer,
      ["type": "unsupported"],
      now: stage.now
    )
    _ = try stage.meta.customerCalls(Stage.customer, ["answered": false], now: stage.now)
    _ = try stage.meta.customerCalls(Stage.customer, ["direction": "business"], now: stage.now)
    _ = stage.post(Stage.text())
    let text = stage.bodies(within: 60).map(\.description).joined()
    #expect(text.contains("terminate") && text.contains("delivered"))
    #expect(!text.contains("null"))
    #expect(text.contains("\"from\":\"\(Stage.customer)\"") == !hidesPhone)
    #expect(text.contains("\"recipient_id\"") == !hidesPhone)
  }
}
