/// Several `carewindow serve` on one PostgreSQL database.
struct CareWindowNodes: Sendable {
  let nodes: [CareWindowServer]

  private let postgres: PostgresServer
  private let database: String

  /// Makes a database and starts nodes on it.
  ///
  /// `port` is the first node's, and `metaPort` where Meta is played; nil as `CareWindowServer` has it.
  static func start(
    _ count: Int,
    on postgres: PostgresServer,
    in workplace: Workplace,
    metaPort: Int? = nil,
    port: Int? = nil
  ) async throws -> CareWindowNodes {
    let database = "carewindow"
    try await postgres.drop(database)
    try await postgres.make(database)
    let first = try await CareWindowServer.start(
      in: workplace,
      on: postgres.address(database),
      metaPort: metaPort,
      port: port
    )
    var nodes = [first]
    do {
      for number in 1..<max(1, count) {
        nodes.append(try await first.joined(by: "node-\(number)", in: workplace))
      }
    } catch {
      for node in nodes { await node.child.stop() }
      throw error
    }
    return CareWindowNodes(nodes: nodes, postgres: postgres, database: database)
  }

  /// Runs nodes while the work lasts, however that ends.
  static func play<Found>(
    _ count: Int,
    on postgres: PostgresServer,
    in workplace: Workplace,
    _ work: (CareWindowNodes) async throws -> Found
  ) async throws -> Found {
    let nodes = try await start(count, on: postgres, in: workplace)
    return try await doing {
      try await work(nodes)
    } finally: {
      await nodes.stop()
    }
  }

  /// The node that was started first.
  var first: CareWindowServer { nodes[0] }

  /// Where they listen.
  var ports: [Int] { nodes.map(\.port) }

  /// Puts a load on all of them, evenly spread.
  func measure(_ load: Load) async throws -> Measured {
    try await nodes.map(\.running).measure(load)
  }

  /// The processor time of all nodes so far, in microseconds.
  var processorMicroseconds: Double {
    nodes.compactMap { ProcessFigures.processorMicroseconds($0.child.pid) }.reduce(0, +)
  }

  /// Asks the database.
  func sql(_ sql: String) async throws -> String { try await postgres.sql(sql, in: database) }

  /// Ends them all, whatever else happens.
  func stop() async {
    for node in nodes { await node.child.stop() }
  }
}
