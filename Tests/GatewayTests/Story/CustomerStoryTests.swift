import CloudAPI
import CustomerCare
import Gateway
import Storage
import Support
import Testing

/// Customers without a phone number, groups, and customers whose names change.
@Suite(.timeLimit(.minutes(2))) struct CustomerStoryTests {
  private static let hidden = "US.13491208655302741918"

  @Test func `a customer who shows only a user id has a window and gets an answer`() async throws {
    try await GatewayStage.play { stage in
      #expect(
        await stage.submit(GatewayStage.text(to: Self.hidden)).refusal?.code == "never_opened"
      )
      try stage.meta.writes(Self.hidden)
      try await stage.hear()
      #expect(try await stage.window(Self.hidden).isOpen(at: stage.clock.now))
      #expect(try await stage.send(GatewayStage.text(to: Self.hidden)).state == .handedOver)
      stage.clock.advance(by: CareWindow.length)
      #expect(
        await stage.submit(GatewayStage.text(to: Self.hidden)).refusal?.code == "window_closed"
      )
      #expect(stage.meta.handedOutside == 0)
    }
  }

  @Test func `a window opened under the phone number is open under the user id too`() async throws {
    try await GatewayStage.play { stage in
      let written = try stage.meta.writes(GatewayStage.customer)
      try await stage.hear()
      let userID = try #require(written["user_id"]?.text)
      #expect(try await stage.send(GatewayStage.text(to: userID)).state == .handedOver)
      #expect(try await stage.window(userID) == stage.window())
      #expect(stage.meta.handedOutside == 0)
    }
  }

  @Test func `a customer's message in a group opens the group's window and not the customer's`()
    async throws
  {
    try await GatewayStage.play { stage in
      try stage.meta.writes(GatewayStage.customer, ["group_id": "Y2FyZXdpbmRvdw"])
      try await stage.hear()
      #expect(await stage.submit().refusal?.code == "never_opened")
      var toGroup = GatewayStage.text(to: "Y2FyZXdpbmRvdw")
      toGroup.set("recipient_type", to: "group")
      #expect(try await stage.send(toGroup).state == .handedOver)
      stage.clock.advance(by: CareWindow.length)
      #expect(await stage.submit(toGroup).refusal?.code == "window_closed")
      #expect(stage.meta.handedOutside == 0)
    }
  }

  @Test func `a customer who moves to another number has no certain window there`() async throws {
    try await GatewayStage.play { stage in
      try stage.meta.writes(GatewayStage.customer)
      try await stage.hear()
      try stage.meta.changes(GatewayStage.customer, ["moves_to": "+491700000099"])
      try await stage.live(.seconds(1))
      let moved = GatewayStage.text(to: "491700000099")
      #expect(await stage.submit(moved).refusal?.code == "window_uncertain")
      try stage.meta.writes("491700000099")
      try await stage.hear()
      #expect(try await stage.send(moved).state == .handedOver)
      #expect(stage.meta.handedOutside == 0)
    }
  }

  @Test func `whoever gets a number that a customer gave up does not get the customer's window`()
    async throws
  {
    try await GatewayStage.play { stage in
      try stage.meta.writes(GatewayStage.customer)
      try await stage.hear()
      try stage.meta.changes(GatewayStage.customer, ["moves_to": "+491700000099"])
      try await stage.live(.seconds(1))
      let submitted = await stage.submit()
      #expect(submitted.refusal?.windowRefusal != nil)
      #expect(stage.meta.handed == 0)
    }
  }

  @Test func `the wa_id in Meta's answer joins what was dialled with who answers`() async throws {
    try await GatewayStage.play { stage in
      let dialled = "5511987654321"
      let sent = try await stage.send(GatewayStage.template(to: "5531987654321"))
      #expect(sent.state == .handedOver)
      // Brazil: the ninth digit is dialled, and not part of the wa_id.
      try stage.meta.writes("553187654321")
      try await stage.hear()
      #expect(try await stage.send(GatewayStage.text(to: "5531987654321")).state == .handedOver)
      #expect(await stage.submit(GatewayStage.text(to: dialled)).refusal?.code == "never_opened")
      #expect(stage.meta.handedOutside == 0)
    }
  }
}
