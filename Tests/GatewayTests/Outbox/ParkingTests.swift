import CloudAPI
import CustomerCare
import Gateway
import Storage
import Support
import Testing

/// Messages that wait for their customer, or for their time, through the whole gateway.
@Suite(.timeLimit(.minutes(2))) struct ParkingTests {
  private static func text(_ body: String, to customer: String = GatewayStage.customer) -> JSON {
    var text = GatewayStage.text(to: customer)
    text.set("text", to: ["body": .string(body)])
    return text
  }

  /// Parks a text and gives the request's id.
  private func park(_ body: String, on stage: GatewayStage) async throws -> RequestID {
    let submitted = await stage.submit(Self.text(body), ifClosed: .park)
    let report = try #require(submitted.report)
    #expect(report.state == .parked)
    return report.id
  }

  /// What went out, the first first.
  private func outbound(_ stage: GatewayStage) async throws -> [Content] {
    try await stage.conversation().filter { $0.direction == .outbound }.map(\.message.content)
      .reversed()
  }

  @Test func `what was written outside the window goes out when the customer answers, in order`()
    async throws
  {
    try await GatewayStage.play { stage in
      var ids = [try await park("One", on: stage)]
      stage.clock.advance(by: .milliseconds(1))
      ids.append(try await park("Two", on: stage))
      await stage.attend()
      #expect(try await outbound(stage).isEmpty)
      try stage.meta.writes(GatewayStage.customer)
      try await stage.hear()
      for id in ids {
        await stage.attend()
        #expect(try await stage.finish(id).state == .handedOver)
      }
      #expect(try await outbound(stage) == [.text("One"), .text("Two")])
      #expect(stage.meta.handedOutside == 0)
    }
  }

  @Test func `an answer that comes too late to us opens nothing, and what waits goes on waiting`()
    async throws
  {
    try await GatewayStage.play { stage in
      let id = try await park("Hello", on: stage)
      try stage.meta.writes(GatewayStage.customer)
      stage.clock.advance(by: CareWindow.length)
      try await stage.hear()
      await stage.attend()
      #expect(try await stage.request(id)?.state == .parked)
      try stage.meta.writes(GatewayStage.customer)
      try await stage.hear()
      await stage.attend()
      #expect(try await stage.finish(id).state == .handedOver)
      #expect(stage.meta.handedOutside == 0)
    }
  }

  @Test func `a crash forgets nothing that waits`() async throws {
    try await GatewayStage.play { stage in
      let id = try await park("Hello", on: stage)
      try await stage.restart { next in
        try next.meta.writes(GatewayStage.customer)
        try await next.hear()
        await next.attend()
        #expect(try await next.finish(id).state == .handedOver)
      }
      #expect(stage.meta.handedOutside == 0)
    }
  }

  @Test func `it is found when the customer answers under another name`() async throws {
    try await GatewayStage.play { stage in
      let written = try stage.meta.writes(GatewayStage.customer)
      try await stage.hear()
      let userID = try #require(written["user_id"]?.text)
      stage.clock.advance(by: CareWindow.length)
      let submitted = await stage.submit(Self.text("Hello", to: userID), ifClosed: .park)
      let id = try #require(submitted.report?.id)
      try stage.meta.writes(GatewayStage.customer)
      try await stage.hear()
      await stage.attend()
      #expect(try await stage.finish(id).state == .handedOver)
      #expect(stage.meta.handedOutside == 0)
    }
  }

  @Test func `somebody who is met only by the answer gets what waited`() async throws {
    try await GatewayStage.play { stage in
      let id = try await park("Hello", on: stage)
      try stage.meta.writes(GatewayStage.customer)
      try await stage.hear()
      await stage.attend()
      #expect(try await stage.finish(id).state == .handedOver)
    }
  }

  @Test func `what is for later goes out at its time`() async throws {
    try await GatewayStage.play { stage in
      try stage.meta.writes(GatewayStage.customer)
      try await stage.hear()
      let submitted = await stage.submit(
        through: .api,
        sendAt: stage.clock.now + .seconds(3600)
      )
      let report = try #require(submitted.report)
      #expect(report.state == .scheduled)
      stage.clock.advance(by: .milliseconds(3_599_999))
      await stage.attend()
      #expect(try await stage.request(report.id)?.state == .scheduled)
      stage.clock.advance(by: .milliseconds(1))
      await stage.attend()
      #expect(try await stage.finish(report.id).state == .handedOver)
    }
  }

  @Test func `what met the first 131047 goes again after 30 seconds, whoever asked for it`()
    async throws
  {
    try await GatewayStage.play { stage in
      try stage.meta.set(["pair_limit": false])
      try stage.meta.writes(GatewayStage.customer)
      try await stage.hear()
      try await stage.live(.seconds(60))
      try stage.meta.breaks(["kind": "glitch", "path": "http"])
      let id = try await park("Hello", on: stage)
      stage.clock.advance(by: .milliseconds(29_999))
      await stage.attend()
      #expect(try await stage.request(id)?.state == .parked)
      stage.clock.advance(by: .milliseconds(1))
      await stage.attend()
      await stage.attend()
      #expect(try await stage.finish(id).state == .handedOver)
      #expect(try stage.meta.copies(of: id) == 1)
    }
  }

  @Test func `a second 131047 of Meta's has it wait`() async throws {
    try await GatewayStage.play { stage in
      try stage.meta.set(["pair_limit": false])
      try stage.meta.writes(GatewayStage.customer)
      try await stage.hear()
      try await stage.live(.seconds(60))
      for _ in 1...2 { try stage.meta.breaks(["kind": "glitch", "path": "http"]) }
      let submitted = await stage.submit(Self.text("Hello"), through: .api, ifClosed: .park)
      let id = try #require(submitted.report?.id)
      _ = await stage.finished.reaches(1)
      stage.clock.advance(by: .seconds(30))
      await stage.attend()
      let parked = try await stage.finish(id)
      #expect(parked.state == .parked)
      #expect(parked.attempts.map(\.refusal?.code) == [131_047, 131_047])
      stage.clock.advance(by: .seconds(1))
      try stage.meta.writes(GatewayStage.customer)
      try await stage.hear()
      await stage.attend()
      #expect(try await stage.finish(id).state == .handedOver)
      #expect(try stage.meta.copies(of: id) == 1)
    }
  }
}
