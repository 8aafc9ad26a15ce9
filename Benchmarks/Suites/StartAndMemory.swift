/// Milliseconds from the start of the process to its first 200, and the memory it then holds, with no
/// customer and with a million.
struct StartAndMemory {
  /// How long the customers may take to be applied before they are counted as they are.
  private static let drainSecondsMax = 600.0

  private let workplace: Workplace

  init(_ workplace: Workplace) {
    self.workplace = workplace
  }

  private var customers: Int { workplace.isQuick ? 20_000 : 1_000_000 }

  /// Measures the empty server, fills it through its webhook, and measures it again.
  func run() async throws -> BenchmarkReport.Section {
    var section = BenchmarkReport.Section(
      "start",
      "Start and memory, with 0 and \(customers) customers"
    )
    var server = try await CareWindowServer.start(in: workplace)
    do {
      server = try await measureStarts(of: server, "0 customers", &section)
      try await fill(server, &section)
      section.add("after filling: memory", resident(server), "MiB")
      section.add(
        "after filling: most memory",
        ProcessFigures.peakResidentMiB(server.child.pid) ?? 0,
        "MiB"
      )
      server = try await measureStarts(of: server, "\(customers) customers", &section)
    } catch {
      await server.child.stop()
      throw error
    }
    await server.child.stop()
    return section
  }

  private func resident(_ server: CareWindowServer) -> Double {
    ProcessFigures.residentMiB(server.child.pid) ?? 0
  }

  private func measureStarts(
    of first: CareWindowServer,
    _ name: String,
    _ section: inout BenchmarkReport.Section
  ) async throws -> CareWindowServer {
    var server = first
    var starts: [Double] = []
    var memory: [Double] = []
    for _ in 0..<(workplace.isQuick ? 2 : 7) {
      server = try await server.restarted(in: workplace)
      starts.append(server.startMilliseconds)
      memory.append(resident(server))
    }
    section.add("\(name): start to first 200", rounds: starts, "ms")
    section.add("\(name): memory then", rounds: memory, "MiB")
    return server
  }

  private func fill(
    _ server: CareWindowServer,
    _ section: inout BenchmarkReport.Section
  ) async throws {
    let caller = try await Caller.connect(port: server.port)
    defer { caller.close() }
    let stopwatch = Stopwatch()
    let bodiesAtATime = 20
    for part in 0..<customers / LargeBody.messages / bodiesAtATime {
      let supply = Webhooks(
        customers: customers,
        firstCustomer: part * bodiesAtATime * LargeBody.messages,
        series: part,
        timestamp: workplace.startedAt
      ).supply(count: bodiesAtATime, messagesPerBody: LargeBody.messages)
      for index in 0..<supply.count {
        let answer = try await caller.ask(supply[index])
        guard answer.status == 200 else {
          throw ChildProcessError(description: "filling: \(answer.status) \(answer.text)")
        }
      }
    }
    section.add("filling: until the last 200", stopwatch.seconds, "s")
    if try await server.drain(secondsMax: Self.drainSecondsMax, every: .milliseconds(500)) == nil {
      let left = try await server.unapplied()
      section.notes.append("\(left) bodies were not applied after \(Int(Self.drainSecondsMax)) s")
    }
    section.add("filling: customers applied", Double(customers) / stopwatch.seconds, "/s")
  }
}
