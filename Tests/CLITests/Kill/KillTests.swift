import CloudAPI
import Foundation
import Support
import Testing

/// Promises 2 and 3, tried with a power cut at instants nobody chose.
@Suite struct KillTests {
  /// Beyond a lease, so that what the dead gateway held is looked at by the next one.
  static let leaseSeconds = 61

  @Test func `killed at 200 instants it loses nothing acknowledged and sends nothing twice`()
    async throws
  {
    let seed = Self.seed()
    try await World.run(.real, seed: seed) { world in
      try await world.openForLoad()
      await (try world.served).kill()
      let load = Load(world)
      try await load.run { try await kill(world, 200, under: load, seed: seed) }
      try await Audit(world: world, load: load, strikes: 200).hold(seed: seed)
    }
  }

  /// The seed that was asked for, or one nobody chose.
  static func seed() -> UInt64 {
    let seed = SimulationSeeds.given ?? UInt64.random(in: 1...1_000_000)
    print("KillTests: CAREWINDOW_TEST_SEED=\(seed)")
    return seed
  }

  private func kill(
    _ world: World,
    _ kills: Int,
    under load: Load,
    seed: UInt64
  ) async throws {
    var generator = SeededGenerator(seed: seed)
    for round in 1...kills {
      let child = try await world.serve(waiting: false)
      // Every tenth time it is not even let to start in peace.
      if round % 10 != 0 { try await world.ready() }
      load.gate.open()
      let life = Int.random(in: 20...250, using: &generator)
      try await Patience.instant(after: .milliseconds(life))
      await child.kill()
      load.gate.close()
      try await world.advance(Self.leaseSeconds)
    }
    try await world.serve()
  }
}

extension World {
  /// Starts the gateway with open windows of the load's customers, and a Meta that does not always say what it did.
  func openForLoad(changes: [String: String] = [:]) async throws {
    try await sandbox(set: ["pair_limit": false, "per_second": 1_000_000])
    try await fault(["kind": "duplicate", "probability": .decimal(0.2), "ms": 1000, "seed": 1])
    try await open(Self.unpaced, changes: changes)
    for customer in Load.customers { try await writes(customer) }
    for customer in Load.customers { try await window(is: "open", of: customer) }
    // Answers that prove nothing: Meta took the message, or it did not.
    for (index, when) in ["before", "after"].enumerated() {
      try await fault([
        "kind": "http_status", "status": 500, "when": .string(when),
        "probability": .decimal(0.02), "seed": .integer(index + 2),
      ])
    }
  }
}
