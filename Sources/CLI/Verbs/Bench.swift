import ArgumentParser
import Benchmarks
import CustomerCare
import Foundation
import Gateway

/// `carewindow bench`.
struct Bench: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Measure, each number beside its limit in the same run.",
    discussion: """
      Servers are started as processes of their own, on loopback, in a temporary folder. What is not installed (nginx, PostgreSQL,
      Python) is left out and said.

      EXAMPLES
        carewindow bench
        carewindow bench ingest facade --seconds 4
        carewindow bench --quick --json
      """
  )

  @Argument(
    help: """
      Which: ingest, body, visible, decide, facade, start; on PostgreSQL postgres, sends, notify, callbacks, media, failover. \
      Default: all.
      """
  )
  var names: [String] = []
  @Option(help: "How long each load is counted, 0.5 to 60 seconds.") var seconds = 4.0
  @Flag(help: "One round with small numbers.") var quick = false
  @Flag(help: "Print JSON.") var json = false
  @Option(help: .hidden) var serveBare: Int?

  func validate() throws {
    for name in names where BenchmarkRun.Name(rawValue: name) == nil {
      throw ValidationError(
        "There is no benchmark \(name). There are: "
          + BenchmarkRun.Name.allCases.map(\.rawValue).joined(separator: ", ")
      )
    }
  }

  func run() async throws {
    if let serveBare {
      try await Benchmarks.serveBare(port: serveBare)
      return
    }
    let directory = NSTemporaryDirectory() + "/carewindow-bench-" + SystemChance().identifier()
    defer { try? FileManager.default.removeItem(atPath: directory) }
    let report = try await BenchmarkRun(
      executable: Bundle.main.executablePath ?? CommandLine.arguments[0],
      directory: directory,
      names: names.compactMap(BenchmarkRun.Name.init(rawValue:)),
      seconds: seconds,
      isQuick: quick,
      startedAt: SystemTime().now.seconds,
      say: Output.say
    ).run()
    Output.result(json ? try report.json() : report.text)
  }
}
