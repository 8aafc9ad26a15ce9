import Gateway
import PostgresEngine
import Storage
import Support

extension GatewayStage {
  /// Plays with two nodes on one PostgreSQL database; time moves only as the test moves it.
  static func playTwo(
    _ scenery: Scenery = Scenery(),
    _ act: (_ one: GatewayStage, _ other: GatewayStage) async throws -> Void
  ) async throws {
    let server = try PostgresServer.shared()
    let address = server.address(try server.makeDatabase())
    let start = ContinuousClock.now
    let make: MakeEngine = {
      try PostgresEngine(address: address) { ContinuousClock.now - start }
    }
    try await play(scenery, on: make) { one in
      try await one.playBeside { other in
        // Whoever begins to listen looks at everything.
        for node in [one, other] { await node.engine.heard.reaches(News.everything.count) }
        try await act(one, other)
      }
    }
  }
}
