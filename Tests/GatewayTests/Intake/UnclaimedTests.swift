import CloudAPI
import CustomerCare
import Gateway
import Storage
import Support
import Testing

/// Webhooks for a number nobody added.
@Suite(.timeLimit(.minutes(2))) struct UnclaimedTests {
  private static var unclaimed: GatewayStage.Scenery {
    var scenery = GatewayStage.Scenery()
    scenery.isAdded = false
    return scenery
  }

  @Test func `they are kept, counted, and applied once the number is added`() async throws {
    try await GatewayStage.play(Self.unclaimed) { stage in
      try stage.meta.writes(GatewayStage.customer)
      try stage.meta.calls(GatewayStage.customer)
      try await stage.live(.seconds(60))
      let counts = try await stage.journal()
      #expect(counts.unclaimed == counts.entries && counts.entries == 3)
      #expect(counts.flagged == 0 && counts.unapplied == 0)
      let waiting = try await stage.engine.read { unit in
        try Journal.unclaimed(in: unit).map { "\($0.number): \($0.entries)" }
      }
      #expect(waiting == ["900800700: 3"])
      #expect(await stage.submit().refusal?.code == "unknown_number")
      #expect(try await stage.addNumber() == 3)
      await stage.applier.drain()
      #expect(try await stage.journal().unclaimed == 0)
      #expect(try await stage.window().state.end == GatewayStage.start + CareWindow.length)
      #expect(try await stage.send().state == .handedOver)
    }
  }

  @Test func `a body for two numbers waits for the second without repeating the first`()
    async throws
  {
    try await GatewayStage.play { stage in
      let entries =
        (Bodies.message("wamid.ours")["entry"]?.items ?? [])
        + (Bodies.message("wamid.theirs", number: "900800799")["entry"]?.items ?? [])
      try await stage.hear([
        "object": "whatsapp_business_account", "entry": .array(entries),
      ])
      #expect(try await stage.events(.messageReceived).count == 1)
      #expect(try await stage.journal().unclaimed == 1)
      let number = NumberRecord(
        facts: NumberFacts(
          phoneNumberID: "900800799",
          wabaID: GatewayStage.waba,
          displayPhoneNumber: "+4930000099",
          addedAt: stage.clock.now
        )
      )
      let waiting = try await stage.engine.write(.rest) { unit in
        try Numbers.add(number, in: unit)
      }
      #expect(waiting == 1)
      await stage.applier.drain()
      #expect(
        try await stage.events(.messageReceived).map(\.number.rawValue).sorted()
          == ["900800700", "900800799"]
      )
    }
  }
}
