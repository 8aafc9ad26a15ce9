import CloudAPI
import NIOHTTP1
import Support
import Testing

/// Receivers that do what no receiver should, and nodes that die: callbacks as the world outside meets them.
@Suite struct CallbackTroubleTests {
  /// Where one callback goes, and how its deliveries end: all arrive, none does, or not until somebody lets go.
  private enum End: String, Sendable {
    case arrive, fail, wait
  }

  private static let kinds = "meta.raw,message.received"

  @Test(
    arguments: [
      ("slow", .arrive), ("hangs", .wait), ("broken", .fail), ("moved", .fail), ("lies", .arrive),
      ("boasts", .arrive), ("down", .fail),
    ] as [(String, End)]
  )
  private func `a receiver that misbehaves delays neither webhooks nor another receiver`(
    manner: String,
    end: End
  ) async throws {
    try await World.run(.real) { world in
      try await world.open(changes: World.callbackNetworks)
      let receiver = try await world.receiver()
      let nobody = "http://127.0.0.1:\(try Ports.free())/"
      let bad = try await world.addCallback(
        manner == "down" ? nobody : receiver.base + "/" + manner,
        Self.kinds
      )
      try await world.addCallback(receiver.base + "/good", Self.kinds)
      let customers = (0..<12).map { "49170000\(7_000 + $0)" }
      for customer in customers { try await world.writes(customer) }
      for customer in customers { try await world.window(is: "open", of: customer) }
      try await Patience.until("the good receiver has everything") {
        try receiver.told(at: "/good").count == 2 * customers.count ? () : nil
      }
      #expect(try receiver.told(at: "/trap").isEmpty, "no redirect is followed")
      switch end {
      case .wait: #expect(try await world.pending(of: bad) > 0)
      case .fail:
        #expect(try await world.pending(of: bad) == Int64(2 * customers.count))
      case .arrive: break
      }
      guard end != .fail else { return }
      try await receiver.openDoor()
      try await Patience.until("the other one has everything, too") {
        try await world.pending(of: bad) == 0 ? () : nil
      }
      let ids = try receiver.told(at: "/" + manner).map(\.id)
      #expect(ids.count == 2 * customers.count && Set(ids).count == ids.count)
    }
  }

  /// The texts that came of one customer, in the order in which they came.
  private func texts(_ told: [Receiver.Told], of customer: String) -> [String] {
    told.map { $0.body["data"] ?? .null }.filter { $0["customer"]?["wa_id"]?.text == customer }
      .compactMap { $0["message"]?["text"]?["body"]?.text }
  }

  @Test func `two nodes deliver each thing once, and a conversation in its order`() async throws {
    try await World.run(on: .postgres) { world in
      let changes = World.callbackNetworks.merging(["CAREWINDOW_LOG_LEVEL": "debug"]) { $1 }
      try await world.open(changes: changes)
      let other = try await world.serveBeside(changes)
      let receiver = try await world.receiver()
      let callback = try await world.addCallback(receiver.base + "/good", "message.received")
      let customers = (0..<6).map { "49170000\(8_000 + $0)" }
      for round in 0..<8 {
        for customer in customers {
          try await world.writes(customer, ["text": .string("Line \(round)")])
        }
        try await Patience.until("the round is told") {
          try receiver.told().count >= customers.count * (round + 1) ? () : nil
        }
        try await world.advance(1)
      }
      let told = try receiver.told()
      #expect(told.count == 48)
      #expect(Set(told.map(\.id)).count == told.count)
      for customer in customers {
        #expect(texts(told, of: customer) == (0..<8).map { "Line \($0)" })
      }
      try await Patience.until("nothing is pending") {
        try await world.pending(of: callback) == 0 ? () : nil
      }
      for node in [try world.served, other.child] {
        #expect(!node.errors.contains(" error "), "\(node.errors.suffix(1000))")
      }
    }
  }

  @Test func `what a node had in hand when it died is told by the other one, in order`()
    async throws
  {
    try await World.run(on: .postgres) { world in
      try await world.open(changes: World.callbackNetworks)
      let receiver = try await world.receiver()
      try await world.addCallback(receiver.base + "/hangs", "message.received")
      for line in 0..<3 {
        try await world.writes(World.customer, ["text": .string("Line \(line)")])
        try await world.advance(1)
      }
      try await Patience.until("the first node has one in hand") {
        try receiver.told().count == 1 ? () : nil
      }
      let other = try await world.serveBeside(World.callbackNetworks)
      await (try world.served).kill()
      try await receiver.openDoor()
      // Nobody else touches it while the dead node might still have it.
      let body = MetaBody.messages(
        [("wamid.other", "491700000043", "Somebody else")],
        at: try await world.now / 1000
      )
      let signature = Signature.header(for: body, secret: World.secret)
      let taken = try await other.gateway.ask(
        .POST,
        "/webhooks/meta",
        bytes: body,
        headers: [("Content-Type", "application/json"), (Signature.headerName, signature)]
      )
      #expect(taken.status == 200)
      try await Patience.until("the other node delivers what is free") {
        try texts(receiver.told(), of: "491700000043").count == 1 ? () : nil
      }
      #expect(try texts(receiver.told(), of: World.customer) == ["Line 0"])
      let moved = try await world.meta.post("/_sandbox/clock/advance", ["seconds": 61])
      #expect(moved.status == 200)
      try await Patience.until("the rest has come") {
        try receiver.told().count == 5 ? () : nil
      }
      let told = try receiver.told()
      #expect(texts(told, of: World.customer) == ["Line 0", "Line 0", "Line 1", "Line 2"])
      let first = told.filter { $0.body["data"]?["message"]?["text"]?["body"]?.text == "Line 0" }
      #expect(Set(first.map(\.id)).count == 1, "under the same id")
      #expect(other.child.status == nil)
    }
  }

  @Test func `what is redelivered goes out by the clock that serve goes by`() async throws {
    try await World.run { world in
      try await world.open(changes: World.callbackNetworks)
      let receiver = try await world.receiver()
      let callback = try await world.addCallback(receiver.base + "/good", "message.received")
      // Far from the machine's clock, on either side of it.
      try await world.advance(86_400 * 30)
      try await world.writes()
      try await Patience.until("it is told") { try receiver.told().count == 1 ? () : nil }
      let delivery = try receiver.told()[0].id
      try await Patience.until("nothing is pending") {
        try await world.pending(of: callback) == 0 ? () : nil
      }
      let again = try await world.verb("callback", "redeliver", callback, "--delivery", delivery)
      #expect(again.output == "Redelivering 1.\n", "\(again.errors)")
      try await Patience.until("it is told again") { try receiver.told().count == 2 ? () : nil }
      #expect(try Set(receiver.told().map(\.id)) == [delivery])
    }
  }
}
