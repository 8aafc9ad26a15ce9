import Support
import Testing

/// Promise 1: no free-form message is handed to Meta unless the window is proven open for the margin.
///
/// The rule is checked by Meta's own books, which share nothing with it.
@Suite(.timeLimit(.minutes(10))) struct GatePropertyTests {
  private static let seedsPerBatch = 25

  @Test(arguments: SimulationSeeds.batches(of: seedsPerBatch, usually: 250))
  func `whatever happens, Meta's books see no free-form message outside the window`(
    seeds: [UInt64]
  ) async throws {
    var taken = 0
    var refused = 0
    for seed in seeds {
      var scenery = GatewayStage.Scenery()
      scenery.seed = seed
      try await GatewayStage.play(scenery) { stage in
        var drama = try Drama(seed: seed, on: stage)
        try await drama.perform(scenes: 60)
        #expect(stage.meta.handedOutside == 0, "seed \(seed)")
        taken += drama.taken
        refused += drama.refused
      }
    }
    // A gate that refuses all, or a day on which nobody writes, would prove nothing; a few seeds alone may be such days.
    guard seeds.count == Self.seedsPerBatch else { return }
    #expect(taken > 20 && refused > 20, "from seed \(seeds[0]): taken \(taken), refused \(refused)")
  }
}
