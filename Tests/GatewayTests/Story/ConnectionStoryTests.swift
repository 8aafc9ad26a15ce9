import CloudAPI
import CustomerCare
import Gateway
import Storage
import Support
import Testing

/// Numbers that lived before they were added here.
@Suite(.timeLimit(.minutes(2))) struct ConnectionStoryTests {
  private static func connected(inUse: Bool) -> GatewayStage.Scenery {
    var scenery = GatewayStage.Scenery()
    scenery.addedAt = GatewayStage.start
    scenery.isInUse = inUse
    return scenery
  }

  @Test func `on its connection day a number in use lets programs try, and Meta's no is believed`()
    async throws
  {
    try await GatewayStage.play(Self.connected(inUse: true)) { stage in
      stage.clock.advance(by: .seconds(60))
      let tried = try await stage.send()
      #expect(tried.state == .handedOver)
      guard case .send(.tried) = tried.verdict else {
        Issue.record("\(tried.verdict)")
        return
      }
      try await stage.live(.seconds(5))
      let failed = try await stage.request(tried.request.id)
      #expect(failed?.delivery == .failed)
      #expect(await stage.submit().refusal?.windowRefusal != nil)
    }
  }

  @Test func `a day after it was added a number in use is like any other`() async throws {
    try await GatewayStage.play(Self.connected(inUse: true)) { stage in
      stage.clock.advance(by: CareWindow.length)
      #expect(await stage.submit().refusal?.code == "never_opened")
    }
  }

  @Test func `a number that was not in use lets nobody try`() async throws {
    try await GatewayStage.play(Self.connected(inUse: false)) { stage in
      stage.clock.advance(by: .seconds(60))
      #expect(await stage.submit().refusal?.code == "never_opened")
      #expect(await stage.submit(through: .employee).refusal?.code == "never_opened")
      #expect(stage.meta.handed == 0)
    }
  }

  @Test
  func `a Coexistence number's windows open by what comes after onboarding, and refusals say so`()
    async throws
  {
    var scenery = GatewayStage.Scenery()
    scenery.onboardedAt = GatewayStage.start + .seconds(3_600)
    scenery.addedAt = GatewayStage.start
    try await GatewayStage.play(scenery) { stage in
      try await stage.hear(Bodies.message("wamid.before"))
      stage.clock.advance(by: .seconds(3_601))
      guard case .neverOpened(coexistence: true) = await stage.submit().refusal else {
        Issue.record("\(try await stage.window())")
        return
      }
      try stage.meta.writes(GatewayStage.customer)
      try await stage.hear()
      #expect(try await stage.send().state == .handedOver)
      #expect(stage.meta.handedOutside == 0)
    }
  }

  @Test func `a reply from the phone appears in the conversation and opens nothing`() async throws {
    var scenery = GatewayStage.Scenery()
    scenery.onboardedAt = GatewayStage.start - .seconds(432_000)
    try await GatewayStage.play(scenery) { stage in
      try stage.meta.writes(GatewayStage.customer)
      stage.clock.advance(by: .seconds(1))
      try stage.meta.appWrites([
        "to": .string(GatewayStage.customer), "text": "From the phone",
      ])
      try await stage.live(.seconds(1))
      #expect(try await stage.conversation().map(\.message.origin) == [.phone, .customer])
      #expect(try await stage.window().state.end == GatewayStage.start + CareWindow.length)
    }
  }
}
