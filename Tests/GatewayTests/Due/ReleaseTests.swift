import CloudAPI
import CustomerCare
import Gateway
import Storage
import Support
import Testing

/// What waits is handed over again by whoever looks next.
@Suite(.timeLimit(.minutes(2))) struct ReleaseTests {
  @Test func `a request that cannot be read ends, and the others are sent`() async throws {
    try await GatewayStage.play { stage in
      let other = "491700000043"
      try stage.meta.writes(GatewayStage.customer)
      try stage.meta.writes(other)
      try await stage.hear()
      let numbers = [GatewayStage.customer, other]
      stage.engine.die(afterGateWrites: 2)
      let seen = stage.finished.count
      for number in numbers { _ = await stage.submit(GatewayStage.text(to: number), through: .api) }
      await stage.finished.reaches(seen + 2)
      try await stage.restart { next in
        let ids = try await next.requests()
        try #require(ids.count == 2)
        let broken = ids[0]
        _ = try await next.engine.write(.rest) { unit in
          try unit.run(
            "UPDATE request SET kind = 'nonsense' WHERE id = $id",
            ["id": .id(broken)]
          )
        }
        await next.attend()
        #expect(try await next.finish(ids[1]).state == .handedOver)
        let state = try await next.engine.read { unit in
          try unit.first("SELECT state FROM request WHERE id = $id", ["id": .id(broken)]) { row in
            try row.text("state")
          }
        }
        #expect(state == RequestState.failed.rawValue)
      }
    }
  }
}
