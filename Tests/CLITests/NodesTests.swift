import CloudAPI
import NIOHTTP1
import Testing

/// Several nodes on one database.
@Suite struct NodesTests {
  @Test func `what one node was told, the other acts on`() async throws {
    try await World.run(on: .postgres) { world in
      try await world.open()
      let other = try await world.serveBeside()
      try await world.writes()
      let window = try await Patience.until("the other node knows") {
        let window = try await other.gateway.get("/v1/windows/\(World.number)/\(World.customer)")
        return window.json["state"]?.text == "open" ? window.json : JSON?.none
      }
      #expect(window["opened_by"]?["kind"]?.text == "text")
      let path = "/v24.0/\(World.number)/messages"
      let sent = try await other.gateway.ask(.POST, path, .text("From the other node"))
      #expect(sent.status == 200, "\(sent.text)")
      #expect(try await world.phone().count == 1)
      let id = sent["CareWindow-Request-Id"] ?? ""
      #expect(try await world.gateway.get("/v1/messages/\(id)").status == 200)
    }
  }

  @Test func `a key used on two nodes at once sends once`() async throws {
    try await World.run(on: .postgres) { world in
      try await world.open()
      let other = try await world.serveBeside()
      try await world.writes()
      try await world.window(is: "open")
      let answers = try await withThrowingTaskGroup(of: (String, Answer).self) { group in
        for index in 0..<40 {
          let caller = index % 2 == 0 ? world.gateway : other.gateway
          group.addTask {
            let key = "order-\(index / 4)"
            let answer = try await caller.ask(
              .POST,
              "/v24.0/\(World.number)/messages",
              .text("Only once: \(key)"),
              headers: [("Idempotency-Key", key)]
            )
            return (key, answer)
          }
        }
        return try await group.reduce(into: []) { $0.append($1) }
      }
      #expect(answers.allSatisfy { $0.1.status == 200 }, "\(answers.map { $0.1.text })")
      for (key, same) in Dictionary(grouping: answers, by: \.0) {
        // Whoever asked while nobody knew the outcome was given the request's id, and nobody another message.
        let ids = Set(same.compactMap(\.1.messageID))
        #expect(ids.filter { $0.hasPrefix("wamid.") }.count <= 1, "\(key): \(ids)")
        #expect(Set(same.map { $0.1["CareWindow-Request-Id"] }).count == 1, "\(key)")
      }
      #expect(try await world.phone().count == 10)
    }
  }

  @Test func `one conversation stays in order, whichever node a message came to`() async throws {
    try await World.run(on: .postgres) { world in
      try await world.open()
      let other = try await world.serveBeside()
      try await world.writes()
      try await world.window(is: "open")
      for index in 0..<12 {
        let caller = index % 2 == 0 ? world.gateway : other.gateway
        let sent = try await caller.ask(
          .POST,
          "/v24.0/\(World.number)/messages",
          .text("Number \(index)")
        )
        #expect(sent.status == 200, "\(sent.text)")
      }
      let texts = try await world.phone().map { $0["text"]?["body"]?.text }
      #expect(texts == (0..<12).map { "Number \($0)" })
    }
  }

  @Test func `a node that is killed leaves its work to the other, and nothing twice`() async throws
  {
    try await World.run(on: .postgres) { world in
      try await world.open()
      let other = try await world.serveBeside()
      for index in 0..<20 { try await world.writes("4917000001\(10 + index)") }
      for index in 0..<20 { try await world.window(is: "open", of: "4917000001\(10 + index)") }
      try await world.fault(["kind": "slow", "ms": 200])
      let first = world.gateway
      await withTaskGroup { group in
        for index in 0..<20 {
          group.addTask {
            // Whoever is not answered tries again elsewhere, with the same key.
            for caller in [first, other.gateway] {
              let answer = try? await caller.ask(
                .POST,
                "/v24.0/\(World.number)/messages",
                .text("Once", to: "4917000001\(10 + index)"),
                headers: [("Idempotency-Key", "order-\(index)")]
              )
              if answer?.status == 200 { return }
            }
          }
        }
        group.addTask {
          try? await Patience.until("some are on their way") {
            try await world.meta.get("/_sandbox/outbox").json["data"]?.items.isEmpty == false
              ? () : nil
          }
          await (try? world.served)?.kill()
        }
      }
      for index in 0..<20 {
        let phone = try await world.phone(of: "4917000001\(10 + index)")
        #expect(phone.count <= 1, "customer \(index) has \(phone.count)")
      }
    }
  }
}
