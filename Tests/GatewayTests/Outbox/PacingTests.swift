import CloudAPI
import CustomerCare
import Gateway
import Storage
import Support
import Testing

/// Meta's limits on speed: who waits, who is told to come again, and what Meta's own word changes.
@Suite(.timeLimit(.minutes(2))) struct PacingTests {
  private static func customer(_ index: Int) -> String { "49170000\(1000 + index)" }

  private static func template(_ index: Int) -> JSON {
    GatewayStage.template(to: customer(index))
  }

  /// Plays with a number that sends one message every 125 ms.
  private func slow(_ act: (GatewayStage) async throws -> Void) async throws {
    var scenery = GatewayStage.Scenery()
    scenery.throughput = 10
    try await GatewayStage.play(scenery, act)
  }

  @Test func `a message whose slot is near waits for it, and leaves then`() async throws {
    try await slow { stage in
      #expect(await stage.submit(Self.template(0)).state == .handedOver)
      async let second = stage.submit(Self.template(1))
      await stage.clock.sleepers()
      #expect(stage.meta.handed == 1)
      stage.clock.advance(by: .milliseconds(125))
      #expect(await second.state == .handedOver)
    }
  }

  @Test func `who hangs up while waiting gets nothing sent, and his slot is the next one's`()
    async throws
  {
    try await slow { stage in
      #expect(await stage.submit(Self.template(0)).state == .handedOver)
      let caller = Task { await stage.submit(Self.template(1)) }
      await stage.clock.sleepers()
      caller.cancel()
      guard case .paced = await caller.value else {
        Issue.record("It was answered")
        return
      }
      stage.clock.advance(by: .milliseconds(125))
      #expect(await stage.submit(Self.template(2)).state == .handedOver)
      #expect(stage.meta.handed == 2)
      let requests = try await stage.requests()
      #expect(requests.count == 2)
    }
  }

  @Test func `who would wait longer than ten seconds is told so at once, and the others leave`()
    async throws
  {
    try await slow { stage in
      // One leaves at once, and 80 have their slot within ten seconds.
      let (waiting, told) = (80, 19)
      #expect(await stage.submit(Self.template(0)).state == .handedOver)
      try await withThrowingTaskGroup(of: Submitted.self) { group in
        for index in 1...(waiting + told) {
          group.addTask { await stage.submit(Self.template(index)) }
        }
        var refused = 0
        for try await submitted in group {
          guard case .paced(_, .throughput, let pause, let window) = submitted else {
            throw Unexpected(submitted)
          }
          #expect(pause > .seconds(10) && window.state == .neverOpened)
          refused += 1
          if refused == told { break }
        }
        #expect(await stage.submit(Self.template(500), through: .api).isPaced)
        await stage.clock.sleepers(waiting)
        #expect(stage.meta.handed == 1)
        for sent in 1...waiting {
          stage.clock.advance(by: .milliseconds(125))
          let sending = try await group.next()
          #expect(sending?.state == .handedOver)
          #expect(stage.meta.handed == sent + 1)
        }
      }
      let requests = try await stage.requests()
      #expect(requests.count == 81)
    }
  }

  @Test func `a key is free after a slot that was too far away`() async throws {
    try await slow { stage in
      let now = stage.clock.now
      try await stage.engine.write(.rest) { unit in
        try unit.run(
          "INSERT INTO pace VALUES ($number, '', $paid)",
          [
            "number": .id(GatewayStage.number),
            "paid": .integer((now + .seconds(20)).microseconds),
          ]
        )
      }
      #expect(await stage.submit(Self.template(0)).isPaced)
      for door in [GatewayStage.Door.api, .facade] {
        #expect(await stage.submit(Self.template(0), through: door, key: "k").isPaced)
      }
      let requests = try await stage.requests()
      #expect(requests.isEmpty)
      stage.clock.advance(by: .seconds(20))
      let sent = try await stage.send(Self.template(0), key: "k")
      #expect(sent.state == .handedOver)
    }
  }

  @Test(arguments: GatewayStage.Door.allCases)
  func `the 45th message to a customer leaves six seconds later`(door: GatewayStage.Door)
    async throws
  {
    var scenery = GatewayStage.Scenery()
    scenery.throughput = 1000
    try await GatewayStage.play(scenery) { stage in
      for _ in 0..<44 {
        let sent = try await stage.send(Self.template(0), through: door)
        #expect(sent.state == .handedOver)
      }
      async let last = stage.submit(Self.template(0), through: door)
      await stage.clock.sleepers()
      stage.clock.advance(by: .milliseconds(5_999))
      #expect(stage.meta.handed == 44)
      stage.clock.advance(by: .milliseconds(1))
      let id = try #require(await last.report?.id)
      let sent = try await stage.finish(id)
      #expect(sent.state == .handedOver)
    }
  }

  @Test func `a refused message uses up nothing`() async throws {
    try await slow { stage in
      for _ in 0..<5 { #expect(await stage.submit().state == .refused) }
      #expect(await stage.submit(Self.template(0)).state == .handedOver)
    }
  }

  @Test(arguments: [(130_429, 1), (80_007, 60), (4, 60)])
  func `what Meta says of the number holds for its next message`(code: Int, seconds: Int)
    async throws
  {
    try await GatewayStage.play { stage in
      try stage.meta.breaks(["kind": "code", "code": .integer(code), "path": "http"])
      #expect(await stage.submit(Self.template(0)).state == .failed)
      guard seconds < 10 else {
        guard case .paced(_, .throughput, let pause, _) = await stage.submit(Self.template(1))
        else {
          Issue.record("It did not wait")
          return
        }
        return #expect(pause == .seconds(seconds))
      }
      async let next = stage.submit(Self.template(1))
      await stage.clock.sleepers()
      stage.clock.advance(by: .seconds(seconds))
      #expect(await next.state == .handedOver)
    }
  }

  @Test func `what Meta says of a customer holds for the next message to that one alone`()
    async throws
  {
    try await GatewayStage.play { stage in
      try stage.meta.breaks(["kind": "code", "code": 131_056, "path": "http"])
      #expect(await stage.submit(Self.template(0)).state == .failed)
      #expect(await stage.submit(Self.template(1)).state == .handedOver)
      async let next = stage.submit(Self.template(0))
      await stage.clock.sleepers()
      stage.clock.advance(by: .seconds(1))
      #expect(await next.state == .handedOver)
    }
  }

  @Test func `what Meta says to one node holds for the other`() async throws {
    try await GatewayStage.playTwo { one, other in
      try one.meta.breaks(["kind": "code", "code": 130_429, "path": "http"])
      #expect(await one.submit(Self.template(0)).state == .failed)
      async let next = other.submit(Self.template(1))
      await one.clock.sleepers()
      #expect(one.meta.handed == 1)
      one.clock.advance(by: .seconds(1))
      #expect(await next.state == .handedOver)
    }
  }
}

extension Submitted {
  /// Whether no slot was near.
  fileprivate var isPaced: Bool { if case .paced = self { true } else { false } }
}
