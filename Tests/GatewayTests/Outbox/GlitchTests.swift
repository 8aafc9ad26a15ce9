import CloudAPI
import CustomerCare
import Gateway
import Storage
import Support
import Testing

/// Meta's glitch: 131047 although the window is open, as its answer or by a late status.
@Suite(.timeLimit(.minutes(2))) struct GlitchTests {
  /// Plays with a window that is open, and a glitch for the next message.
  private func glitch(
    late: Bool,
    _ act: (GatewayStage) async throws -> Void
  ) async throws {
    try await GatewayStage.play { stage in
      try stage.meta.set(["pair_limit": false])
      try stage.meta.writes(GatewayStage.customer)
      try await stage.hear()
      try await stage.live(.seconds(60))
      try stage.meta.breaks(["kind": "glitch", "path": late ? "status" : "http"])
      try await act(stage)
    }
  }

  private func expectDoubt(_ stage: GatewayStage) async throws {
    guard case .uncertain(let doubt, _) = try await stage.window().state else {
      Issue.record("\(try await stage.window().state)")
      return
    }
    #expect(doubt.reason == .reported131047)
  }

  @Test(arguments: [GatewayStage.Door.api, .facade])
  func `what counts goes again by itself after 30 seconds, and the window is open again`(
    door: GatewayStage.Door
  ) async throws {
    try await glitch(late: false) { stage in
      async let answer = stage.submit(through: door, key: "k")
      await stage.finished.reaches(1)
      let id = try #require(try await stage.requests().first)
      #expect(try await stage.request(id)?.state == .accepted)
      try await expectDoubt(stage)
      stage.clock.advance(by: .milliseconds(29_999))
      _ = await answer
      await stage.attend()
      #expect(try await stage.request(id)?.attempts.count == 1)
      stage.clock.advance(by: .milliseconds(1))
      await stage.attend()
      let sent = try await stage.finish(id)
      #expect(sent.state == .handedOver)
      #expect(sent.attempts.map(\.refusal?.code) == [131_047, nil])
      try await stage.live(.seconds(5))
      #expect(try await stage.window().isOpen(at: stage.clock.now))
      #expect(try stage.meta.copies(of: id) == 1)
    }
  }

  @Test func `a second 131047 closes the window and ends the request with Meta's answer`()
    async throws
  {
    try await glitch(late: false) { stage in
      try stage.meta.breaks(["kind": "glitch", "path": "http"])
      let id = try #require(await stage.submit(through: .api).report?.id)
      await stage.finished.reaches(1)
      stage.clock.advance(by: .seconds(30))
      await stage.attend()
      let refused = try await stage.finish(id)
      #expect(refused.state == .refused)
      #expect(refused.attempts.map(\.refusal?.code) == [131_047, 131_047])
      guard case .closed = try await stage.window().state else {
        Issue.record("\(try await stage.window().state)")
        return
      }
      #expect(await stage.submit().refusal?.code == "window_closed")
    }
  }

  @Test(arguments: [false, true])
  func `after a caller was told, one message 30 seconds later is the one more try`(late: Bool)
    async throws
  {
    try await glitch(late: late) { stage in
      let first = try await stage.send()
      #expect(first.state == (late ? .handedOver : .refused))
      try await stage.live(.seconds(2))
      try await expectDoubt(stage)
      stage.clock.advance(to: first.attempts[0].dispatchBeganAt + .milliseconds(29_999))
      #expect(await stage.submit().refusal?.code == "window_uncertain")
      stage.clock.advance(by: .milliseconds(1))
      #expect(try await stage.send().state == .handedOver)
      // Nobody knows yet what becomes of it.
      #expect(await stage.submit().refusal?.code == "window_uncertain")
      #expect(await stage.submit(through: .api).refusal?.code == "window_uncertain")
      try await stage.live(.seconds(5))
      #expect(try await stage.window().isOpen(at: stage.clock.now))
      #expect(await stage.submit().state == .handedOver)
    }
  }

  @Test func `a try of which nothing left is left to the next one`() async throws {
    try await glitch(late: false) { stage in
      let refused = try await stage.send()
      #expect(refused.state == .refused)
      stage.clock.advance(by: .seconds(30))
      stage.meta.foretell(.notSent)
      #expect(try await stage.send().state == .failed)
      #expect(try await stage.send().state == .handedOver)
    }
  }

  @Test(arguments: [false, true])
  func `a try that failed for another reason is left to the next one`(late: Bool) async throws {
    try await glitch(late: false) { stage in
      let refused = try await stage.send()
      #expect(refused.state == .refused)
      stage.clock.advance(by: .seconds(30))
      try stage.meta.breaks(["kind": "code", "code": 131_026, "path": late ? "status" : "http"])
      #expect(try await stage.send().state == (late ? .handedOver : .refused))
      try await stage.live(.seconds(5))
      #expect(await stage.submit().state == .handedOver)
    }
  }

  @Test func `a try whose outcome nobody knows is nobody else's`() async throws {
    try await glitch(late: false) { stage in
      #expect(try await stage.send().state == .refused)
      stage.clock.advance(by: .seconds(30))
      stage.meta.foretell(.unknownAfterAccepting)
      #expect(try await stage.send().state == .unknown)
      #expect(await stage.submit().refusal?.code == "window_uncertain")
      try await stage.live(.seconds(5))
      #expect(await stage.submit().state == .handedOver)
    }
  }
}
