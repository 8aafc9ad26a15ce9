import CloudAPI
import CustomerCare
import Gateway
import Storage
import Support
import Testing

/// What certainly was not sent is tried again, for whoever was promised that it counts.
@Suite(.timeLimit(.minutes(2))) struct RetryTests {
  /// Plays with a window that is open.
  private func open(_ act: (GatewayStage) async throws -> Void) async throws {
    try await GatewayStage.play { stage in
      try stage.meta.set(["pair_limit": false])
      try stage.meta.writes(GatewayStage.customer)
      try await stage.hear()
      try await act(stage)
    }
  }

  @Test func `what counts goes again after growing pauses, at most five times`() async throws {
    try await open { stage in
      for _ in 0..<5 { stage.meta.foretell(.notSent) }
      let id = try #require(await stage.submit(through: .api, key: "k").report?.id)
      try await stage.attempt(1, of: id)
      for (number, pause) in [(2, 1), (3, 4), (4, 16), (5, 64)] {
        #expect(try await stage.request(id)?.state == .accepted)
        stage.clock.advance(by: .seconds(pause) - .milliseconds(1))
        await stage.attend()
        #expect(try await stage.request(id)?.attempts.count == number - 1)
        stage.clock.advance(by: .milliseconds(1))
        await stage.attend()
        try await stage.attempt(number, of: id)
      }
      let ended = try #require(try await stage.request(id))
      #expect(ended.state == .failed && ended.failure == "not_sent")
      #expect(ended.attempts.map(\.outcome) == Array(repeating: "not_sent", count: 5))
      // Nothing was sent, so the key is free.
      let again = try #require(await stage.submit(through: .api, key: "k").report)
      #expect(!again.isReplay && again.id != id)
      #expect(try await stage.finish(again.id).state == .handedOver)
      #expect(stage.meta.handed == 1)
    }
  }

  @Test func `the second attempt hands it over, once`() async throws {
    try await open { stage in
      stage.meta.foretell(.notSent)
      let id = try #require(await stage.submit(through: .api).report?.id)
      try await stage.attempt(1, of: id)
      stage.clock.advance(by: .seconds(1))
      await stage.attend()
      let sent = try await stage.finish(id)
      #expect(sent.state == .handedOver)
      #expect(sent.attempts.map(\.outcome) == ["not_sent", "accepted"])
      #expect(try stage.meta.copies(of: id) == 1)
    }
  }

  @Test func `a caller with a key waits for the second attempt and gets its answer`() async throws {
    try await open { stage in
      stage.meta.foretell(.notSent)
      async let answer = stage.submit(key: "k")
      await stage.clock.sleepers()
      stage.clock.advance(by: .seconds(1))
      await stage.attend()
      await stage.finished.reaches(2)
      stage.clock.advance(by: .milliseconds(100))
      let report = try #require(await answer.report)
      #expect(report.state == .handedOver && !report.isReplay)
      #expect(report.answer?.status == 200)
    }
  }

  @Test func `a caller with a key who waited ten seconds is told that it is in progress`()
    async throws
  {
    try await open { stage in
      stage.meta.foretell(.notSent)
      async let answer = stage.submit(key: "k")
      await stage.clock.sleepers()
      stage.clock.advance(by: .seconds(10))
      guard case .inProgress = await answer else {
        Issue.record("It was answered")
        return
      }
      await stage.attend()
      await stage.finished.reaches(2)
      #expect(await stage.submit(key: "k").state == .handedOver)
      #expect(stage.meta.handed == 1)
    }
  }

  @Test(arguments: [(131_056, 1), (130_429, 1), (80_007, 60), (4, 60)])
  func `Meta's own pause is kept, and its error`(code: Int, seconds: Int) async throws {
    try await open { stage in
      try stage.meta.breaks(["kind": "code", "code": .integer(code), "path": "http"])
      let id = try #require(await stage.submit(through: .api).report?.id)
      try await stage.attempt(1, of: id)
      #expect(try await stage.request(id)?.attempts.map(\.refusal?.code) == [code])
      stage.clock.advance(by: .seconds(seconds) - .milliseconds(1))
      await stage.attend()
      #expect(try await stage.request(id)?.state == .accepted)
      stage.clock.advance(by: .milliseconds(1))
      await stage.attend()
      #expect(try await stage.finish(id).state == .handedOver)
    }
  }

  @Test func `what would lapse before the next attempt fails at once`() async throws {
    try await open { stage in
      for _ in 0..<2 { stage.meta.foretell(.notSent) }
      var submission = Submission(
        from: GatewayStage.number,
        body: GatewayStage.text().serialized(),
        sender: .program(GatewayStage.token),
        acceptance: .atCommit
      )
      submission.expiresAt = stage.clock.now + .seconds(5)
      let id = try #require(await stage.outbox.submit(submission).report?.id)
      try await stage.attempt(1, of: id)
      stage.clock.advance(by: .seconds(1))
      await stage.attend()
      try await stage.attempt(2, of: id)
      let ended = try #require(try await stage.request(id))
      #expect(ended.state == .failed && ended.failure == "not_sent")
      #expect(stage.meta.handed == 0)
    }
  }

  @Test func `what was suspended right after the decision is decided anew, not sent`() async throws
  {
    try await open { stage in
      // Reserved and claimed in one; then the machine sleeps.
      stage.engine.after(.gate) { [clock = stage.clock] in
        clock.advance(by: .seconds(31))
      }
      let refused = try await stage.send()
      #expect(refused.state == .failed)
      #expect(refused.attempts.map(\.outcome) == ["not_sent"])
      // Reserve, then claim.
      stage.engine.after(.gate, count: 2) { [clock = stage.clock] in
        clock.advance(by: CareWindow.length)
      }
      let id = try #require(await stage.submit(through: .api).report?.id)
      try await stage.attempt(1, of: id, jobs: 2)
      stage.clock.advance(by: .seconds(1))
      await stage.attend()
      #expect(try await stage.finish(id).state == .refused)
      #expect(stage.meta.handed == 0)
    }
  }

  @Test func `what waits is carried once, however often it is found waiting`() async throws {
    var scenery = GatewayStage.Scenery()
    scenery.limits.inFlightMax = 3
    try await GatewayStage.play(scenery) { stage in
      try stage.meta.set(["pair_limit": false])
      try stage.meta.writes(GatewayStage.customer)
      try stage.meta.writes("491700000043")
      try await stage.hear()
      // Another message of the conversation is on its way while one waits behind it.
      let latch = Latch()
      stage.meta.foretell(.held(latch))
      let first = try #require(await stage.submit(through: .api).report?.id)
      await latch.arrivals()
      let second = try #require(await stage.submit(through: .api).report?.id)
      let waiting = try #require(try await stage.request(second))
      for _ in 0..<10 { stage.outbox.resume(waiting) }
      let other = await stage.submit(GatewayStage.text(to: "491700000043"))
      #expect(other.state == .handedOver)
      latch.open()
      #expect(try await stage.finish(first).state == .handedOver)
      #expect(try await stage.finish(second).state == .handedOver)
      #expect(stage.meta.handed == 3)
    }
  }

  @Test func `what is written while a message is to be tried again comes after it`() async throws {
    try await open { stage in
      stage.meta.foretell(.notSent)
      let first = try #require(await stage.submit(through: .api).report?.id)
      try await stage.attempt(1, of: first)
      let second = try #require(await stage.submit(through: .api).report?.id)
      await stage.clock.sleepers()
      #expect(stage.meta.handed == 0)
      stage.clock.advance(by: .seconds(1))
      await stage.attend()
      #expect(try await stage.finish(first).state == .handedOver)
      stage.clock.advance(by: .seconds(1))
      #expect(try await stage.finish(second).state == .handedOver)
      #expect(stage.meta.handed == 2)
    }
  }

  @Test(arguments: [nil, "k"])
  func `whoever waits behind a slow message is told after ten seconds`(key: String?) async throws {
    try await open { stage in
      let latch = Latch()
      stage.meta.foretell(.held(latch))
      async let first = stage.submit(through: .api)
      await latch.arrivals()
      stage.clock.advance(by: .milliseconds(1))
      async let second = stage.submit(key: key)
      await stage.clock.sleepers()
      stage.clock.advance(by: .seconds(10))
      switch await second {
      case .busy where key == nil: break
      case .inProgress where key != nil: break
      case let other: Issue.record("\(other)")
      }
      latch.open()
      _ = try await stage.finish(try #require(await first.report?.id))
      await stage.attend()
      guard let key else { return #expect(stage.meta.handed == 1) }
      // What counts is carried all the same.
      let id = try #require(try await stage.requests().last)
      #expect(try await stage.finish(id).state == .handedOver)
      #expect(await stage.submit(key: key).report?.isReplay == true)
      #expect(stage.meta.handed == 2)
    }
  }
}

extension GatewayStage {
  /// Returns once an attempt of a request has ended and nobody carries it: after so many jobs in all.
  fileprivate func attempt(_ number: Int, of id: RequestID, jobs: Int? = nil) async throws {
    while true {
      let seen = finished.count
      guard let record = try await request(id) else { throw Unexpected(id) }
      if record.attempts.count >= number, record.attempts.last?.outcome != nil { break }
      await finished.reaches(seen + 1)
    }
    // Whoever carried it has let it go: it may be carried again.
    await finished.reaches(jobs ?? number)
  }
}
