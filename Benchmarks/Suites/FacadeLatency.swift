import NIOCore

/// What the façade adds to a send, beside calling Meta directly and beside nginx proxying the same.
struct FacadeLatency {
  /// Customers written to in turn, so that no two sends to one meet.
  private static let customers = 1000
  /// Connections that find how many sends a second are possible.
  private static let connections = 32
  /// How long the customers' windows may take to show.
  private static let patienceSeconds = 30.0

  /// A road to the simulated Meta.
  private enum Road: String, CaseIterable {
    case direct = "sandbox directly"
    case nginx = "through nginx"
    case facade = "through carewindow"
  }

  private let workplace: Workplace
  private var section = BenchmarkReport.Section(
    "facade",
    "Façade: a text inside the window, to the sandbox"
  )

  init(_ workplace: Workplace) {
    self.workplace = workplace
  }

  /// Measures the roads in turn.
  mutating func run() async throws -> BenchmarkReport.Section {
    let port = try await freePort()
    let sandbox = try await SandboxServer.start(in: workplace, deliverTo: port)
    var children = [sandbox.child]
    do {
      let server = try await CareWindowServer.start(
        in: workplace,
        metaPort: sandbox.port,
        port: port
      )
      children.append(server.child)
      var roads: [Road: RunningServer] = [
        .direct: RunningServer(child: sandbox.child, port: sandbox.port), .facade: server.running,
      ]
      do {
        let nginx = try await NginxProxy.start(before: sandbox.port, in: workplace)
        children.append(nginx.child)
        roads[.nginx] = nginx
      } catch let error as ChildProcessError {
        section.notes.append("nginx left out: \(error)")
      }
      try await openWindows(sandbox, server)
      try await measure(roads, token: server.token)
    } catch {
      for child in children.reversed() { await child.stop() }
      throw error
    }
    for child in children.reversed() { await child.stop() }
    return section
  }

  /// Lets every customer write, and waits until the last window shows.
  private func openWindows(_ sandbox: SandboxServer, _ server: CareWindowServer) async throws {
    let phone = try await Caller.connect(port: sandbox.port)
    let reader = try await Caller.connect(port: server.port)
    defer {
      phone.close()
      reader.close()
    }
    for index in 0..<Self.customers {
      try await sandbox.write(from: Webhooks.customer(index), over: phone)
    }
    let stopwatch = Stopwatch()
    for index in 0..<Self.customers {
      while try await server.windowState(of: Webhooks.customer(index), over: reader) != "open" {
        guard stopwatch.seconds < Self.patienceSeconds else {
          throw ChildProcessError(description: "a window did not open within half a minute")
        }
        try await Task.sleep(for: .milliseconds(5))
      }
    }
  }

  private mutating func measure(_ roads: [Road: RunningServer], token: String) async throws {
    var alone: [Road: [LoadResult]] = [:]
    var together: [Road: [LoadResult]] = [:]
    for round in 0..<workplace.rounds {
      for turn in 0..<Road.allCases.count {
        let road = Road.allCases[(round + turn) % Road.allCases.count]
        guard let server = roads[road] else { continue }
        let token = road == .facade ? token : SandboxServer.accessToken
        let one = try await server.measure(load(token, connections: 1)).load
        let many = try await server.measure(load(token, connections: Self.connections)).load
        alone[road, default: []].append(one)
        together[road, default: []].append(many)
        workplace.say(
          "\(road.rawValue): p50 \(one.milliseconds(0.5)) ms, \(Int(many.perSecond)) a second"
        )
        for trouble in [one.trouble, many.trouble].compactMap(\.self) {
          section.notes.append("\(road.rawValue): besides 200: \(trouble)")
        }
      }
    }
    report(alone, together)
  }

  private func load(_ token: String, connections: Int) -> Load {
    // A send passes two servers here; 10,000 a second are out of reach.
    let count = Int((workplace.seconds + workplace.warmUp) * 10_000)
    return Load(
      supply: Self.supply(count: count, token: token),
      connections: connections,
      pace: .closed,
      warmUp: workplace.warmUp,
      seconds: workplace.seconds
    )
  }

  private static func supply(count: Int, token: String) -> RequestSupply {
    RequestSupply(count: count) { index, bytes in
      let body = """
        {"messaging_product":"whatsapp","recipient_type":"individual",\
        "to":"\(Webhooks.customer(index % customers))","type":"text",\
        "text":{"body":"Your bike is ready, number \(Webhooks.padded(index, to: 8))."}}
        """
      bytes.writeHead(
        "POST",
        "/v24.0/\(Webhooks.phoneNumberID)/messages",
        headers: [("Authorization", "Bearer \(token)"), ("Content-Type", "application/json")],
        bodyBytes: body.utf8.count
      )
      bytes.writeString(body)
    }
  }

  private mutating func report(_ alone: [Road: [LoadResult]], _ together: [Road: [LoadResult]]) {
    for road in Road.allCases {
      guard let one = alone[road], let many = together[road] else { continue }
      section.add("\(road.rawValue): p50", rounds: one.map { $0.milliseconds(0.5) }, "ms")
      section.add("\(road.rawValue): p99", rounds: one.map { $0.milliseconds(0.99) }, "ms")
      section.add("\(road.rawValue): sends", rounds: many.map(\.perSecond), "/s")
    }
    for (road, name) in [(Road.nginx, "nginx"), (.facade, "carewindow")] {
      for (share, percentile) in [(0.5, "p50"), (0.99, "p99")] {
        let added = zip(alone[road] ?? [], alone[.direct] ?? []).map {
          $0.milliseconds(share) - $1.milliseconds(share)
        }
        section.add("added by \(name), \(percentile)", rounds: added, "ms")
      }
    }
  }
}
