import Foundation

/// The seeds of the simulations: the same ones in every run, or what `make simulate` asks for.
package enum SimulationSeeds {
  /// The first seed; `nil` where none was given (`CAREWINDOW_TEST_SEED`).
  package static let given = number("CAREWINDOW_TEST_SEED")

  /// How many simulations to run (`CAREWINDOW_TEST_RUNS`); `nil`: as many as the test does every day.
  package static let runs = number("CAREWINDOW_TEST_RUNS")

  /// So many seeds, from the given one on.
  package static func some(_ count: UInt64) -> [UInt64] {
    (0..<count).map { (given ?? 0) &+ $0 }
  }

  /// As many seeds as were asked for, in batches.
  package static func batches(of size: Int, usually count: UInt64) -> [[UInt64]] {
    let seeds = some(max(1, runs ?? count))
    return stride(from: 0, to: seeds.count, by: size).map {
      Array(seeds[$0..<min($0 + size, seeds.count)])
    }
  }

  private static func number(_ name: String) -> UInt64? {
    ProcessInfo.processInfo.environment[name].flatMap(UInt64.init)
  }
}
