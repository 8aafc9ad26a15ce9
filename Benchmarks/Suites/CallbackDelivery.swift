import NIOCore

/// Callbacks per second, and how late they are, with a receiver on loopback that answers at once.
struct CallbackDelivery {
  /// What delivers.
  private enum Contender: String, CaseIterable {
    case file = "SQLite"
    case one = "PostgreSQL, 1 node"
    case two = "PostgreSQL, 2 nodes"
  }

  /// What one round found of one of them.
  private struct Round {
    var perSecond = 0.0
    var late = Histogram()
    var isComplete = false
    var repeated = 0
  }

  /// Connections that bring the burst of webhooks.
  private static let connections = 16
  /// Connections that press the receiver directly: as many as one callback has under way.
  private static let receiverConnections = 8
  /// Webhooks a second while lateness is measured: so few that none waits for another.
  private static let calmPerSecond = 50
  /// How long all of a burst may take to be delivered.
  private static let patienceSeconds = 120.0

  private let workplace: Workplace
  private var rounds: [Contender: [Round]] = [:]
  private var direct: [LoadResult] = []
  private var section = BenchmarkReport.Section(
    "callbacks",
    "Callbacks: message.received, to a receiver on loopback that answers at once"
  )

  init(_ workplace: Workplace) {
    self.workplace = workplace
  }

  private var burst: Int { workplace.isQuick ? 300 : 3000 }
  private var calm: Int { workplace.isQuick ? 25 : 200 }

  /// Runs the rounds, those compared taking turns at going first.
  mutating func run() async throws -> BenchmarkReport.Section {
    try await PostgresServer.play(in: workplace) { postgres in
      let receiver = try await CallbackReceiver.start()
      try await doing {
        for contenders in workplace.turns(of: Contender.allCases) {
          direct.append(try await press(receiver))
          for contender in contenders {
            receiver.reset()
            let found = try await take(contender, on: postgres, receiver)
            rounds[contender, default: []].append(found)
            workplace.say("\(contender.rawValue): \(Int(found.perSecond)) deliveries a second")
          }
        }
      } finally: {
        await receiver.stop()
      }
    }
    report()
    return section
  }

  /// The receiver called directly with bodies as long as a delivery's.
  private func press(_ receiver: CallbackReceiver) async throws -> LoadResult {
    let body = String(repeating: "x", count: 700)
    let seconds = min(1, workplace.seconds)
    let supply = RequestSupply(count: Int((seconds + workplace.warmUp) * 60_000)) { _, bytes in
      bytes.writeHead(
        "POST",
        CallbackReceiver.path,
        headers: [("Content-Type", "application/json")],
        bodyBytes: body.utf8.count
      )
      bytes.writeString(body)
    }
    let load = Load(
      supply: supply,
      connections: Self.receiverConnections,
      pace: .closed,
      warmUp: workplace.warmUp,
      seconds: seconds
    )
    return try await LoadGenerator.run(load, ports: [receiver.port])
  }

  private func take(
    _ contender: Contender,
    on postgres: PostgresServer,
    _ receiver: CallbackReceiver
  ) async throws -> Round {
    let nodes: [CareWindowServer]
    switch contender {
    case .file: nodes = [try await CareWindowServer.start(in: workplace)]
    case .one: nodes = try await CareWindowNodes.start(1, on: postgres, in: workplace).nodes
    case .two: nodes = try await CareWindowNodes.start(2, on: postgres, in: workplace).nodes
    }
    return try await doing {
      try await nodes[0].addCallback(to: receiver, in: workplace)
      var round = try await calm(nodes[0], receiver)
      try await burst(nodes, receiver, &round)
      return round
    } finally: {
      for node in nodes { await node.child.stop() }
    }
  }

  /// One webhook after the other: how late each callback is after the webhook's 200.
  private func calm(_ node: CareWindowServer, _ receiver: CallbackReceiver) async throws -> Round {
    let webhooks = Webhooks(customers: calm, series: 1, timestamp: workplace.startedAt)
    let supply = webhooks.supply(count: calm)
    let caller = try await Caller.connect(port: node.port)
    defer { caller.close() }
    var answered: [UInt64] = []
    let clock = Stopwatch()
    for index in 0..<calm {
      let due = Double(index) / Double(Self.calmPerSecond)
      if due > clock.seconds { try await Task.sleep(for: .seconds(due - clock.seconds)) }
      guard try await caller.ask(supply[index]).status == 200 else {
        throw ChildProcessError(description: "a webhook was not answered 200")
      }
      answered.append(NIODeadline.now().uptimeNanoseconds)
    }
    var round = Round()
    guard try await receiver.waits(for: calm, secondsMax: Self.patienceSeconds) else {
      throw ChildProcessError(description: "not everything was delivered in two minutes")
    }
    for (index, at) in answered.enumerated() {
      guard let arrival = receiver.arrival(of: webhooks.wamid(index)) else { continue }
      round.late.add(Int64(arrival) - Int64(at))
    }
    receiver.reset()
    return round
  }

  /// Many webhooks at once, of as many customers: how many callbacks a second follow.
  private func burst(
    _ nodes: [CareWindowServer],
    _ receiver: CallbackReceiver,
    _ round: inout Round
  ) async throws {
    let supply = Webhooks(customers: burst, series: 2, timestamp: workplace.startedAt)
      .supply(count: burst)
    let load = Load(
      supply: supply,
      connections: Self.connections,
      pace: .closed,
      warmUp: 0,
      seconds: 60
    )
    _ = try await LoadGenerator.run(load, ports: nodes.map(\.port))
    round.isComplete = try await receiver.waits(for: burst, secondsMax: Self.patienceSeconds)
    round.perSecond = receiver.seconds > 0 ? Double(receiver.messages) / receiver.seconds : 0
    round.repeated = receiver.deliveries - receiver.messages
  }

  private mutating func report() {
    section.add("receiver directly: rate", rounds: direct.map(\.perSecond), "/s")
    section.add("receiver directly: p50", rounds: direct.map { $0.milliseconds(0.5) }, "ms")
    for contender in Contender.allCases {
      let rounds = rounds[contender] ?? []
      let name = contender.rawValue
      section.add(
        name,
        rounds,
        [
          ("deliveries", "/s", \.perSecond),
          ("200 to delivery, p50", "ms", { Double($0.late.percentile(0.5)) / 1e6 }),
          ("200 to delivery, p99", "ms", { Double($0.late.percentile(0.99)) / 1e6 }),
        ]
      )
      if rounds.contains(where: { !$0.isComplete }) {
        section.notes.append("\(name): not all of a burst was delivered in two minutes")
      }
      let repeated = rounds.map(\.repeated).reduce(0, +)
      if repeated > 0 { section.notes.append("\(name): \(repeated) deliveries came again") }
    }
  }
}

extension CareWindowServer {
  /// Has a receiver called for every message that comes.
  fileprivate func addCallback(
    to receiver: CallbackReceiver,
    in workplace: Workplace
  ) async throws {
    _ = try await ChildProcess.run(
      workplace.executable,
      [
        "callback", "add", "--url", "http://127.0.0.1:\(receiver.port)\(CallbackReceiver.path)",
        "--kinds", "message.received", "--secret-stdin",
      ],
      environment: environment,
      directory: folder,
      input: "a secret for the benchmark\n",
      among: workplace.children
    )
  }
}
