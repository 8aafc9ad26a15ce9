import CloudAPI
import CustomerCare
import Gateway
import Storage
import Support
import Testing

/// Promise 2: every accepted request ends in one state that its sender can see, and Meta takes at most one message for it.
@Suite(.timeLimit(.minutes(2))) struct OutcomeTests {
  /// Plays with a window that is open.
  private func open(_ act: (GatewayStage) async throws -> Void) async throws {
    try await GatewayStage.play { stage in
      try stage.meta.set(["pair_limit": false])
      try stage.meta.writes(GatewayStage.customer)
      try await stage.hear()
      try await act(stage)
    }
  }

  @Test func `Meta's answer to an accepted message reaches the sender unchanged`() async throws {
    try await open { stage in
      let submitted = await stage.submit()
      let report = try #require(submitted.report)
      let answer = try #require(report.answer)
      #expect(report.state == .handedOver)
      #expect(answer.status == 200)
      let json = try JSON.parse(answer.body)
      let record = try #require(try await stage.request(report.id))
      #expect(json["messages"]?.items.first?["id"]?.text == record.message?.rawValue)
      #expect(json["contacts"]?.items.first?["input"]?.text == GatewayStage.customer)
      try await stage.live(.seconds(5))
      #expect(try await stage.request(report.id)?.delivery == .read)
    }
  }

  @Test func `what Meta refuses at once ends refused, with Meta's own answer`() async throws {
    try await open { stage in
      try stage.meta.breaks(["kind": "code", "code": 131_009, "path": "http"])
      let report = try #require(await stage.submit().report)
      #expect(report.state == .refused)
      let answer = try #require(report.answer)
      #expect(answer.status == 400)
      #expect(try JSON.parse(answer.body)["error"]?["code"]?.integer == 131_009)
      let record = try #require(try await stage.request(report.id))
      #expect(record.attempts.map(\.refusal?.code) == [131_009])
      #expect(try stage.meta.copies(of: report.id) == 0)
    }
  }

  @Test func `what certainly did not leave ends failed, and its sender may send again`()
    async throws
  {
    try await open { stage in
      stage.meta.foretell(.notSent)
      let failed = try await stage.send()
      #expect(failed.state == .failed)
      #expect(failed.failure == "not_sent")
      let again = try await stage.send()
      #expect(again.state == .handedOver)
      #expect(try stage.meta.copies(of: failed.request.id) == 0)
      #expect(try stage.meta.copies(of: again.request.id) == 1)
    }
  }

  @Test func `what Meta gives up later is shown as failed, with Meta's code`() async throws {
    try await open { stage in
      try stage.meta.breaks(["kind": "code", "code": 131_026])
      let sent = try await stage.send()
      #expect(sent.state == .handedOver)
      try await stage.live(.seconds(5))
      #expect(try await stage.request(sent.request.id)?.delivery == .failed)
      let view = try #require(
        try await stage.conversation().first { $0.direction == .outbound }
      )
      #expect(view.errors.map(\.code) == [131_026])
    }
  }

  @Test(arguments: GatewayStage.Door.allCases)
  func `an unknown outcome stays unknown until a status brings our reference back`(
    door: GatewayStage.Door
  ) async throws {
    try await open { stage in
      stage.meta.foretell(.unknownAfterAccepting)
      let sent = try await stage.send(through: door)
      #expect(sent.state == .unknown)
      await stage.attend()
      stage.clock.advance(by: .seconds(120))
      await stage.attend()
      #expect(try await stage.request(sent.request.id)?.state == .unknown)
      #expect(stage.meta.handed == 1)
      try await stage.hear()
      let settled = try #require(try await stage.request(sent.request.id))
      #expect(settled.state == .handedOver)
      #expect(settled.message != nil)
      #expect(try stage.meta.copies(of: sent.request.id) == 1)
      #expect(stage.meta.handed == 1)
    }
  }

  @Test func `an unknown outcome that Meta never heard of ends failed after seven days`()
    async throws
  {
    try await open { stage in
      stage.meta.foretell(.unknownBeforeAccepting)
      let sent = try await stage.send(through: .api)
      #expect(sent.state == .unknown)
      stage.clock.advance(by: Wait.unknownFor - .milliseconds(1))
      await stage.attend()
      #expect(try await stage.request(sent.request.id)?.state == .unknown)
      stage.clock.advance(by: .milliseconds(1))
      await stage.attend()
      let ended = try #require(try await stage.request(sent.request.id))
      #expect(ended.state == .failed)
      #expect(ended.failure == "outcome_never_known")
      #expect(stage.meta.handed == 0)
      #expect(try await stage.events(.messageState).contains { $0.body.contains(#""failed""#) })
    }
  }

  @Test func `a settlement the disk lost is made by the status webhook`() async throws {
    try await open { stage in
      // Reserve and claim are stored in one; settle is not.
      stage.engine.failOnce(.gate, skipping: 1)
      let report = try #require(await stage.submit().report)
      #expect(report.state == .handedOver)
      #expect(try await stage.request(report.id)?.state == .dispatching)
      try await stage.live(.seconds(5))
      let settled = try #require(try await stage.request(report.id))
      #expect(settled.state == .handedOver)
      #expect(settled.delivery == .read)
      #expect(stage.meta.handed == 1)
    }
  }

  @Test func `one message of a conversation is on its way at a time, in the order of asking`()
    async throws
  {
    try await open { stage in
      let latch = Latch()
      stage.meta.foretell(.held(latch))
      let first = try #require(await stage.submit(GatewayStage.text("1"), through: .api).report)
      await latch.arrivals()
      stage.clock.advance(by: .milliseconds(1))
      let second = try #require(await stage.submit(GatewayStage.text("2"), through: .api).report)
      #expect(try await stage.request(second.id)?.state == .accepted)
      #expect(stage.meta.handed == 0)
      latch.open()
      _ = try await stage.finish(first.id)
      #expect(try await stage.finish(second.id).state == .handedOver)
      #expect(try stage.meta.outbox().compactMap { $0["text"]?["body"]?.text } == ["1", "2"])
    }
  }

  @Test func `who hangs up while the message is on its way changes nothing about it`() async throws
  {
    try await open { stage in
      let latch = Latch()
      stage.meta.foretell(.held(latch))
      let caller = Task { await stage.submit() }
      await latch.arrivals()
      caller.cancel()
      latch.open()
      let id = try #require(await caller.value.report?.id)
      #expect(try await stage.request(id)?.state == .handedOver)
      let next = try await stage.send()
      #expect(next.state == .handedOver)
      #expect(stage.meta.handed == 2)
    }
  }

  @Test func `messages asked for in the same millisecond wait for no one behind them`()
    async throws
  {
    try await open { stage in
      let latch = Latch()
      stage.meta.foretell(.held(latch))
      _ = await stage.submit(through: .api)
      await latch.arrivals()
      stage.clock.advance(by: .milliseconds(1))
      for number in 1...6 {
        _ = await stage.submit(GatewayStage.text("\(number)"), through: .api)
      }
      await stage.clock.sleepers(6)
      latch.open()
      for id in try await stage.requests() {
        #expect(try await stage.finish(id).state == .handedOver)
      }
      #expect(stage.meta.handed == 7)
    }
  }

  @Test func `a window that closes between reservation and dispatch keeps the message back`()
    async throws
  {
    try await open { stage in
      let latch = Latch()
      stage.meta.foretell(.held(latch))
      stage.clock.advance(by: CareWindow.length - .seconds(61))
      let first = try #require(await stage.submit(through: .api).report)
      await latch.arrivals()
      let second = try #require(await stage.submit(through: .api).report)
      #expect(second.state == .accepted)
      stage.clock.advance(by: .seconds(2))
      latch.open()
      _ = try await stage.finish(first.id)
      let refused = try await stage.finish(second.id)
      #expect(refused.state == .refused)
      guard case .refused(.insideSafetyMargin) = refused.verdict else {
        Issue.record("\(refused.verdict)")
        return
      }
      #expect(stage.meta.handed == 1)
    }
  }
}
