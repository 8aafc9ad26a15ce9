import CustomerCare
import Gateway
import Storage
import Support
import Testing

/// A node that stands still for longer than its lease, and then goes on as if nothing had happened.
@Suite(.timeLimit(.minutes(5))) struct `A node that hangs` {
  /// Longer than a lease on a conversation.
  private static let beyondLease: Duration = .seconds(61)

  @Test func `before it carries what it has claimed does not carry it any more`() async throws {
    try await GatewayStage.playTwo { one, other in
      try one.meta.writes(GatewayStage.customer)
      try await one.hear()
      let hangs = Tally()
      let goOn = one.engine.hang(after: .gate, hangs)
      async let first = one.submit(GatewayStage.text("First"))
      await hangs.reaches(1)
      one.clock.advance(by: Self.beyondLease)
      await other.attend()
      #expect(try await other.states() == [.unknown])
      #expect(await other.submit(GatewayStage.text("Second")).state == .handedOver)
      goOn()
      #expect(await first.state == .failed)
      #expect(try one.meta.texts() == ["Second"])
      #expect(try await other.states() == [.failed, .handedOver])
    }
  }

  @Test func `with Meta's answer on its way writes what it says, and nothing over the other's`()
    async throws
  {
    try await GatewayStage.playTwo { one, other in
      try one.meta.writes(GatewayStage.customer)
      try await one.hear()
      let door = Latch()
      one.meta.foretell(.answerHeld(door))
      async let first = one.submit(GatewayStage.text("First"), through: .api, key: "1")
      await door.arrivals()
      one.clock.advance(by: Self.beyondLease)
      await other.attend()
      // The key is known; what became of it is not.
      let again = await other.submit(GatewayStage.text("First"), through: .api, key: "1")
      #expect(again.state == .unknown)
      #expect(await other.submit(GatewayStage.text("Second")).state == .handedOver)
      let finished = one.finished.count
      door.open()
      _ = await first
      await one.finished.reaches(finished + 1)
      #expect(try await other.states() == [.handedOver, .handedOver])
      await other.attend()
      await one.attend()
      #expect(try one.meta.texts() == ["First", "Second"])
    }
  }

  @Test func `after its outcome is stored sends nothing again`() async throws {
    try await GatewayStage.playTwo { one, other in
      try one.meta.writes(GatewayStage.customer)
      try await one.hear()
      let hangs = Tally()
      let goOn = one.engine.hang(after: .gate, count: 2, hangs)
      async let first = one.submit(GatewayStage.text("First"))
      await hangs.reaches(1)
      one.clock.advance(by: Self.beyondLease)
      await other.attend()
      #expect(await other.submit(GatewayStage.text("Second")).state == .handedOver)
      goOn()
      #expect(await first.state == .handedOver)
      #expect(try one.meta.texts() == ["First", "Second"])
    }
  }

  @Test func `with entries in hand leaves them to the other, and folds them again without harm`()
    async throws
  {
    try await GatewayStage.playTwo { one, other in
      for _ in 0..<5 { try one.meta.writes(GatewayStage.customer) }
      try await one.meta.post(to: one.intake)
      let hangs = Tally()
      let goOn = one.engine.hang(after: .apply, hangs)
      async let applied: Void = one.applier.drain()
      await hangs.reaches(1)
      await other.applier.drain()
      #expect(try await other.journal().unapplied == 5)
      one.clock.advance(by: Applier.claimTime)
      await other.applier.drain()
      #expect(try await other.journal().unapplied == 0)
      let state = try await other.canonical(at: one.clock.now)
      goOn()
      await applied
      #expect(try await one.canonical(at: one.clock.now) == state)
      #expect(try await one.conversation().count == 5)
    }
  }
}

extension GatewayStage {
  /// Where the requests stand, oldest first.
  fileprivate func states() async throws -> [RequestState] {
    let ids = try await requests()
    var states: [RequestState] = []
    for id in ids { if let record = try await request(id) { states.append(record.state) } }
    return states
  }
}
