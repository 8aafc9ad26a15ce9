/// Webhooks per second on PostgreSQL with 1, 2 and 4 nodes, beside the bare handler and beside pgbench
/// inserting the same rows.
struct PostgresIngest {
  /// One of those compared.
  private enum Contender: Hashable, CaseIterable {
    case bare
    case plain
    case nodes(Int)

    static let allCases: [Contender] = [.bare, .plain, .nodes(1), .nodes(2), .nodes(4)]

    var name: String {
      switch self {
      case .bare: "bare handler"
      case .plain: "pgbench"
      case .nodes(1): "1 node"
      case .nodes(let count): "\(count) nodes"
      }
    }
  }

  /// What one round found of one of them.
  private struct Round {
    var perSecond: Double
    var milliseconds50 = 0.0
    var milliseconds99 = 0.0
    var appliedPerSecond = 0.0
    var appliedPerSecondAfter = 0.0
    var ownMicroseconds = 0.0
    var databaseMicroseconds = 0.0
  }

  /// Customers who write in turn, each known before the clock starts.
  private static let customers = 2000
  /// How long it is looked on, after the load, how much of what waits is applied.
  private static let afterSeconds = 3.0

  private let workplace: Workplace
  private var rounds: [Contender: [Round]] = [:]
  private var section = BenchmarkReport.Section(
    "postgres",
    """
    PostgreSQL: signed single-message webhooks, \(DurableIngest.connections) connections over all nodes, \
    on disk before 200
    """
  )

  init(_ workplace: Workplace) {
    self.workplace = workplace
  }

  /// Runs the rounds, those compared taking turns at going first.
  mutating func run() async throws -> BenchmarkReport.Section {
    try await PostgresServer.play(in: workplace) { postgres in
      for (round, contenders) in workplace.turns(of: Contender.allCases).enumerated() {
        try await take(contenders, round, on: postgres)
      }
    }
    report()
    return section
  }

  private mutating func take(
    _ contenders: [Contender],
    _ round: Int,
    on postgres: PostgresServer
  ) async throws {
    let supply = Webhooks(
      customers: Self.customers,
      series: round,
      timestamp: workplace.startedAt
    ).supply(
      count: Int((workplace.warmUp + workplace.seconds) * DurableIngest.requestsPerSecondMax)
    )
    let load = Load(
      supply: supply,
      connections: DurableIngest.connections,
      pace: .closed,
      warmUp: workplace.warmUp,
      seconds: workplace.seconds
    )
    for contender in contenders {
      let found =
        switch contender {
        case .bare: try await bare(load)
        case .plain: try await plain(supply, on: postgres)
        case .nodes(let count): try await nodes(count, load, on: postgres)
        }
      rounds[contender, default: []].append(found)
      workplace.say(
        "\(contender.name): \(Int(found.perSecond)) a second, \(Int(found.appliedPerSecond)) applied"
      )
    }
  }

  private mutating func bare(_ load: Load) async throws -> Round {
    let server = try await BareServer.start(in: workplace)
    return round(
      .bare,
      try await doing {
        try await server.measure(load)
      } finally: {
        await server.child.stop()
      }
    )
  }

  private func plain(_ supply: RequestSupply, on postgres: PostgresServer) async throws -> Round {
    let inserts = try await PlainInserts.prepare(
      on: postgres,
      bodyBytes: Webhooks.bodyBytes(of: supply),
      in: workplace
    )
    let found = try await inserts.run(
      connections: DurableIngest.connections,
      seconds: workplace.seconds
    )
    return Round(perSecond: found.perSecond, milliseconds50: found.milliseconds)
  }

  private mutating func nodes(
    _ count: Int,
    _ load: Load,
    on postgres: PostgresServer
  ) async throws -> Round {
    try await CareWindowNodes.play(count, on: postgres, in: workplace) { nodes in
      try await nodes.first.meet(
        customers: Self.customers,
        at: workplace.startedAt - 3600
      )
      let own = nodes.processorMicroseconds
      let database = postgres.processorMicroseconds
      let clock = Stopwatch()
      let measured = try await nodes.measure(load)
      let seconds = clock.seconds
      let backlog = try await nodes.first.unapplied()
      let accepted = Double(measured.load.accepted)
      var found = round(.nodes(count), measured)
      found.appliedPerSecond = (accepted - Double(backlog)) / seconds
      found.ownMicroseconds = (nodes.processorMicroseconds - own) / max(1, accepted)
      let used = postgres.processorMicroseconds.map { $1 - database[$0, default: 0] }
      found.databaseMicroseconds = used.reduce(0, +) / max(1, accepted)
      let after = Stopwatch()
      _ = try await nodes.first.drain(secondsMax: Self.afterSeconds)
      let left = try await nodes.first.unapplied()
      found.appliedPerSecondAfter = Double(backlog - left) / after.seconds
      return found
    }
  }

  private mutating func round(_ contender: Contender, _ measured: Measured) -> Round {
    if let trouble = measured.load.trouble {
      section.notes.append("\(contender.name): besides 200: \(trouble)")
    }
    return Round(
      perSecond: measured.load.perSecond,
      milliseconds50: measured.load.milliseconds(0.5),
      milliseconds99: measured.load.milliseconds(0.99)
    )
  }

  private mutating func report() {
    for contender in Contender.allCases {
      guard let rounds = rounds[contender] else { continue }
      let name = contender.name
      section.add("\(name): rate", rounds: rounds.map(\.perSecond), "/s")
      if contender == .plain {
        section.add("\(name): mean", rounds: rounds.map(\.milliseconds50), "ms")
        continue
      }
      section.add("\(name): p50", rounds: rounds.map(\.milliseconds50), "ms")
      section.add("\(name): p99", rounds: rounds.map(\.milliseconds99), "ms")
      guard case .nodes = contender else { continue }
      let applied = "what was applied included"
      section.add(
        name,
        rounds,
        [
          ("applied under load", "/s", \.appliedPerSecond),
          ("applied after the load", "/s", \.appliedPerSecondAfter),
          ("processor of nodes, \(applied)", "µs/request", \.ownMicroseconds),
          ("processor of PostgreSQL, \(applied)", "µs/request", \.databaseMicroseconds),
        ]
      )
      ratios(contender, rounds)
    }
  }

  private mutating func ratios(_ contender: Contender, _ ours: [Round]) {
    for other in [Contender.bare, .plain, .nodes(1)] where other != contender {
      let ratios = zip(ours, rounds[other] ?? []).map { $0.perSecond / max(1, $1.perSecond) }
      section.add("\(contender.name): rate / \(other.name)", rounds: ratios, "×")
    }
  }
}
