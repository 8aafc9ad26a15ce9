/// A seeded source of chance (SplitMix64): the same seed gives the same story.
struct Chance: Sendable, RandomNumberGenerator {
  private var state: UInt64

  /// Creates a source; equal seeds give equal sequences.
  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }

  /// A number from 0 up to, not including, the bound; 0 for a bound of 0 or less.
  mutating func below(_ bound: Int64) -> Int64 {
    bound <= 0 ? 0 : Int64(next() % UInt64(bound))
  }

  /// Whether an event of this probability (0 never, 1 always) happens now.
  mutating func happens(_ probability: Double) -> Bool {
    guard probability > 0 else { return false }
    return probability >= 1 || Double(next() >> 11) / 9_007_199_254_740_992 < probability
  }

  /// Sixteen hex digits.
  mutating func word() -> String {
    let digits = String(next(), radix: 16, uppercase: true)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }
}
