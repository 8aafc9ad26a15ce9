import Foundation

/// Where a benchmark works: the binary it measures, a directory of its own, and how it reports.
struct Workplace: Sendable {
  /// The `carewindow` binary.
  let executable: String
  /// Everything the benchmark writes is in here.
  let directory: String
  /// Seconds each load is counted.
  let seconds: Double
  /// Fewer rounds and smaller numbers, to see that everything works.
  let isQuick: Bool
  /// When the run began, in seconds since 1970.
  let startedAt: Int64
  /// Takes a line about what is going on.
  let say: @Sendable (String) -> Void

  /// What runs beside it.
  let children = Children()

  /// How often each interleaved comparison is repeated.
  var rounds: Int { isQuick ? 1 : 3 }
  /// Seconds at the start of a load that are not counted.
  var warmUp: Double { isQuick ? 0.3 : 1 }

  /// Those compared, round by round, another one first each time.
  func turns<Contender>(of contenders: [Contender]) -> [[Contender]] {
    (0..<rounds).map { round in
      contenders.indices.map { contenders[(round + $0) % contenders.count] }
    }
  }

  /// A directory inside the workplace, made if it is not there.
  func folder(_ name: String) throws -> String {
    let path = directory + "/" + name
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    return path
  }

  /// A directory inside the workplace with nothing in it.
  func emptyFolder(_ name: String) throws -> String {
    try? FileManager.default.removeItem(atPath: directory + "/" + name)
    return try folder(name)
  }

  /// The environment of the benchmark without any CareWindow setting.
  var environment: [String: String] {
    ProcessInfo.processInfo.environment.filter { !$0.key.hasPrefix("CAREWINDOW_") }
  }
}
