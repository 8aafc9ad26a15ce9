import CloudAPI
import CustomerCare
import Gateway
import Storage
import Support
import Testing

/// The caller's own key for "the same request again".
@Suite(.timeLimit(.minutes(2))) struct IdempotencyTests {
  private func open(_ act: (GatewayStage) async throws -> Void) async throws {
    try await GatewayStage.play { stage in
      try stage.meta.set(["pair_limit": false])
      try stage.meta.writes(GatewayStage.customer)
      try await stage.hear()
      try await act(stage)
    }
  }

  @Test func `the same key with the same body gives the first answer again`() async throws {
    try await open { stage in
      let first = try #require(await stage.submit(key: "k").report)
      let again = try #require(await stage.submit(key: "k").report)
      #expect(again.isReplay && !first.isReplay)
      #expect(again.id == first.id)
      #expect(again.answer == first.answer)
      #expect(stage.meta.handed == 1)
    }
  }

  @Test func `members in another order are the same body`() async throws {
    try await open { stage in
      let first = try #require(await stage.submit(key: "k").report)
      let turned = JSON.object(GatewayStage.text().members.reversed())
      #expect(await stage.submit(turned, key: "k").report?.id == first.id)
      #expect(stage.meta.handed == 1)
    }
  }

  @Test func `the same key with another body is told so, and sends nothing`() async throws {
    try await open { stage in
      _ = await stage.submit(key: "k")
      guard case .keyReused = await stage.submit(GatewayStage.text("Other"), key: "k") else {
        Issue.record("The key was taken for free")
        return
      }
      #expect(stage.meta.handed == 1)
    }
  }

  @Test func `a repetition while the first is on its way waits for the first answer`() async throws
  {
    try await open { stage in
      let latch = Latch()
      stage.meta.foretell(.held(latch))
      async let first = stage.submit(key: "k")
      await latch.arrivals()
      async let second = stage.submit(key: "k")
      await stage.clock.sleepers()
      latch.open()
      let answer = try #require(await first.report)
      stage.clock.advance(by: .milliseconds(100))
      let again = try #require(await second.report)
      #expect(again.isReplay)
      #expect(again.answer == answer.answer)
      #expect(stage.meta.handed == 1)
    }
  }

  @Test func `a repetition that waited ten seconds is told that the first is in progress`()
    async throws
  {
    try await open { stage in
      let latch = Latch()
      stage.meta.foretell(.held(latch))
      async let first = stage.submit(key: "k")
      await latch.arrivals()
      async let second = stage.submit(key: "k")
      await stage.clock.sleepers()
      stage.clock.advance(by: .seconds(10))
      guard case .inProgress = await second else {
        Issue.record("It was answered while the first is on its way")
        return
      }
      latch.open()
      #expect(await first.state == .handedOver)
      #expect(stage.meta.handed == 1)
    }
  }

  @Test func `a refusal leaves the key free`() async throws {
    try await GatewayStage.play { stage in
      #expect(await stage.submit(key: "k").refusal?.code == "never_opened")
      try stage.meta.writes(GatewayStage.customer)
      try await stage.hear()
      #expect(await stage.submit(key: "k").state == .handedOver)
      #expect(stage.meta.handed == 1)
    }
  }

  @Test func `a body Meta would not take leaves the key free`() async throws {
    try await open { stage in
      guard case .invalid = await stage.submit(["messaging_product": "whatsapp"], key: "k") else {
        Issue.record("A body without a recipient was taken")
        return
      }
      #expect(await stage.submit(key: "k").state == .handedOver)
    }
  }

  @Test func `a window that closed before dispatch leaves the key free`() async throws {
    try await open { stage in
      let latch = Latch()
      stage.meta.foretell(.held(latch))
      stage.clock.advance(by: CareWindow.length - .seconds(61))
      let first = try #require(await stage.submit(through: .api).report)
      await latch.arrivals()
      async let second = stage.submit(key: "k")
      await stage.clock.sleepers()
      stage.clock.advance(by: .seconds(2))
      latch.open()
      #expect(await second.refusal?.code == "inside_safety_margin")
      _ = try await stage.finish(first.id)
      try stage.meta.writes(GatewayStage.customer)
      try await stage.hear()
      let again = try #require(await stage.submit(key: "k").report)
      #expect(again.state == .handedOver && !again.isReplay)
    }
  }

  @Test func `a key belongs to a token and a number`() async throws {
    try await open { stage in
      let first = try #require(await stage.submit(key: "k").report)
      let other = try #require(await stage.submit(key: "k", token: "tok_shop").report)
      #expect(other.id != first.id)
      #expect(!other.isReplay)
      #expect(stage.meta.handed == 2)
      // Another number nobody added: refused on its own, not answered with this number's message.
      let elsewhere = await stage.submit(key: "k", from: "900800701")
      #expect(elsewhere.refusal?.code == "unknown_number")
    }
  }

  @Test func `a key is kept for seven days and free afterwards`() async throws {
    try await open { stage in
      let first = try #require(await stage.submit(key: "k").report)
      stage.clock.advance(by: Wait.unknownFor - .milliseconds(1))
      await stage.attend()
      #expect(await stage.submit(key: "k").report?.id == first.id)
      stage.clock.advance(by: .milliseconds(1))
      // A sweep has something else to do as well: keys alone wake nobody.
      try stage.meta.writes(GatewayStage.customer)
      try await stage.hear()
      try await stage.engine.write(.rest) { [now = stage.clock.now] unit in
        _ = try Wait.sweep(now: now, closingLead: Due.closingLead, limit: 10, in: unit)
      }
      #expect(await stage.submit(key: "k").report?.isReplay == false)
    }
  }
}
