/// Single-message webhooks per second, on disk before the 200, beside the limit and beside pywa.
struct DurableIngest {
  /// Meta's own deliveries come over a handful of connections; 64 keep every server busy.
  static let connections = 64
  /// Customers who write in turn, each known before the clock starts.
  static let customers = 5000
  /// More than the bare handler has answered on any machine of this size.
  static let requestsPerSecondMax = 60_000.0

  /// One of the servers compared.
  private enum Contender: String, CaseIterable {
    case bare = "bare handler"
    case careWindow = "carewindow"
    case pywa
  }

  /// What one round found of one server.
  private struct Round {
    let measured: Measured
    var appliedPerSecond = 0.0
    var drainSeconds: Double?
    var processorMicrosecondsInAll = 0.0
  }

  private let workplace: Workplace
  private var rounds: [Contender: [Round]] = [:]
  private var section = BenchmarkReport.Section(
    "ingest",
    "Durable ingest: signed single-message webhooks, \(connections) connections, on disk before 200"
  )

  init(_ workplace: Workplace) {
    self.workplace = workplace
  }

  /// Runs the rounds, the servers taking turns at going first.
  mutating func run() async throws -> BenchmarkReport.Section {
    var pywa: PywaServer?
    do {
      pywa = try await PywaServer.prepare(in: workplace)
    } catch let error as ChildProcessError {
      section.notes.append("pywa left out: \(error)")
    }
    for (round, contenders) in workplace.turns(of: Contender.allCases).enumerated() {
      let supply = supply(round: round)
      for contender in contenders {
        switch contender {
        case .bare: try await take(contender, BareServer.start(in: workplace), supply)
        case .careWindow: try await takeCareWindow(supply)
        case .pywa:
          guard let pywa else { continue }
          try await take(contender, pywa.start(in: workplace), supply)
        }
      }
    }
    report()
    return section
  }

  /// The same bodies for every server of a round, none of them sent in another round.
  private func supply(round: Int) -> RequestSupply {
    let seconds = workplace.warmUp + workplace.seconds
    return Webhooks(customers: Self.customers, series: round, timestamp: workplace.startedAt)
      .supply(count: Int(seconds * Self.requestsPerSecondMax))
  }

  private func load(_ supply: RequestSupply) -> Load {
    Load(
      supply: supply,
      connections: Self.connections,
      pace: .closed,
      warmUp: workplace.warmUp,
      seconds: workplace.seconds
    )
  }

  private mutating func take(
    _ contender: Contender,
    _ server: RunningServer,
    _ supply: RequestSupply
  ) async throws {
    let measured = try await doing {
      try await server.measure(load(supply))
    } finally: {
      await server.child.stop()
    }
    add(Round(measured: measured), contender)
  }

  private mutating func takeCareWindow(_ supply: RequestSupply) async throws {
    let server = try await CareWindowServer.start(in: workplace)
    do {
      try await server.meet(customers: Self.customers, at: workplace.startedAt - 3600)
      let before = ProcessFigures.processorMicroseconds(server.child.pid) ?? 0
      let clock = Stopwatch()
      let measured = try await server.running.measure(load(supply))
      let seconds = clock.seconds
      let backlog = try await server.unapplied()
      let accepted = measured.load.accepted
      var round = Round(measured: measured)
      round.appliedPerSecond = Double(accepted - backlog) / seconds
      round.drainSeconds = try await server.drain(secondsMax: 120)
      let after = ProcessFigures.processorMicroseconds(server.child.pid) ?? 0
      round.processorMicrosecondsInAll = (after - before) / Double(max(1, accepted))
      add(round, .careWindow)
    } catch {
      await server.child.stop()
      throw error
    }
    await server.child.stop()
  }

  private mutating func add(_ round: Round, _ contender: Contender) {
    rounds[contender, default: []].append(round)
    let load = round.measured.load
    let drain = round.drainSeconds.map { ", drained in \($0) s" } ?? ""
    workplace.say("\(contender.rawValue): \(Int(load.perSecond)) a second\(drain)")
    if let trouble = load.trouble {
      section.notes.append("\(contender.rawValue): besides 200: \(trouble)")
    }
    if contender == .careWindow, round.drainSeconds == nil {
      section.notes.append("carewindow: the backlog was not applied within two minutes")
    }
  }

  private mutating func report() {
    for contender in Contender.allCases {
      guard let rounds = rounds[contender] else { continue }
      let name = contender.rawValue
      section.add("\(name): rate", rounds: rounds.map(\.measured.load.perSecond), "/s")
      section.add("\(name): p50", rounds: rounds.map { $0.measured.load.milliseconds(0.5) }, "ms")
      section.add("\(name): p99", rounds: rounds.map { $0.measured.load.milliseconds(0.99) }, "ms")
      section.add(
        "\(name): processor",
        rounds: rounds.map(\.measured.processorMicroseconds),
        "µs/request"
      )
    }
    let ours = rounds[.careWindow] ?? []
    section.add(
      "carewindow: processor, applying included",
      rounds: ours.map(\.processorMicrosecondsInAll),
      "µs/request"
    )
    section.add("carewindow: applied under load", rounds: ours.map(\.appliedPerSecond), "/s")
    reportRatios(ours)
  }

  private mutating func reportRatios(_ ours: [Round]) {
    guard !rounds.values.joined().contains(where: { $0.measured.load.trouble != nil }) else {
      section.notes.append("no ratios: not every request was answered with 200")
      return
    }
    let rate = { (round: Round) in round.measured.load.perSecond }
    let p99 = { (round: Round) in round.measured.load.milliseconds(0.99) }
    let bare = zip(ours, rounds[.bare] ?? [])
    let pywa = zip(ours, rounds[.pywa] ?? [])
    section.add("rate / bare", rounds: bare.map { rate($0) / rate($1) }, "×", atLeast: 0.45)
    section.add("rate / pywa", rounds: pywa.map { rate($0) / rate($1) }, "×", atLeast: 4)
    section.add("p99 / bare p99", rounds: bare.map { p99($0) / p99($1) }, "×", atMost: 10)
    section.add(
      "processor / pywa",
      rounds: pywa.map { $0.processorMicrosecondsInAll / $1.measured.processorMicroseconds },
      "×"
    )
    section.add(
      "applied / ingested under load",
      rounds: ours.map { $0.appliedPerSecond / max(1, rate($0)) },
      "×",
      atLeast: 0.5
    )
    let drained = ours.compactMap(\.drainSeconds)
    if drained.count == ours.count {
      section.add("seconds to apply the backlog", rounds: drained, "s", atMost: 10)
    }
  }
}

extension CareWindowServer {
  /// The server as a load sees it.
  var running: RunningServer { RunningServer(child: child, port: port) }
}
