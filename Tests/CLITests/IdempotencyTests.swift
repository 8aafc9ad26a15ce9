import CloudAPI
import NIOHTTP1
import Testing

/// The same request again: at both doors, by one key.
@Suite struct IdempotencyTests {
  @Test(arguments: World.Engine.allCases)
  func `a key gives the first answer again and sends once`(_ engine: World.Engine) async throws {
    try await World.run(on: engine) { world in
      try await world.open()
      try await world.writes()
      try await world.window(is: "open")
      let first = try await world.sendText("Once", key: "order-17")
      #expect(first.status == 200)
      for _ in 0..<3 {
        let again = try await world.sendText("Once", key: "order-17")
        #expect(again.status == 200)
        #expect(again.body == first.body)
        #expect(again["CareWindow-Request-Id"] == first["CareWindow-Request-Id"])
      }
      // The same message, written differently.
      let spaced = """
        { "type": "text", "to": "\(World.customer)", "text": { "body": "\\u004fnce" },
          "recipient_type": "individual", "messaging_product": "whatsapp" }
        """
      let rewritten = try await world.gateway.ask(
        .POST,
        "/v24.0/\(World.number)/messages",
        bytes: Array(spaced.utf8),
        headers: [("Content-Type", "application/json"), ("Idempotency-Key", "order-17")]
      )
      #expect(rewritten.body == first.body, "\(rewritten.status) \(rewritten.text)")
      let other = try await world.sendText("Twice", key: "order-17")
      #expect(other.status == 409)
      #expect(other.json["error"]?["message"]?.text != nil)
      let policy = try await world.send(
        .text("Once"),
        headers: [("Idempotency-Key", "order-17"), ("CareWindow-If-Closed", "refuse")]
      )
      #expect(policy.status == 409, "another policy is another request")
      #expect(try await world.phone().count == 1)
    }
  }

  @Test(arguments: World.Engine.allCases)
  func `many at once with one key send once`(_ engine: World.Engine) async throws {
    try await World.run(on: engine) { world in
      try await world.open()
      try await world.writes()
      try await world.window(is: "open")
      try await world.fault(["kind": "slow", "ms": 300])
      let ids = try await withThrowingTaskGroup(of: (Int, String?).self) { group in
        for _ in 0..<16 {
          group.addTask {
            let answer = try await world.sendText("Only one of us", key: "storm")
            return (answer.status, answer.messageID)
          }
        }
        return try await group.reduce(into: [(Int, String?)]()) { $0.append($1) }
      }
      #expect(ids.allSatisfy { $0.0 == 200 }, "\(ids)")
      #expect(Set(ids.map(\.1)).count == 1)
      #expect(try await world.phone().count == 1)
    }
  }

  @Test(arguments: [true, false], World.Engine.allCases)
  func `what Meta took and answered with 500 is no error, and one message, key or not`(
    hasKey: Bool,
    _ engine: World.Engine
  ) async throws {
    try await World.run(on: engine) { world in
      try await world.open()
      try await world.writes()
      try await world.window(is: "open")
      try await world.fault(["kind": "http_status", "status": 500, "when": "after"])
      let key = hasKey ? "order-18" : nil
      let first = try await world.sendText("Once", key: key)
      #expect(first.status == 200, "\(first.text)")
      #expect(first["CareWindow-Verdict"] == "unknown")
      let request = try #require(first["CareWindow-Request-Id"])
      #expect(first.messageID == "carewindow.\(request)")
      try await world.advance(10)
      try await Patience.until("the status settled it") {
        let shown = try await world.gateway.get("/v1/messages/\(request)").json
        return shown["state"]?.text == "read" ? () : nil
      }
      if hasKey {
        let again = try await world.sendText("Once", key: key)
        #expect(again.status == 200 && again.body == first.body, "\(again.text)")
      }
      #expect(try await world.phone().count == 1)
    }
  }

  @Test(arguments: World.Engine.allCases)
  func `a refusal leaves the key free`(_ engine: World.Engine) async throws {
    try await World.run(on: engine) { world in
      try await world.open()
      #expect(try await world.sendText("Too early", key: "k").errorCode == 131047)
      let wrong = try await world.send(
        ["messaging_product": "whatsapp", "to": "4917", "type": "text"],
        headers: [("Idempotency-Key", "k")]
      )
      #expect(wrong.status == 400)
      try await world.writes()
      try await world.window(is: "open")
      #expect(try await world.sendText("Now", key: "k").status == 200)
      #expect(try await world.phone().count == 1)
    }
  }

  @Test(arguments: World.Engine.allCases)
  func `both doors share the key, and another token has keys of its own`(_ engine: World.Engine)
    async throws
  {
    try await World.run(on: engine) { world in
      try await world.open()
      try await world.writes()
      try await world.window(is: "open")
      let body: JSON = [
        "from": .string(World.number), "to": .string(World.customer), "type": "text",
        "text": ["body": "Through the other door"],
      ]
      let key = [("Idempotency-Key", "shared")]
      let first = try await world.gateway.ask(.POST, "/v1/messages", body, headers: key)
      #expect(first.status == 202, "\(first.text)")
      let again = try await world.gateway.ask(.POST, "/v1/messages", body, headers: key)
      #expect(again.status == 202)
      #expect(again.json["id"] == first.json["id"])
      let facade = try await world.sendText("Something else", key: "shared")
      #expect(facade.status == 409, "\(facade.text)")
      try await Patience.until("the message is on the phone") {
        try await world.phone().count == 1 ? () : nil
      }
      try await world.createToken("other")
      #expect(try await world.sendText("Mine", key: "shared").status == 200)
      #expect(try await world.phone().count == 2)
    }
  }
}
