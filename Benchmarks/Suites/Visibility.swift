/// How long after the 200 the opened window shows in `/v1/windows`, at half the rate it can take.
struct Visibility {
  /// Customers the background writes as; the probes are others, so that each window opens anew.
  private static let backgroundCustomers = DurableIngest.customers
  /// How long one window may take to show before the probe is given up.
  private static let patienceSeconds = 10.0

  private let workplace: Workplace

  init(_ workplace: Workplace) {
    self.workplace = workplace
  }

  /// Finds the rate first, then probes while half of it comes in.
  func run() async throws -> BenchmarkReport.Section {
    let server = try await CareWindowServer.start(in: workplace)
    do {
      let section = try await measure(server)
      await server.child.stop()
      return section
    } catch {
      await server.child.stop()
      throw error
    }
  }

  private func measure(_ server: CareWindowServer) async throws -> BenchmarkReport.Section {
    var section = BenchmarkReport.Section(
      "visible",
      "From 200 to visible in /v1/windows, at half load"
    )
    try await server.meet(customers: Self.backgroundCustomers, at: workplace.startedAt)
    let full = try await server.running.measure(
      load(.closed, perSecond: DurableIngest.requestsPerSecondMax, series: 1)
    ).load
    guard try await server.drain(secondsMax: 120) != nil else {
      section.notes.append("the backlog of the full load was not applied within two minutes")
      return section
    }
    let rate = full.perSecond / 2
    let background = load(.perSecond(rate), perSecond: rate, series: 2)
    async let half = server.running.measure(background)
    let probed = try await probe(server, seconds: workplace.seconds)
    let met = try await half
    section.add("load", met.load.perSecond, "/s")
    section.add("load: 200 after, p50", met.load.milliseconds(0.5), "ms")
    section.add("load: 200 after, p99", met.load.milliseconds(0.99), "ms")
    section.add("probes", Double(probed.count), "")
    section.add("visible after, p50", Double(probed.percentile(0.5)) / 1e6, "ms")
    section.add("visible after, p99", Double(probed.percentile(0.99)) / 1e6, "ms")
    section.add("visible after, longest", Double(probed.maximum) / 1e6, "ms")
    if let trouble = met.load.trouble { section.notes.append("load: besides 200: \(trouble)") }
    return section
  }

  private func load(_ pace: Load.Pace, perSecond: Double, series: Int) -> Load {
    let seconds = workplace.seconds + workplace.warmUp
    return Load(
      supply: Webhooks(
        customers: Self.backgroundCustomers,
        series: series,
        timestamp: workplace.startedAt
      ).supply(count: Int(perSecond * seconds) + DurableIngest.connections),
      connections: DurableIngest.connections,
      pace: pace,
      warmUp: workplace.warmUp,
      seconds: workplace.seconds
    )
  }

  private func probe(_ server: CareWindowServer, seconds: Double) async throws -> Histogram {
    let count = Int(seconds * 200)
    let first = Self.backgroundCustomers
    let supply = Webhooks(
      customers: count,
      firstCustomer: first,
      series: 3,
      timestamp: workplace.startedAt
    ).supply(count: count)
    let writer = try await Caller.connect(port: server.port)
    let reader = try await Caller.connect(port: server.port)
    defer {
      writer.close()
      reader.close()
    }
    try await Task.sleep(for: .seconds(workplace.warmUp))
    var histogram = Histogram()
    let clock = Stopwatch()
    for index in 0..<count where clock.seconds < seconds {
      let customer = Webhooks.customer(first + index)
      guard try await writer.ask(supply[index]).status == 200 else { continue }
      let stopwatch = Stopwatch()
      while try await server.windowState(of: customer, over: reader) != "open" {
        guard stopwatch.seconds < Self.patienceSeconds else {
          throw ChildProcessError(description: "a window did not show within ten seconds")
        }
      }
      histogram.add(stopwatch.nanoseconds)
      try await Task.sleep(for: .milliseconds(4))
    }
    return histogram
  }
}
