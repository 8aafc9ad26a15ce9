import CloudAPI
import NIOHTTP1
import Testing

/// A power cut exactly between two steps of a flow.
@Suite struct StepBoundaryTests {
  /// Meta tells nothing of a message for an hour, so that a test sees what is known without.
  private static let silentMeta: JSON = [
    "sent_after_ms": 3_600_000, "delivered_after_ms": 3_601_000, "read_after_ms": .null,
  ]

  private func post(_ text: String, _ world: World) async throws -> String {
    let answer = try await world.gateway.ask(
      .POST,
      "/v1/messages",
      [
        "from": .string(World.number), "to": .string(World.customer), "type": "text",
        "text": ["body": .string(text)],
      ]
    )
    try #require(answer.status == 202, "\(answer.text)")
    return try #require(answer.json["id"]?.text)
  }

  private func state(of request: String, is wanted: String, _ world: World) async throws {
    try await Patience.until("request \(request) is \(wanted)") {
      try await world.gateway.get("/v1/messages/\(request)").json["state"]?.text == wanted
        ? () : nil
    }
  }

  private func phone(holds texts: [String], _ world: World) async throws {
    let found = try await Patience.until("the phone holds \(texts)") {
      let phone = try await world.phone().compactMap { $0["text"]?["body"]?.text }
      return phone.count >= texts.count ? phone : nil
    }
    #expect(found == texts)
  }

  private func open(_ world: World) async throws {
    try await world.open()
    try await world.sandbox(set: Self.silentMeta)
    try await world.writes()
    try await world.window(is: "open")
  }

  private func restart(_ world: World) async throws {
    await (try world.served).kill()
    try await world.serve()
  }

  @Test func `after journal: a webhook is there although its 200 was the last word`() async throws {
    try await World.run { world in
      try await world.open()
      let seconds = try await world.now / 1000
      for round in 0..<20 {
        let body = MetaBody.messages(
          [("wamid.last.\(round)", World.customer, "Last \(round)")],
          at: seconds
        )
        #expect(try await world.webhook(body).status == 200)
        try await restart(world)
      }
      try await Patience.until("all messages are there") {
        let messages = try await world.gateway.list(
          "/v1/conversations/\(World.number)/\(World.customer)/messages"
        )
        return messages.count == 20 ? () : nil
      }
      try await world.window(is: "open")
    }
  }

  @Test func `after dispatch: a message without an answer is unknown until Meta tells`()
    async throws
  {
    try await World.run { world in
      try await open(world)
      try await world.fault(["kind": "timeout"])
      let request = try await post("Once and only once", world)
      try await phone(holds: ["Once and only once"], world)
      try await restart(world)
      try await world.advance(61)
      try await state(of: request, is: "unknown", world)
      try await world.advance(3600)
      try await state(of: request, is: "delivered", world)
      let shown = try await world.gateway.get("/v1/messages/\(request)").json
      #expect(try await world.phone().map { $0["id"]?.text } == [shown["wamid"]?.text])
    }
  }

  @Test func `after dispatch: the same key tells that the outcome is unknown, and sends nothing`()
    async throws
  {
    try await World.run { world in
      try await open(world)
      try await world.fault(["kind": "timeout"])
      async let lost = try? world.sendText("With a key", key: "crash")
      try await phone(holds: ["With a key"], world)
      try await restart(world)
      #expect(await lost == nil)
      try await world.advance(61)
      let again = try await Patience.until("the lease has ended") {
        let again = try await world.sendText("With a key", key: "crash")
        return again.status == 409 ? nil : again
      }
      #expect(again.status == 200, "\(again.text)")
      #expect(again.messageID?.hasPrefix("carewindow.") == true)
      #expect(again["CareWindow-Verdict"] == "unknown")
      try await phone(holds: ["With a key"], world)
    }
  }

  @Test func `a message that may be lost is never sent again by itself`() async throws {
    try await World.run { world in
      try await open(world)
      try await world.fault(["kind": "drop"])
      let answer = try await world.sendText("Lost on the way")
      #expect(answer.status == 200, "\(answer.text)")
      #expect(answer["CareWindow-Verdict"] == "unknown")
      let request = try #require(answer["CareWindow-Request-Id"])
      #expect(answer.messageID == "carewindow.\(request)")
      try await state(of: request, is: "unknown", world)
      try await world.advance(7 * 86_400 + 60)
      try await state(of: request, is: "failed", world)
      #expect(try await world.messagesSeen == 1, "only what the customer wrote")
    }
  }

  @Test func `after reserve: what was accepted at the commit goes out after the restart`()
    async throws
  {
    try await World.run { world in
      try await open(world)
      try await world.fault(["kind": "timeout"])
      let first = try await post("First", world)
      try await phone(holds: ["First"], world)
      let second = try await post("Second", world)
      let shown = try await world.gateway.get("/v1/messages/\(second)").json
      #expect(shown["state"]?.text == "accepted")
      try await restart(world)
      try await world.advance(61)
      try await phone(holds: ["First", "Second"], world)
      try await world.advance(3700)
      try await state(of: first, is: "delivered", world)
      try await state(of: second, is: "delivered", world)
      try await phone(holds: ["First", "Second"], world)
    }
  }

  @Test func `after reserve: without a key nothing is sent later`() async throws {
    try await World.run { world in
      try await open(world)
      try await world.fault(["kind": "timeout"])
      _ = try await post("First", world)
      try await phone(holds: ["First"], world)
      let reserved = try await world.reserved
      async let lost = try? world.sendText("Nobody waits for this any more")
      try await world.reserves(after: reserved)
      try await restart(world)
      #expect(await lost == nil)
      let third = try await post("Third", world)
      try await world.advance(61)
      try await phone(holds: ["First", "Third"], world)
      try await world.advance(3700)
      try await state(of: third, is: "delivered", world)
      try await phone(holds: ["First", "Third"], world)
    }
  }

  @Test func `who hangs up before dispatch gets nothing sent, unless there is a key`() async throws
  {
    try await World.run { world in
      try await open(world)
      try await world.fault(["kind": "slow", "ms": 1500])
      _ = try await post("Slow", world)
      try await phone(holds: ["Slow"], world)
      for key in ["", "Idempotency-Key: kept\r\n"] {
        let body = JSON.text(key.isEmpty ? "Hung up" : "Kept").serialized()
        let reserved = try await world.reserved
        let connection = try RawConnection(port: world.gatewayPort)
        await connection.send(
          "POST /v24.0/\(World.number)/messages HTTP/1.1\r\nHost: 127.0.0.1\r\n\(key)"
            + "Authorization: Bearer \(world.gateway.token ?? "")\r\n"
            + "Content-Type: application/json\r\nContent-Length: \(body.count)\r\n\r\n"
        )
        await connection.send(body)
        try await world.reserves(after: reserved)
        connection.close()
      }
      try await phone(holds: ["Slow", "Kept"], world)
      let last = try await post("Last", world)
      try await phone(holds: ["Slow", "Kept", "Last"], world)
      try await world.advance(3700)
      try await state(of: last, is: "delivered", world)
      try await phone(holds: ["Slow", "Kept", "Last"], world)
    }
  }

  @Test func `behind a dead gateway's message nobody is told “not sent” of what is sent later`()
    async throws
  {
    try await World.run(.real) { world in
      try await open(world)
      try await world.fault(["kind": "timeout"])
      _ = try await post("First", world)
      try await phone(holds: ["First"], world)
      try await restart(world)
      let answer = try await world.sendText("Second", key: "behind")
      let isPromised = answer.status == 200 || answer.status == 409
      #expect(isPromised || answer.errorCode == 131056, "\(answer.status) \(answer.text)")
      try await world.advance(61)
      if isPromised {
        try await phone(holds: ["First", "Second"], world)
        #expect(try await world.sendText("Second", key: "behind").status == 200)
      }
      _ = try await post("Third", world)
      try await phone(holds: ["First"] + (isPromised ? ["Second"] : []) + ["Third"], world)
    }
  }

  @Test func `asked to end, it finishes what is on its way`() async throws {
    try await World.run { world in
      try await open(world)
      try await world.fault(["kind": "slow", "ms": 700])
      async let answer = world.sendText("Just in time")
      try await phone(holds: ["Just in time"], world)
      let child = try world.served
      child.terminate()
      #expect(try await answer.status == 200)
      #expect(try await child.end() == 0, "\(child.errors.suffix(500))")
    }
  }
}

extension World {
  /// How many requests the running gateway has reserved, by its own count.
  fileprivate var reserved: Int {
    get async throws {
      let metrics = try await Caller(base: "http://127.0.0.1:\(metricsPort)").get("/metrics").text
      let counted = metrics.split(separator: "\n").first {
        $0.hasPrefix(#"carewindow_messages_total{state="accepted"}"#)
      }
      return counted?.split(separator: " ").last.flatMap { Int($0) } ?? 0
    }
  }

  /// Waits until one more request is reserved than there were.
  fileprivate func reserves(after count: Int) async throws {
    try await Patience.until("one more request is reserved") {
      try await reserved > count ? () : nil
    }
  }
}
