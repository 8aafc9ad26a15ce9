/// Nodes on PostgreSQL, and Meta played by the sandbox.
struct NodesScene: Sendable {
  let postgres: PostgresServer
  let sandbox: SandboxServer
  let nodes: CareWindowNodes

  /// Sets it up with so many nodes, and takes it down after the work, however that ends.
  static func play<Found: Sendable>(
    nodes count: Int,
    in workplace: Workplace,
    _ work: (NodesScene) async throws -> Found
  ) async throws -> Found {
    let port = try await freePort()
    let sandbox = try await SandboxServer.start(in: workplace, deliverTo: port)
    var ends: [@Sendable () async -> Void] = [{ await sandbox.child.stop() }]
    let result: Result<Found, any Error>
    do {
      let postgres = try await PostgresServer.start(in: workplace)
      ends.append { await postgres.stop() }
      let nodes = try await CareWindowNodes.start(
        count,
        on: postgres,
        in: workplace,
        metaPort: sandbox.port,
        port: port
      )
      ends.append { await nodes.stop() }
      let scene = NodesScene(postgres: postgres, sandbox: sandbox, nodes: nodes)
      result = .success(try await work(scene))
    } catch {
      result = .failure(error)
    }
    for end in ends.reversed() { await end() }
    return try result.get()
  }

  /// A token that may send and read at every node.
  var token: String { nodes.first.token }
}
