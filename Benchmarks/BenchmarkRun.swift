import Foundation

/// A run of the benchmarks: servers as child processes on loopback, a load, a report.
///
/// Every number that was promised stands beside its limit, measured in the same run and in turns, so
/// that a busy machine slows both.
package struct BenchmarkRun: Sendable {
  /// A benchmark that can be chosen.
  package enum Name: String, CaseIterable, Sendable {
    case ingest, body, visible, decide, facade, start
    case postgres, sends, notify, callbacks, media, failover

    /// What it measures, in a few words.
    package var about: String {
      switch self {
      case .ingest: "durable webhooks a second beside a bare handler and pywa; applying beside it"
      case .body: "one POST with 1,000 messages: speed and memory"
      case .visible: "from 200 to visible in /v1/windows, at half load"
      case .decide: "nanoseconds of one decision"
      case .facade: "what the façade adds to a send, beside nginx; sends a second"
      case .start: "start time and memory with 0 and 1,000,000 customers"
      case .postgres: "webhooks a second on PostgreSQL with 1, 2 and 4 nodes, beside pgbench"
      case .sends: "sends a second through 1 and 2 nodes on PostgreSQL"
      case .notify: "from a commit on one node until another has been woken by it"
      case .callbacks: "callback deliveries a second, and how late they are"
      case .media: "bytes of media a second through the façade, and the memory it takes"
      case .failover: "seconds without acknowledgement when a node or PostgreSQL is killed"
      }
    }
  }

  private let workplace: Workplace
  private let names: [Name]

  /// Prepares a run.
  ///
  /// - Parameters:
  ///   - executable: The `carewindow` binary to measure.
  ///   - directory: Where the servers' files go; made if it is not there, and left as it is after.
  ///   - names: Which benchmarks; empty for all.
  ///   - seconds: How long each load is counted, 0.5 to 60.
  ///   - isQuick: Whether to do one round with small numbers, to see that everything works.
  ///   - startedAt: Now, in seconds since 1970.
  ///   - say: Takes lines about what is going on.
  package init(
    executable: String,
    directory: String,
    names: [Name] = [],
    seconds: Double = 4,
    isQuick: Bool = false,
    startedAt: Int64,
    say: @escaping @Sendable (String) -> Void
  ) {
    workplace = Workplace(
      executable: executable,
      directory: directory,
      seconds: min(max(isQuick ? min(seconds, 1) : seconds, 0.5), 60),
      isQuick: isQuick,
      startedAt: startedAt,
      say: say
    )
    self.names = names.isEmpty ? Name.allCases : names
  }

  /// Runs the benchmarks one after the other; one that cannot run says why in the report.
  ///
  /// SIGINT and SIGTERM end the servers too.
  package func run() async throws -> BenchmarkReport {
    try FileManager.default.createDirectory(
      atPath: workplace.directory,
      withIntermediateDirectories: true
    )
    let signals = workplace.children.killOnSignals()
    defer { for signal in signals { signal.cancel() } }
    var report = BenchmarkReport(
      machine: .current,
      startedAt: workplace.startedAt,
      secondsPerLoad: workplace.seconds,
      rounds: workplace.rounds
    )
    for name in Name.allCases where names.contains(name) {
      try Task.checkCancellation()
      workplace.say("\(name.rawValue): \(name.about)")
      do {
        report.sections.append(try await section(name))
      } catch is CancellationError {
        throw CancellationError()
      } catch {
        var section = BenchmarkReport.Section(name.rawValue, name.about)
        section.notes.append("not measured: \(error)")
        report.sections.append(section)
      }
    }
    return report
  }

  private func section(_ name: Name) async throws -> BenchmarkReport.Section {
    switch name {
    case .ingest:
      var ingest = DurableIngest(workplace)
      return try await ingest.run()
    case .body: return try await LargeBody(workplace).run()
    case .visible: return try await Visibility(workplace).run()
    case .decide: return Deciding(workplace).run()
    case .facade:
      var facade = FacadeLatency(workplace)
      return try await facade.run()
    case .start: return try await StartAndMemory(workplace).run()
    case .postgres:
      var ingest = PostgresIngest(workplace)
      return try await ingest.run()
    case .sends:
      var sends = NodeSends(workplace)
      return try await sends.run()
    case .notify: return try await NotifyLatency(workplace).run()
    case .callbacks:
      var callbacks = CallbackDelivery(workplace)
      return try await callbacks.run()
    case .media:
      var media = MediaBytes(workplace)
      return try await media.run()
    case .failover:
      var failOver = FailOver(workplace)
      return try await failOver.run()
    }
  }
}
