import Foundation

/// What clients notice when a node is killed, and when PostgreSQL is; and whether anything acknowledged is lost.
struct FailOver {
  /// Who dies.
  private enum Victim: String, CaseIterable {
    case node = "a node is killed"
    case postgres = "PostgreSQL is killed"
  }

  /// What one round found.
  private struct Round {
    var usualSeconds = 0.0
    var silentSeconds = 0.0
    var longestWaitSeconds = 0.0
    var awaySeconds: Double?
    var failures = 0
    var acknowledged = 0
    var lost = 0
    var appliedSeconds: Double?
  }

  /// How long everything goes well first.
  private static let calmSeconds = 2.0
  /// How long it is looked on after acknowledgements have come again.
  private static let afterSeconds = 4.0
  /// How long acknowledgements may stay away.
  private static let patienceSeconds = 40.0
  /// More webhooks than are sent meanwhile.
  private static let webhooksMax = 60_000

  private let workplace: Workplace
  private var rounds: [Victim: [Round]] = [:]
  private var section = BenchmarkReport.Section(
    "failover",
    "PostgreSQL, 2 nodes: \(PersistentClients.count) clients that try again at the other node"
  )

  init(_ workplace: Workplace) {
    self.workplace = workplace
  }

  /// Kills a node and the database in turn, each time in a new cluster.
  mutating func run() async throws -> BenchmarkReport.Section {
    try await PostgresServer.play(in: workplace) { postgres in
      for number in 0..<workplace.rounds {
        for victim in Victim.allCases {
          let round = try await CareWindowNodes.play(2, on: postgres, in: workplace) { nodes in
            try await take(victim, number, on: postgres, nodes)
          }
          rounds[victim, default: []].append(round)
          workplace.say(
            "\(victim.rawValue): silent for \(round.silentSeconds) s, \(round.lost) lost"
          )
        }
      }
    }
    report()
    return section
  }

  private func take(
    _ victim: Victim,
    _ number: Int,
    on postgres: PostgresServer,
    _ nodes: CareWindowNodes
  ) async throws -> Round {
    let webhooks = Webhooks(customers: 500, series: number, timestamp: workplace.startedAt)
    let clients = PersistentClients(
      webhooks.supply(count: Self.webhooksMax),
      ports: nodes.ports
    )
    async let recorded = clients.run()
    var round = Round()
    let began = PersistentClients.now
    try await Task.sleep(for: .seconds(Self.calmSeconds))
    let killed = PersistentClients.now
    let stopwatch = Stopwatch()
    switch victim {
    case .node: try await nodes.first.child.end(by: SIGKILL)
    case .postgres:
      try await postgres.crash()
      try await postgres.restart()
      round.awaySeconds = stopwatch.seconds
    }
    let back = PersistentClients.now
    while !clients.hasAcknowledged(since: back), stopwatch.seconds < Self.patienceSeconds {
      try await Task.sleep(for: .milliseconds(20))
    }
    try await Task.sleep(for: .seconds(Self.afterSeconds))
    let ended = PersistentClients.now
    clients.finish()
    let record = await recorded
    let survivor = nodes.nodes[1]
    if try await survivor.drain(secondsMax: 60) != nil { round.appliedSeconds = stopwatch.seconds }
    round.usualSeconds = seconds(record, began..<killed)
    round.silentSeconds = seconds(record, killed..<ended)
    round.longestWaitSeconds = Double(record.longestWait) / 1e9
    round.failures = record.failures
    round.acknowledged = record.acknowledged.count
    let prefix = webhooks.wamid(0).prefix { $0 != "X" }
    let stored = try await nodes.sql(
      "SELECT count(DISTINCT wamid) FROM message WHERE wamid LIKE '\(prefix)X%'"
    )
    round.lost = max(0, round.acknowledged - (Int(stored) ?? 0))
    return round
  }

  private func seconds(_ record: PersistentClients.Record, _ span: Range<Int64>) -> Double {
    Double(Silence.longest(in: record.acknowledged, within: span)) / 1e9
  }

  private mutating func report() {
    for victim in Victim.allCases {
      let rounds = rounds[victim] ?? []
      let name = victim.rawValue
      section.add("\(name): longest silence before", rounds: rounds.map(\.usualSeconds), "s")
      let away = rounds.compactMap(\.awaySeconds)
      section.add("\(name): until it answers again", rounds: away, "s")
      section.add("\(name): longest silence", rounds: rounds.map(\.silentSeconds), "s")
      section.add(
        "\(name): longest one webhook waited",
        rounds: rounds.map(\.longestWaitSeconds),
        "s"
      )
      let total = { (value: (Round) -> Int) in Double(rounds.map(value).reduce(0, +)) }
      section.add("\(name): attempts that failed, all rounds", total(\.failures), "")
      section.add("\(name): acknowledged, all rounds", total(\.acknowledged), "")
      section.add("\(name): acknowledged and lost", total(\.lost), "", atMost: 0)
      let applied = rounds.compactMap(\.appliedSeconds)
      section.add("\(name): until all is applied", rounds: applied, "s")
      if applied.count < rounds.count {
        section.notes.append("\(name): not everything was applied a minute after the load")
      }
    }
  }
}
