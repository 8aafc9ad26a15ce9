import CloudAPI
import Testing

/// Promise 4, from outside: the kept journal in an empty database tells the same.
@Suite struct ReplayTests {
  /// Sealed with a key of the settings, so that both databases open the same token.
  private static let key = ["CAREWINDOW_SECRET_KEY": "a-secret-key-of-these-tests-0123456789"]
  private static let customers = ["491700000042", "491700000043", "491700000044", "5511987654321"]

  @Test func `a replayed journal gives the same windows, ledgers and messages`() async throws {
    try await World.run { world in
      try await world.open(changes: Self.key)
      try await live(world)
      let entries = try await world.doctor()["journal"]?["entries"]?.integer ?? 0
      let before = try await view(world)
      #expect(before.windows.contains { $0["state"]?.text == "open" })
      #expect(before.windows.contains { $0["state"]?.text == "closed" })
      #expect(before.messages.count > 12)

      // Beside the running gateway.
      let copy = "sqlite:\(world.folder)/replayed.db"
      let replayed = try await world.verb("replay", "--into", copy, changes: Self.key)
      try #require(replayed.status == 0, "\(replayed.errors)")
      #expect(replayed.output.contains("\(entries)"), "\(replayed.output)")
      let again = try await world.verb("replay", "--into", copy, changes: Self.key)
      #expect(again.status == 1, "only into an empty database")
      let itself = try await world.verb(
        "replay",
        "--into",
        "sqlite:\(world.databasePath)",
        changes: Self.key
      )
      #expect(itself.status == 1)

      let seen = try await world.messagesSeen
      let first = try world.served
      first.terminate()
      #expect(try await first.end() == 0)
      let changes = Self.key.merging(["CAREWINDOW_DATABASE": copy]) { $1 }
      try await world.serve(changes)
      try await world.createToken("reader", changes: changes)
      let after = try await view(world)
      #expect(after.windows == before.windows)
      #expect(after.ledgers == before.ledgers)
      #expect(after.messages == before.messages)
      #expect(try await world.messagesSeen == seen, "a replay sends nothing")
    }
  }

  /// A day with everything in it.
  private func live(_ world: World) async throws {
    try await world.fault(["kind": "duplicate", "probability": .decimal(0.3), "ms": 500])
    let kinds = [
      "text", "image", "audio", "video", "document", "sticker", "location", "contacts", "button",
      "interactive", "order", "reaction", "unsupported", "edit",
    ]
    for kind in kinds {
      try await world.writes(Self.customers[0], ["type": .string(kind)])
      try await world.advance(milliseconds: 700)
    }
    try await world.calls(Self.customers[1], ["answered": true, "seconds": 60])
    try await world.advance(120)
    try await world.writes(Self.customers[3], ["text": "Oi"])
    try await world.window(is: "open", of: Self.customers[3])
    for customer in [Self.customers[0], Self.customers[1], Self.customers[3]] {
      try await world.window(is: "open", of: customer)
      #expect(try await world.sendText("Answer", to: customer).status == 200)
    }
    // Refused by Meta although the window is open, and taken back by it later.
    try await world.fault(["kind": "glitch"])
    #expect(try await world.sendText("Glitch", to: Self.customers[1]).status == 200)
    try await world.advance(60)
    try await world.writes(Self.customers[2], ["delay_ms": 3_600_000])
    try await world.advance(86_400 - 1800)
    try await world.writes(Self.customers[0], ["text": "The next day"])
    try await world.advance(1800)
    try await Patience.until("everything is applied") {
      try await world.doctor()["journal"]?["unapplied"]?.integer == 0 ? () : nil
    }
    try await world.window(is: "closed", of: Self.customers[3])
  }

  /// What `/v1` shows, without what one installation sent.
  private struct View {
    var windows: [JSON] = []
    var ledgers: [JSON] = []
    var messages: [JSON] = []
  }

  private func view(_ world: World) async throws -> View {
    var view = View()
    for customer in Self.customers {
      view.windows.append(try await world.window(of: customer))
      view.ledgers += try await world.gateway.list(
        "/v1/windows/\(World.number)/\(customer)/ledger"
      )
      for message in try await world.gateway.list(
        "/v1/conversations/\(World.number)/\(customer)/messages"
      ) {
        // What was sent belongs to requests, which a replay does not make.
        if message["direction"]?.text == "in" { view.messages.append(message) }
      }
    }
    for state in ["open", "closed", "uncertain"] {
      view.windows += try await world.gateway.list("/v1/windows?state=\(state)")
    }
    return view
  }
}
