import CloudAPI
import CustomerCare
import Gateway
import Storage
import Support
import Testing

/// A webhook that arrives hours late opens the window for what is left of the 24 hours, or not at all.
@Suite(.timeLimit(.minutes(2))) struct LateWebhookTests {
  @Test func `a message heard of 23 hours later opens the window for the hour that is left`()
    async throws
  {
    try await GatewayStage.play { stage in
      try stage.meta.writes(GatewayStage.customer, ["delay_ms": .integer(23 * 3_600_000)])
      try await stage.live(.seconds(22 * 3_600))
      #expect(await stage.submit().refusal?.code == "never_opened")
      try await stage.live(.seconds(3_600))
      #expect(try await stage.window().state.end == GatewayStage.start + CareWindow.length)
      #expect(try await stage.events(.windowOpened).count == 1)
      #expect(try await stage.send().state == .handedOver)
      stage.clock.advance(to: GatewayStage.start + CareWindow.length)
      #expect(await stage.submit().refusal?.code == "window_closed")
      #expect(stage.meta.handedOutside == 0)
    }
  }

  @Test func `a message heard of 25 hours later opens nothing and is not announced as opening`()
    async throws
  {
    try await GatewayStage.play { stage in
      try stage.meta.writes(GatewayStage.customer, ["delay_ms": .integer(25 * 3_600_000)])
      try await stage.live(.seconds(25 * 3_600))
      #expect(try await stage.events(.messageReceived).count == 1)
      let window = try await stage.window()
      #expect(!window.isOpen(at: stage.clock.now))
      #expect(window.state.end == GatewayStage.start + CareWindow.length)
      #expect(try await stage.events(.windowOpened).isEmpty)
      #expect(await stage.submit().refusal?.code == "window_closed")
      #expect(stage.meta.handed == 0)
    }
  }

  @Test func `a late older message does not shorten the window of a newer one`() async throws {
    try await GatewayStage.play { stage in
      try stage.meta.writes(GatewayStage.customer, ["delay_ms": .integer(7_200_000)])
      try await stage.live(.seconds(3_600))
      try stage.meta.writes(GatewayStage.customer)
      try await stage.live(.seconds(7_200))
      #expect(
        try await stage.window().state.end
          == GatewayStage.start + .seconds(3_600) + CareWindow.length
      )
    }
  }

  @Test func `a timestamp from the future is cut to the receipt`() async throws {
    try await GatewayStage.play { stage in
      let tomorrow = GatewayStage.start + .seconds(86_400)
      try await stage.hear(Bodies.message(at: tomorrow))
      #expect(try await stage.window().state.end == GatewayStage.start + CareWindow.length)
    }
  }
}
