import CloudAPI
import CustomerCare
import Testing

/// What a company lives through, with the binary, over HTTP, by the sandbox's clock.
@Suite struct StoryTests {
  @Test(arguments: World.Engine.allCases)
  func `the window opens, closes after a day, and a call opens it again`(_ engine: World.Engine)
    async throws
  {
    try await World.run(on: engine) { world in
      try await world.open()
      try await world.writes(World.customer, ["text": "Is my bike ready?"])
      let open = try await world.window(is: "open")
      #expect(open["opened_by"]?["kind"]?.text == "text")
      #expect(open["allowed"]?.items == ["free_form", "template"])

      let sent = try await world.sendText("Yes, come by until six.")
      #expect(sent.status == 200)
      #expect(sent.messageID?.hasPrefix("wamid.") == true)
      #expect(sent["CareWindow-Request-Id"]?.isEmpty == false)
      #expect(sent["CareWindow-Window"] == "open; closes=\(open["closes_at"]?.text ?? "")")
      let phone = try await world.phone()
      #expect(phone.map { $0["id"]?.text } == [sent.messageID])
      #expect(phone.first?["text"]?["body"]?.text == "Yes, come by until six.")

      try await world.advance(86_400)
      let closed = try await world.window(is: "closed")
      #expect(closed["closed_since"]?.text == open["closes_at"]?.text)
      #expect(closed["allowed"]?.items == ["template"])
      let refused = try await world.sendText("Are you still coming?")
      #expect(refused.status == 400)
      #expect(refused.errorCode == 131047)
      #expect(refused["CareWindow-Window"] == "closed; since=\(open["closes_at"]?.text ?? "")")
      #expect(refused["CareWindow-Request-Id"]?.isEmpty == false)
      let details = refused.json["error"]?["error_data"]?["details"]?.text ?? ""
      #expect(details.contains(open["closes_at"]?.text ?? "-"), "\(details)")
      #expect(details.contains("template"), "\(details)")
      #expect(try await world.phone().count == 1)

      try await world.calls()
      let again = try await world.window(is: "open")
      #expect(again["opened_by"]?["kind"]?.text == "user_call")
      #expect(try await world.sendText("Nice that you called.").status == 200)
      #expect(try await world.phone().count == 2)
    }
  }

  @Test(arguments: World.Engine.allCases)
  func `a template goes out while the window is closed`(_ engine: World.Engine) async throws {
    try await World.run(on: engine) { world in
      try await world.open()
      let template: JSON = [
        "messaging_product": "whatsapp", "to": .string(World.customer), "type": "template",
        "template": ["name": "hello_world", "language": ["code": "en_US"]],
      ]
      let sent = try await world.send(template)
      #expect(sent.status == 200, "\(sent.text)")
      #expect(sent["CareWindow-Window"] == "never-opened")
      #expect(try await world.phone().map { $0["type"]?.text } == ["template"])
    }
  }

  @Test(arguments: World.Engine.allCases)
  func `nothing free-form is tried in the last minute of a window`(_ engine: World.Engine)
    async throws
  {
    try await World.run(on: engine) { world in
      try await world.open()
      try await world.writes()
      let open = try await world.window(is: "open")
      let closesAt = try #require(Instant(rfc3339: open["closes_at"]?.text ?? ""))
      let left = closesAt.milliseconds - (try await world.now)
      try await world.advance(milliseconds: Int(left) - 62_000)
      let inside = try await world.sendText("Two seconds before the margin")
      #expect(inside.status == 200, "\(inside.text)")
      try await world.advance(2)
      try await Patience.until("free-form is not allowed any more") {
        try await world.window()["allowed"]?.items == ["template"] ? () : nil
      }
      #expect(try await world.window()["state"]?.text == "open")
      let late = try await world.sendText("At the margin")
      #expect(late.errorCode == 131047)
      #expect(late["CareWindow-Window"]?.hasPrefix("open; closes=") == true)
      #expect(try await world.phone().count == 1)
    }
  }

  @Test(arguments: World.Engine.allCases)
  func `what Meta says of a number nobody added waits for it`(_ engine: World.Engine) async throws {
    try await World.run(on: engine) { world in
      try await world.open()
      try await world.sandbox(number: [
        "phone_number_id": "900800701", "waba_id": .string(World.waba),
        "display_phone_number": "+4930000002", "token": .string(World.accessToken),
      ])
      try await world.writes(World.customer, ["phone_number_id": "900800701", "text": "Anyone?"])
      let waiting = try await Patience.until("the entry is unclaimed") {
        let report = try await world.doctor()
        return report["journal"]?["unclaimed"]?.integer == 1 ? report : JSON?.none
      }
      let check = waiting["checks"]?.items.first { $0["name"]?.text == "journal.unclaimed" }
      #expect(check?["ok"]?.flag == false)
      #expect(check?["detail"]?.text?.contains("900800701") == true)
      #expect(check?["remedy"]?.text?.contains("number add") == true)
      #expect(try await world.gateway.get("/v1/windows/900800701/\(World.customer)").status == 404)

      try await world.addNumber(id: "900800701", display: "+4930000002")
      try await world.window(is: "open", number: "900800701")
      #expect(try await world.doctor()["journal"]?["unclaimed"]?.integer == 0)
      let sent = try await world.sendText("We are here.", from: "900800701")
      #expect(sent.status == 200, "\(sent.text)")
      #expect(try await world.window()["state"]?.text == "never_opened")
    }
  }

  /// How late a webhook comes, and what it leaves of the window.
  struct Late: Sendable {
    let hours: Int
    let state: String
    let secondsLeft: ClosedRange<Int64>
  }

  @Test(
    arguments: [
      Late(hours: 23, state: "open", secondsLeft: 3600...3601),
      Late(hours: 25, state: "closed", secondsLeft: 0...0),
    ],
    World.Engine.allCases
  )
  func `a late webhook opens only for what is left of the day`(
    _ late: Late,
    _ engine: World.Engine
  ) async throws {
    let (hours, state) = (late.hours, late.state)
    try await World.run(on: engine) { world in
      try await world.open()
      try await world.writes(World.customer, ["delay_ms": .integer(hours * 3_600_000)])
      #expect(try await world.window()["state"]?.text == "never_opened")
      try await world.advance(hours * 3600)
      let window = try await world.window(is: state)
      if state == "open" {
        // The sandbox's time goes on from the fraction of a second at which it began.
        #expect(late.secondsLeft.contains((window["seconds_left"]?.integer ?? -1) + 1), "\(window)")
      }
      let answer = try await world.sendText("Late, but read")
      #expect(answer.status == (state == "open" ? 200 : 400), "\(answer.text)")
      #expect(try await world.phone().count == (state == "open" ? 1 : 0))
    }
  }

  @Test(arguments: World.Engine.allCases)
  func `webhooks twice and out of order leave one conversation and one window`(
    _ engine: World.Engine
  ) async throws {
    try await World.run(on: engine) { world in
      try await world.open()
      try await world.fault(["kind": "duplicate", "probability": 1, "ms": 500])
      try await world.fault(["kind": "reorder", "probability": 1, "ms": 2000])
      var ids: Set<String> = []
      for index in 0..<20 {
        let written = try await world.writes(World.customer, ["text": .string("Line \(index)")])
        ids.formUnion((written["ids"]?.items ?? []).compactMap(\.text))
        try await world.advance(milliseconds: 100)
      }
      try await world.advance(30)
      try await Patience.until("every message is there") {
        try await world.gateway.list(
          "/v1/conversations/\(World.number)/\(World.customer)/messages"
        ).count >= 20 ? () : nil
      }
      let messages = try await world.gateway.list(
        "/v1/conversations/\(World.number)/\(World.customer)/messages"
      )
      #expect(messages.count == 20)
      #expect(Set(messages.compactMap { $0["wamid"]?.text }) == ids)
      let ledger = try await world.gateway.list(
        "/v1/windows/\(World.number)/\(World.customer)/ledger"
      )
      #expect(ledger.count == 20)
      let doctor = try await world.doctor()
      #expect(doctor["journal"]?["entries"]?.integer ?? 0 >= 40)
    }
  }
}
