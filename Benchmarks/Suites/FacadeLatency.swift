/// What the façade adds to a send, beside calling Meta directly and beside nginx proxying the same.
struct FacadeLatency {
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
      try await Texts.openWindows(sandbox, server)
      try await measure(roads, token: server.token)
    } catch {
      for child in children.reversed() { await child.stop() }
      throw error
    }
    for child in children.reversed() { await child.stop() }
    return section
  }

  private mutating func measure(_ roads: [Road: RunningServer], token: String) async throws {
    var alone: [Road: [LoadResult]] = [:]
    var together: [Road: [LoadResult]] = [:]
    for road in workplace.turns(of: Road.allCases).joined() {
      guard let server = roads[road] else { continue }
      let token = road == .facade ? token : SandboxServer.accessToken
      let one = try await server.measure(
        Texts.load(token, connections: 1, in: workplace)
      ).load
      let many = try await server.measure(
        Texts.load(token, connections: Texts.connections, in: workplace)
      ).load
      alone[road, default: []].append(one)
      together[road, default: []].append(many)
      workplace.say(
        "\(road.rawValue): p50 \(one.milliseconds(0.5)) ms, \(Int(many.perSecond)) a second"
      )
      for trouble in [one.trouble, many.trouble].compactMap(\.self) {
        section.notes.append("\(road.rawValue): besides 200: \(trouble)")
      }
    }
    report(alone, together)
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
