import CustomerCare
import Gateway
import Storage
import Support
import Testing

/// The process dies at each boundary between two steps of a send; another opens the database.
@Suite(.timeLimit(.minutes(2))) struct CrashTests {
  /// Where the process dies.
  enum Boundary: String, CaseIterable {
    case beforeCommitOfReserve, afterReserve, afterClaim, afterCarry, afterSettle
  }

  /// Sends once and dies; gives the request as the next process finds it, or none.
  private func crash(
    at boundary: Boundary,
    through door: GatewayStage.Door,
    key: String? = nil,
    _ resume: (GatewayStage, RequestID?) async throws -> Void
  ) async throws {
    try await GatewayStage.play { stage in
      try stage.meta.writes(GatewayStage.customer)
      try await stage.hear()
      switch boundary {
      case .beforeCommitOfReserve: stage.engine.die()
      case .afterReserve: stage.engine.die(after: .gate)
      // What counts only when answered is claimed with its reservation.
      case .afterClaim:
        stage.engine.die(after: .gate, count: door == .facade && key == nil ? 1 : 2)
        // Who is dead hands nothing over.
        stage.meta.foretell(.unknownBeforeAccepting)
      case .afterSettle: stage.engine.die(after: .gate, count: 3)
      case .afterCarry:
        let engine = stage.engine
        stage.meta.foretell(.afterAccepting { engine.die() })
      }
      let seen = stage.finished.count
      let submitted = await stage.submit(through: door, key: key)
      if boundary != .beforeCommitOfReserve { await stage.finished.reaches(seen + 1) }
      try await stage.restart { next in
        try await resume(next, try await next.requests().first)
      }
      if boundary == .beforeCommitOfReserve {
        guard case .unavailable = submitted else {
          Issue.record("\(submitted)")
          return
        }
      }
    }
  }

  @Test func `nothing is left of a request that was never committed`() async throws {
    try await crash(at: .beforeCommitOfReserve, through: .api) { stage, id in
      #expect(id == nil)
      await stage.attend()
      #expect(stage.meta.handed == 0)
    }
  }

  @Test(arguments: [(GatewayStage.Door.api, nil), (.facade, "key-1")])
  func `a request that counts at the commit is sent once by whoever comes next`(
    door: GatewayStage.Door,
    key: String?
  ) async throws {
    try await crash(at: .afterReserve, through: door, key: key) { stage, id in
      let id = try #require(id)
      #expect(try await stage.request(id)?.state == .accepted)
      await stage.attend()
      await stage.attend()
      #expect(try await stage.finish(id).state == .handedOver)
      await stage.attend()
      #expect(try stage.meta.copies(of: id) == 1)
      #expect(stage.meta.handed == 1)
    }
  }

  @Test func `a request that counts only when answered is abandoned behind another, never sent`()
    async throws
  {
    try await GatewayStage.play { stage in
      try stage.meta.writes(GatewayStage.customer)
      try await stage.hear()
      let latch = Latch()
      stage.meta.foretell(.held(latch))
      let first = try #require(await stage.submit(through: .api).report?.id)
      await latch.arrivals()
      stage.engine.after(.gate) { [engine = stage.engine] in
        engine.die()
        latch.open()
      }
      _ = await stage.submit()
      await stage.finished.reaches(2)
      try await stage.restart { next in
        let id = try #require(try await next.requests().first { $0 != first })
        await next.attend()
        #expect(try await next.request(id)?.state == .accepted)
        next.clock.advance(by: .seconds(21))
        await next.attend()
        let ended = try #require(try await next.request(id))
        #expect(ended.state == .failed)
        #expect(ended.failure == "abandoned")
        #expect(try next.meta.copies(of: id) == 0)
      }
    }
  }

  @Test func `a durable request whose window closed meanwhile is refused, not sent`() async throws {
    try await crash(at: .afterReserve, through: .api) { stage, id in
      let id = try #require(id)
      stage.clock.advance(by: CareWindow.length)
      await stage.attend()
      #expect(try await stage.finish(id).state == .refused)
      #expect(stage.meta.handed == 0)
    }
  }

  @Test(arguments: [GatewayStage.Door.api, .facade])
  func `a claimed request is unknown once its lease ended, is not sent again, and fails in the end`(
    door: GatewayStage.Door
  ) async throws {
    try await crash(at: .afterClaim, through: door) { stage, id in
      let id = try #require(id)
      await stage.attend()
      #expect(try await stage.request(id)?.state == .dispatching)
      stage.clock.advance(by: .seconds(60))
      await stage.attend()
      #expect(try await stage.request(id)?.state == .unknown)
      stage.clock.advance(by: Wait.unknownFor)
      await stage.attend()
      #expect(try await stage.request(id)?.state == .failed)
      #expect(stage.meta.handed == 0)
    }
  }

  @Test(arguments: [true, false])
  func `a message Meta took before the crash is settled by its status and not sent again`(
    statusComesFirst: Bool
  ) async throws {
    try await crash(at: .afterCarry, through: .api) { stage, id in
      let id = try #require(id)
      if !statusComesFirst {
        stage.clock.advance(by: .seconds(60))
        await stage.attend()
        #expect(try await stage.request(id)?.state == .unknown)
      }
      try await stage.live(.seconds(5))
      let settled = try #require(try await stage.request(id))
      #expect(settled.state == .handedOver)
      #expect(settled.delivery == .read)
      stage.clock.advance(by: .seconds(120))
      await stage.attend()
      #expect(try await stage.request(id)?.state == .handedOver)
      #expect(try stage.meta.copies(of: id) == 1)
      #expect(stage.meta.handed == 1)
    }
  }

  @Test
  func `what was settled and not answered is answered to whoever repeats it, and not sent again`()
    async throws
  {
    try await crash(at: .afterSettle, through: .facade, key: "key-1") { stage, id in
      let again = try #require(await stage.submit(key: "key-1").report)
      #expect(again.id == id && again.isReplay)
      #expect(again.state == .handedOver)
      #expect(again.answer?.status == 200)
      await stage.attend()
      #expect(stage.meta.handed == 1)
    }
  }

  @Test func `a process that dies between sweep and release leaves the release to the next`()
    async throws
  {
    try await crash(at: .afterReserve, through: .api) { stage, id in
      let id = try #require(id)
      stage.engine.die(after: .rest)
      await stage.attend()
      try await stage.restart { next in
        let left = try await next.request(id)
        #expect(left?.state == .accepted)
        #expect(next.meta.handed == 0)
        await next.attend()
        #expect(try await next.finish(id).state == .handedOver)
        #expect(next.meta.handed == 1)
      }
    }
  }

  @Test(arguments: [WritePriority.journal, .apply])
  func `a webhook that was acknowledged is applied once and announced once, whoever does it`(
    lastWrite: WritePriority
  ) async throws {
    try await GatewayStage.play { stage in
      try stage.meta.writes(GatewayStage.customer)
      stage.engine.die(after: lastWrite)
      #expect(try await stage.hear() == [.stored])
      try await stage.restart { next in
        await next.applier.drain()
        let window = try await next.window()
        #expect(window.isOpen(at: next.clock.now))
        #expect(try await next.conversation().count == 1)
        #expect(try await next.events().map(\.kind) == [.messageReceived, .windowOpened])
        #expect(try await next.journal().unapplied == 0)
      }
    }
  }

  @Test func `the next message of a conversation waits until the lease of a dead owner ends`()
    async throws
  {
    try await crash(at: .afterClaim, through: .api) { stage, _ in
      let second = try #require(await stage.submit(through: .api).report)
      await stage.clock.sleepers()
      #expect(stage.meta.handed == 0)
      #expect(try await stage.request(second.id)?.state == .accepted)
      stage.clock.advance(by: .seconds(61))
      _ = try await stage.finishOrWait(second.id)
      await stage.attend()
      #expect(try await stage.finish(second.id).state == .handedOver)
      #expect(stage.meta.handed == 1)
    }
  }
}

extension GatewayStage {
  /// The ids of all requests.
  func requests() async throws -> [RequestID] {
    try await engine.read { unit in
      try unit.rows("SELECT id FROM request ORDER BY created_at, id") { row in
        RequestID(try row.text("id"))
      }
    }
  }

  /// The request after one more job was done with, whatever became of it.
  func finishOrWait(_ id: RequestID) async throws -> RequestRecord? {
    let seen = finished.count
    let record = try await request(id)
    guard record?.state == .accepted else { return record }
    await finished.reaches(seen + 1)
    return try await request(id)
  }
}
