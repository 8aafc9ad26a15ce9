import CloudAPI
import NIOHTTP1
import Support
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
      try await world.open(World.unpaced)
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
      try await world.open(World.unpaced)
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

  @Test func `two nodes that send as fast as they can keep one number's limit together`()
    async throws
  {
    try await World.run(.real, on: .postgres) { world in
      try await world.open(["--throughput", "20"])
      try await world.sandbox(set: ["per_second": 20])
      let other = try await world.serveBeside()
      let answers = try await withThrowingTaskGroup(of: [Answer].self) { group in
        for index in 0..<8 {
          let caller = index % 2 == 0 ? world.gateway : other.gateway
          group.addTask {
            var answers: [Answer] = []
            for _ in 0..<8 {
              let path = "/v24.0/\(World.number)/messages"
              answers.append(try await caller.ask(.POST, path, .template(to: "4917000020\(index)")))
            }
            return answers
          }
        }
        return try await group.reduce(into: []) { $0 += $1 }
      }
      // 64 messages at 16 a second: whoever waits does so for less than ten seconds.
      #expect(answers.allSatisfy { $0.status == 200 }, "\(answers.map(\.text))")
      let phones = try await world.meta.get("/_sandbox/outbox").json["data"]?.items ?? []
      #expect(phones.count == 64)
    }
  }

  @Test func `a node that is stopped while its message is on its way does nothing twice later`()
    async throws
  {
    try await World.run(on: .postgres) { world in
      try await world.open()
      let other = try await world.serveBeside()
      try await world.writes()
      try await world.window(is: "open")
      try await world.fault(["kind": "slow", "ms": 500])
      async let first = other.gateway.ask(
        .POST,
        "/v24.0/\(World.number)/messages",
        .text("First"),
        headers: [("Idempotency-Key", "first")]
      )
      try await Patience.until("Meta has the first message") {
        try await world.phone().isEmpty ? nil : ()
      }
      other.child.stop()
      try await world.advance(61)
      let again = try await world.sendText("First", key: "first")
      #expect(again.status == 200 || again.status == 409, "\(again.text)")
      let second = try await world.sendText("Second")
      #expect(second.status == 200, "\(second.text)")
      other.child.goOn()
      let answer = try await first
      #expect(answer.status == 200, "\(answer.text)")
      #expect(try await world.phone().map { $0["text"]?["body"]?.text } == ["First", "Second"])
      let request = try #require(answer["CareWindow-Request-Id"])
      let shown = try await world.gateway.get("/v1/messages/\(request)").json
      #expect(
        ["handed_over", "sent", "delivered", "read"].contains(shown["state"]?.text),
        "\(shown)"
      )
    }
  }

  @Test func `a node that hears nothing of its database any more says so, and is back by itself`()
    async throws
  {
    let server = try PostgresServer.shared()
    let proxy = try await PostgresProxy(to: server)
    let address = proxy.address(try server.makeDatabase())
    try await World.run(on: .postgres, at: address) { world in
      try await world.open()
      proxy.silence()
      let (webhook, ready) = (
        try await world.webhook(
          MetaBody.messages([("wamid.lost", World.customer, "Hello")], at: 1)
        ),
        try await world.gateway.get("/readyz")
      )
      #expect([webhook.status, ready.status] == [503, 503])
      proxy.heal()
      try await world.ready()
      try await world.writes()
      try await world.window(is: "open")
    }
    try await proxy.close()
  }

  @Test func `a node that is killed leaves its work to the other, and nothing twice`() async throws
  {
    try await World.run(on: .postgres) { world in
      try await world.open(World.unpaced)
      let other = try await world.serveBeside().gateway
      let customers = (0..<20).map { "4917000001\(10 + $0)" }
      for customer in customers { try await world.writes(customer) }
      for customer in customers { try await world.window(is: "open", of: customer) }
      var answered: [String: String] = [:]
      for customer in customers.prefix(5) {
        answered[customer] = try await world.sendText("Once", to: customer, key: customer).messageID
      }
      #expect(answered.count == 5)
      try await world.fault(["kind": "slow", "ms": 200])
      answered.merge(try await killed(world, whileSendingTo: customers.dropFirst(5))) { $1 }
      // The sandbox's clock stands: nobody is waited for, and what the dead node held is held until its lease ends.
      try await world.advance(KillTests.leaseSeconds)
      for customer in customers {
        let answer = try await Patience.until("\(customer) is answered for") {
          let answer = try await world.sendText("Once", to: customer, key: customer, at: other)
          return answer.status == 200 ? answer : nil
        }
        let phone = try await world.phone(of: customer)
        #expect(phone.count <= 1, "\(customer) has \(phone.count)")
        let id = try #require(answer.messageID)
        // Of what was under way with the dead node, nobody knows whether it arrived.
        if !id.hasPrefix("carewindow.") { #expect(phone.first?["id"]?.text == id) }
        if let first = answered[customer] { #expect(first == id) }
      }
    }
  }

  /// Kills the first node while it sends to all of them; returns the ids of the messages it could answer for.
  private func killed(
    _ world: World,
    whileSendingTo customers: ArraySlice<String>
  ) async throws -> [String: String] {
    let before = try await world.messagesSeen
    return try await withThrowingTaskGroup(of: (String, String)?.self) { group in
      for customer in customers {
        group.addTask {
          let answer = try? await world.sendText("Once", to: customer, key: customer)
          return answer?.messageID.map { (customer, $0) }
        }
      }
      group.addTask {
        try await Patience.until("Meta has some, and has not answered yet") {
          try await world.messagesSeen > before ? () : nil
        }
        await (try world.served).kill()
        return nil
      }
      return try await group.reduce(into: [:]) { ids, id in
        if let (customer, message) = id { ids[customer] = message }
      }
    }
  }
}
