import Gateway
import Synchronization

/// Chance that gives the same numbers on every run (SplitMix64): a failure has a seed.
package struct SeededGenerator: RandomNumberGenerator, Sendable {
  private var state: UInt64

  /// Makes a generator; equal seeds give equal sequences.
  package init(seed: UInt64) { state = seed }

  /// The next 64 bits.
  package mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }

  /// Whether an event of this probability, 0 to 1, happens now.
  package mutating func happens(_ probability: Double) -> Bool {
    Double.random(in: 0..<1, using: &self) < probability
  }

  /// One of some things, of which there is at least one.
  package mutating func pick<Thing>(_ things: [Thing]) -> Thing {
    things[Int.random(in: things.indices, using: &self)]
  }
}

/// Ids and nonces from a seed.
package final class SeededChance: Chance {
  private let generator: Mutex<SeededGenerator>

  /// Makes a source; equal seeds give equal ids.
  package init(seed: UInt64) {
    generator = Mutex(SeededGenerator(seed: seed))
  }

  /// So many bytes of the sequence.
  package func bytes(_ count: Int) -> [UInt8] {
    generator.withLock { generator in
      (0..<count).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
    }
  }
}
