/// One POST with 1,000 messages, the most Meta puts into one: how fast, and with how much memory.
struct LargeBody {
  /// Meta's own limit of updates in one body (cloud-api: webhooks, read 2026-11-20).
  static let messages = 1000

  private let workplace: Workplace

  init(_ workplace: Workplace) {
    self.workplace = workplace
  }

  /// Posts bodies one after the other, each after the one before it was applied.
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
    var section = BenchmarkReport.Section("body", "One POST with \(Self.messages) messages")
    let webhooks = Webhooks(customers: 10_000, series: 1, timestamp: workplace.startedAt)
    let supply = webhooks.supply(
      count: workplace.isQuick ? 3 : 20,
      messagesPerBody: Self.messages
    )
    let caller = try await Caller.connect(port: server.port)
    defer { caller.close() }
    let before = ProcessFigures.peakResidentMiB(server.child.pid) ?? 0
    var answered: [Double] = []
    var applied: [Double] = []
    for index in 0..<supply.count {
      let stopwatch = Stopwatch()
      let answer = try await caller.ask(supply[index])
      let atAnswer = stopwatch.seconds
      guard answer.status == 200,
        try await server.drain(secondsMax: 60, every: .milliseconds(5)) != nil
      else {
        section.notes.append("a body was answered \(answer.status), or not applied within a minute")
        return section
      }
      answered.append(atAnswer * 1000)
      applied.append(Double(Self.messages) / stopwatch.seconds)
    }
    let after = ProcessFigures.peakResidentMiB(server.child.pid) ?? 0
    section.add("size of the body", Double(supply.requestBytes) / 1024, "KiB")
    section.add("until 200", rounds: answered, "ms")
    section.add("messages a second until all are applied", rounds: applied, "/s")
    section.add("most memory resident before", before, "MiB")
    section.add("most memory resident after", after, "MiB")
    return section
  }
}
