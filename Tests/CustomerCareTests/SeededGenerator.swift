import Foundation

/// Chance that a failing test can repeat: SplitMix64, the same everywhere for the same seed.
struct SeededGenerator: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
    return mixed ^ (mixed >> 31)
  }

  /// What Meta makes of a series of events: some twice, in any order.
  mutating func delivered<Event>(_ events: [Event]) -> [Event] {
    let repeated = events.filter { _ in Bool.random(using: &self) }
    return (events + repeated).shuffled(using: &self)
  }
}

/// The seeds of a property test: always the same ones, or from `CAREWINDOW_TEST_SEED` on (`make simulate`).
func seeds(_ count: UInt64) -> [UInt64] {
  let environment = ProcessInfo.processInfo.environment
  let first = environment["CAREWINDOW_TEST_SEED"].flatMap(UInt64.init) ?? 0
  return (0..<count).map { first &+ $0 }
}
