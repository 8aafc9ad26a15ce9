import CloudAPI
import Foundation
import NIOHTTP1
import Testing

/// Promise 3 on a disk that is full.
@Suite struct FullDiskTests {
  @Test(arguments: SmallDisk.Kind.possible)
  func `on a full disk nothing acknowledged is lost, and it goes on once there is room`(
    kind: SmallDisk.Kind
  ) async throws {
    try await World.run { world in
      let disk = try SmallDisk(kind, at: world.folder + "/disk")
      defer { disk.unmount() }
      let changes = ["CAREWINDOW_DATABASE": "sqlite:\(disk.path)/carewindow.db"]
      try await disk.open(world, changes)
      try await world.writes()
      try await world.window(is: "open")
      let before = try await world.sendText("Before", key: "before")
      #expect(before.status == 200)

      try await disk.fill(world)
      var acknowledged = try await flood(world)
      let phone = try await world.phone().count
      let refused = try await world.sendText("While it is full", key: "full")
      #expect(refused.status == 503, "\(refused.text)")
      #expect(refused.json["error"]?["is_transient"]?.flag == true, "\(refused.text)")
      let problem = try await world.gateway.ask(
        .POST,
        "/v1/messages",
        [
          "from": .string(World.number), "to": .string(World.customer), "type": "text",
          "text": ["body": "While it is full"],
        ]
      )
      #expect(problem.status == 503, "\(problem.text)")
      #expect(problem["Content-Type"] == "application/problem+json")
      #expect(try await world.gateway.get("/healthz").status == 200)
      #expect(try await world.gateway.get("/readyz").status == 503)
      #expect(try await world.phone().count == phone, "what cannot be remembered is not sent")

      try await disk.free(world)
      try await Patience.until("webhooks are taken again") {
        let id = "wamid.room.\(acknowledged.count)"
        let answer = try await world.webhook(
          MetaBody.messages([(id, World.customer, "Room")], at: try await world.now / 1000)
        )
        guard answer.status == 200 else { return Void?.none }
        acknowledged.insert(id)
        return ()
      }
      #expect(try await world.gateway.get("/readyz").status == 200)
      #expect(try await world.sendText("Afterwards", key: "full").status == 200)
      try await isThere(acknowledged, world)
      #expect(try await world.sendText("Before", key: "before").body == before.body)

      await (try world.served).kill()
      try await world.serve(changes)
      try await isThere(acknowledged, world)
      #expect(
        try await world.phone().compactMap { $0["text"]?["body"]?.text } == [
          "Before", "Afterwards",
        ]
      )
    }
  }

  @Test(arguments: SmallDisk.Kind.possible)
  func `a message that Meta took is answered with 200 though the disk filled up meanwhile`(
    kind: SmallDisk.Kind
  ) async throws {
    try await World.run { world in
      let disk = try SmallDisk(kind, at: world.folder + "/disk")
      defer { disk.unmount() }
      try await disk.open(world, ["CAREWINDOW_DATABASE": "sqlite:\(disk.path)/carewindow.db"])
      try await world.writes()
      try await world.window(is: "open")
      try await world.fault(["kind": "slow", "ms": 3000])
      async let sent = world.sendText("Underway", key: "underway")
      try await Patience.until("Meta has it") { try await world.phone().count == 1 ? () : nil }
      try await disk.fill(world)
      _ = try await flood(world)
      #expect(try await world.gateway.get("/readyz").status == 503)
      let answer = try await sent
      #expect(answer.status == 200, "\(answer.text)")
      let request = try #require(answer["CareWindow-Request-Id"])

      try await disk.free(world)
      try await Patience.until("there is room again") {
        try await world.gateway.get("/readyz").status == 200 ? () : nil
      }
      try await world.advance(4 * 3600)
      let shown = try await Patience.until("the message is settled") {
        let shown = try await world.gateway.get("/v1/messages/\(request)").json
        return ["read", "delivered", "sent"].contains(shown["state"]?.text) ? shown : JSON?.none
      }
      #expect(try await world.phone().map { $0["id"]?.text } == [shown["wamid"]?.text])
      #expect(try await world.sendText("Underway", key: "underway").status == 200)
      #expect(try await world.phone().count == 1)
    }
  }

  /// Posts until nothing more fits, and gives the ids that were acknowledged all the same.
  private func flood(_ world: World) async throws -> Set<String> {
    var acknowledged: Set<String> = []
    let seconds = try await world.now / 1000
    let text = String(repeating: "x", count: 60_000)
    for index in 0..<500 {
      let id = "wamid.flood.\(index)"
      let answer = try await world.webhook(
        MetaBody.messages([(id, World.customer, text)], at: seconds)
      )
      if answer.status == 503 {
        // The rest of a page or two: small bodies do not fit either, even those that shared their commit with nobody.
        var refused = 0
        while refused < 5 {
          let id = "wamid.small.\(index).\(refused)"
          let small = try await world.webhook(
            MetaBody.messages([(id, World.customer, "x")], at: seconds)
          )
          guard small.status == 503 else {
            #expect(small.status == 200)
            acknowledged.insert(id)
            break
          }
          refused += 1
        }
        if refused == 5 { return acknowledged }
        continue
      }
      try #require(answer.status == 200, "\(answer.status)")
      acknowledged.insert(id)
    }
    throw HarnessError("The disk does not get full.")
  }

  private func isThere(_ ids: Set<String>, _ world: World) async throws {
    try await Patience.until("what was acknowledged is there") {
      let messages = try await world.gateway.list(
        "/v1/conversations/\(World.number)/\(World.customer)/messages"
      )
      return ids.isSubset(of: messages.compactMap { $0["wamid"]?.text }) ? () : nil
    }
  }
}
