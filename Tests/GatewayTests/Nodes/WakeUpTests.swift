import CustomerCare
import Gateway
import Storage
import Support
import Testing

/// What one node leaves to another is done without the sweep: the clock stands.
@Suite(.timeLimit(.minutes(5))) struct `A node that is told` {
  @Test(arguments: News.everything)
  func `looks again, and only when the other has more than it can do`(_ news: News) async throws {
    try await GatewayStage.playTwo { one, other in
      let looks = Tally()
      let (telling, listening) = (
        Wake(telling: news, on: one.engine), Wake(telling: news, on: other.engine)
      )
      Wake.onNews(from: other.engine, [listening])
      await withTaskGroup { group in
        group.addTask {
          await listening.listen(other.clock) {
            looks.raise()
            return false
          }
        }
        await looks.reaches(1)
        // The first is for whoever listens on its own node, who has not come yet.
        telling.signal()
        let heard = other.engine.heard.count
        telling.signal()
        await looks.reaches(2)
        #expect(other.engine.heard.count <= heard + 1)
        listening.finish()
      }
    }
  }

  @Test func `applies what another has journalled`() async throws {
    try await GatewayStage.playTwo { one, other in
      try await withThrowingTaskGroup { group in
        group.addTask { try await other.applier.run() }
        await other.clock.sleepers()
        for _ in 0..<3 { _ = try one.meta.writes(GatewayStage.customer) }
        #expect(try await one.meta.post(to: one.intake).count == 3)
        while true {
          let applied = other.applied.count
          if try await one.journal().unapplied == 0 { break }
          await other.applied.reaches(applied + 1)
        }
        #expect(try await one.conversation().count == 3)
        group.cancelAll()
      }
    }
  }

  @Test func `sends as soon as the other has its answer`() async throws {
    try await GatewayStage.playTwo { one, other in
      try one.meta.writes(GatewayStage.customer)
      try await one.hear()
      let door = Latch()
      one.meta.foretell(.held(door))
      async let first = one.submit(GatewayStage.text("First"))
      await door.arrivals()
      async let second = other.submit(GatewayStage.text("Second"), through: .facade)
      // It has looked twice, and waits for its turn.
      await one.clock.sleepers()
      #expect(one.meta.handed == 0)
      door.open()
      #expect(await first.state == .handedOver)
      #expect(await second.state == .handedOver)
      #expect(try one.meta.texts() == ["First", "Second"])
    }
  }
}
