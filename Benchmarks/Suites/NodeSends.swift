/// Sends per second through one node and through two on PostgreSQL, beside calling the sandbox directly.
struct NodeSends {
  /// A road to the simulated Meta.
  private enum Road: String, CaseIterable {
    case direct = "sandbox directly"
    case one = "1 node"
    case two = "2 nodes"
  }

  private let workplace: Workplace
  private var section = BenchmarkReport.Section(
    "sends",
    "PostgreSQL: a text inside the window through the façade, to the sandbox"
  )
  private var alone: [Road: [LoadResult]] = [:]
  private var together: [Road: [LoadResult]] = [:]

  init(_ workplace: Workplace) {
    self.workplace = workplace
  }

  /// Measures the roads in turn; the second node is there only while two are measured.
  mutating func run() async throws -> BenchmarkReport.Section {
    let workplace = workplace
    let found = try await NodesScene.play(nodes: 1, in: workplace) { scene in
      try await Texts.openWindows(scene.sandbox, scene.nodes.first)
      var found: [(Road, LoadResult, LoadResult)] = []
      for road in workplace.turns(of: Road.allCases).joined() {
        found.append(try await Self.take(road, scene, workplace))
      }
      return found
    }
    for (road, one, many) in found {
      alone[road, default: []].append(one)
      together[road, default: []].append(many)
      for trouble in [one.trouble, many.trouble].compactMap(\.self) {
        section.notes.append("\(road.rawValue): besides 200: \(trouble)")
      }
    }
    report()
    return section
  }

  /// One road: first over one connection, then over many.
  private static func take(
    _ road: Road,
    _ scene: NodesScene,
    _ workplace: Workplace
  ) async throws -> (Road, LoadResult, LoadResult) {
    let first = scene.nodes.first
    let sandbox = RunningServer(child: scene.sandbox.child, port: scene.sandbox.port)
    switch road {
    case .direct: return try await take(road, [sandbox], SandboxServer.accessToken, workplace)
    case .one: return try await take(road, [first.running], first.token, workplace)
    case .two:
      let second = try await first.joined(by: "node-1", in: workplace)
      return try await doing {
        try await take(road, [first.running, second.running], first.token, workplace)
      } finally: {
        await second.child.stop()
      }
    }
  }

  private static func take(
    _ road: Road,
    _ servers: [RunningServer],
    _ token: String,
    _ workplace: Workplace
  ) async throws -> (Road, LoadResult, LoadResult) {
    let one = try await servers.measure(Texts.load(token, connections: 1, in: workplace)).load
    let many = try await servers.measure(
      Texts.load(token, connections: Texts.connections, in: workplace)
    ).load
    workplace.say(
      "\(road.rawValue): p50 \(one.milliseconds(0.5)) ms, \(Int(many.perSecond)) a second"
    )
    return (road, one, many)
  }

  private mutating func report() {
    for road in Road.allCases {
      guard let one = alone[road], let many = together[road] else { continue }
      let name = road.rawValue
      // With one connection there is but one node to talk to.
      if road != .two {
        section.add("\(name): p50", rounds: one.map { $0.milliseconds(0.5) }, "ms")
        section.add("\(name): p99", rounds: one.map { $0.milliseconds(0.99) }, "ms")
      }
      let connections = Texts.connections
      section.add("\(name): sends", rounds: many.map(\.perSecond), "/s")
      section.add(
        "\(name): p50, \(connections) at once",
        rounds: many.map { $0.milliseconds(0.5) },
        "ms"
      )
      section.add(
        "\(name): p99, \(connections) at once",
        rounds: many.map { $0.milliseconds(0.99) },
        "ms"
      )
      guard road != .direct else { continue }
      let share = zip(many, together[.direct] ?? []).map { $0.perSecond / max(1, $1.perSecond) }
      section.add("\(name): sends / directly", rounds: share, "×")
    }
    let gain = zip(together[.two] ?? [], together[.one] ?? []).map {
      $0.perSecond / max(1, $1.perSecond)
    }
    section.add("2 nodes: sends / 1 node", rounds: gain, "×")
  }
}
