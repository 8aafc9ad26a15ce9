import CloudAPI
import Support
import Testing

/// Promises 2, 3 and 6, tried with two nodes on one PostgreSQL server: everything that can fail between them does, at
/// instants nobody chose.
@Suite struct NodesKillTests {
  @Test func `whatever fails of two nodes and their database, nothing is lost or sent twice`()
    async throws
  {
    let seed = KillTests.seed()
    let server = try PostgresServer(settings: ["fsync = on"])
    let database = try server.makeDatabase()
    let networks = [try await PostgresProxy(to: server), try await PostgresProxy(to: server)]
    try await World.run(.real, on: .postgres, at: networks[0].address(database), seed: seed) {
      world in
      try await world.openForLoad()
      let cluster = try await Cluster(world, server, networks, database)
      let load = Load(world, at: cluster.callers)
      try await load.run { try await strike(cluster, under: load, seed: seed) }
      let audit = Audit(world: world, load: load, strikes: Strike.all.count)
      try await audit.hold(seed: seed)
      try await audit.answersAreTheSame(at: cluster.callers)
    }
    for network in networks { try await network.close() }
  }

  private func strike(_ cluster: Cluster, under load: Load, seed: UInt64) async throws {
    var generator = SeededGenerator(seed: seed)
    load.gate.open()
    for strike in Strike.all.shuffled(using: &generator) {
      try await Self.instant(20...250, using: &generator)
      print("KillTests: \(strike)")
      switch strike {
      case .kill(let nodes):
        for node in nodes { try await cluster.kill(node) }
        // Whoever is left gets no time to notice by itself.
        try await Self.instant(0...100, using: &generator)
        try await Self.passLease(of: cluster, under: load)
        for node in nodes { try await cluster.start(node) }
      case .crash:
        try cluster.server.crash()
        try await Self.instant(0...300, using: &generator)
        try cluster.server.start()
      case .cut(let node):
        cluster.networks[node].cut()
        try await Self.instant(0...300, using: &generator)
        cluster.networks[node].heal()
      case .silence(let node):
        cluster.networks[node].silence()
        try await Self.instant(0...500, using: &generator)
        cluster.networks[node].heal()
      case .lose(let loss, let node): cluster.networks[node].lose(loss)
      }
    }
    try await cluster.ready()
    try await Self.passLease(of: cluster, under: load)
  }

  /// Lets the time of what a dead node held go by; nobody asks for more meanwhile, because the sandbox moves its clock from
  /// one quiet moment to the next.
  private static func passLease(of cluster: Cluster, under load: Load) async throws {
    load.gate.close()
    try await cluster.world.advance(KillTests.leaseSeconds)
    load.gate.open()
  }

  private static func instant(
    _ milliseconds: ClosedRange<Int>,
    using generator: inout SeededGenerator
  ) async throws {
    try await Patience.instant(
      after: .milliseconds(Int.random(in: milliseconds, using: &generator))
    )
  }
}

/// What can fail.
private enum Strike {
  /// The power of nodes.
  case kill([Int])
  /// The power of PostgreSQL.
  case crash
  /// A node's network to it, and both sides see it.
  case cut(Int)
  /// The same, and nobody sees it.
  case silence(Int)
  /// A COMMIT, or its answer.
  case lose(PostgresProxy.Loss, Int)

  /// What a test strikes with, in an order of its own.
  static let all: [Strike] =
    Array(repeating: .kill([0, 1]), count: 2) + Array(repeating: .crash, count: 5)
    + [0, 1].flatMap { node in
      Array(repeating: .kill([node]), count: 5)
        + [.cut(node), .cut(node), .silence(node), .silence(node)]
        + PostgresProxy.Loss.allCases.flatMap { [.lose($0, node), .lose($0, node)] }
    }
}

/// Two nodes, each behind a network of its own to the one server they share.
private final class Cluster {
  let server: PostgresServer
  let networks: [PostgresProxy]
  let callers: [Caller]
  let world: World
  private let database: String
  private var second: World.Node

  /// Both nodes run.
  init(_ world: World, _ server: PostgresServer, _ networks: [PostgresProxy], _ database: String)
    async throws
  {
    self.server = server
    self.networks = networks
    self.world = world
    self.database = database
    second = try await world.serveBeside(["CAREWINDOW_DATABASE": networks[1].address(database)])
    callers = [world.gateway, second.gateway]
  }

  func kill(_ node: Int) async throws {
    await (node == 0 ? try world.served : second.child).kill()
  }

  /// Starts a node where it was before.
  func start(_ node: Int) async throws {
    if node == 0 {
      try await world.serve()
    } else {
      second = try await world.serveBeside(
        ["CAREWINDOW_DATABASE": networks[1].address(database)],
        on: second.ports
      )
    }
  }

  /// Waits until both may take traffic.
  func ready() async throws {
    for caller in callers {
      try await Patience.until("\(caller.base) is ready") {
        (try? await caller.get("/readyz").status) == 200 ? () : nil
      }
    }
  }
}
