import CustomerCare
import Gateway
import Storage
import Support
import Testing

/// Promises 3 and 4: applying twice changes nothing, and a kept journal tells everything again.
@Suite(.timeLimit(.minutes(3))) struct ReplayTests {
  @Test func `applying every entry twice leaves every view equal`() async throws {
    try await GatewayStage.play { stage in
      try await Day.play(on: stage)
      let before = try await stage.canonical(at: Day.end)
      let messages = try await stage.conversation()
      let events = try await stage.events()
      let entries = try await Day.journal(of: stage)
      #expect(entries.count > 20)
      for entry in entries + entries.reversed() {
        try await stage.engine.write(.apply) { unit in
          _ = try Apply.apply([EntryFacts(told: entry)], publishing: true, in: unit)
        }
      }
      #expect(try await stage.canonical(at: Day.end) == before)
      #expect(try await stage.conversation() == messages)
      #expect(try await stage.events().map(\.id).sorted() == events.map(\.id).sorted())
    }
  }

  @Test(arguments: SimulationSeeds.some(12))
  func `a journal replayed in any order gives the same state, and publishes and sends nothing`(
    seed: UInt64
  ) async throws {
    try await GatewayStage.play { stage in
      try await Day.play(on: stage)
      let wanted = try await stage.canonical(at: Day.end)
      let entries = try await Day.journal(of: stage)
      #expect(entries.contains { $0.source == .answer })
      try await GatewayStage.play { empty in
        var chance = SeededGenerator(seed: seed)
        try await empty.replay(entries.shuffled(using: &chance))
        let found = try await empty.canonical(at: Day.end)
        #expect(found == wanted, "seed \(seed): \(Self.difference(found, wanted))")
        #expect(try await empty.events().isEmpty)
        empty.clock.advance(to: Day.end)
        await empty.attend()
        #expect(empty.meta.handed == 0)
      }
    }
  }

  /// The lines that only one of two states has.
  private static func difference(_ one: String, _ other: String) -> String {
    let ones = Set(one.split(separator: "\n"))
    let others = Set(other.split(separator: "\n"))
    return
      "too much \(ones.subtracting(others).sorted()), missing \(others.subtracting(ones).sorted())"
  }
}

extension GatewayStage {
  /// Journals and applies entries as the verb `replay` does.
  func replay(_ entries: [JournalEntry]) async throws {
    for entry in entries {
      try await engine.write(.journal) { unit in
        _ = try Journal.append(
          entry.body,
          receivedAt: entry.receivedAt,
          source: entry.source,
          in: unit
        )
      }
    }
    let silent = Applier(
      engine: engine,
      owner: "node",
      wake: Wake(),
      time: clock,
      publishing: false
    )
    await silent.drain()
    try await engine.write(.rest) { unit in
      try Wait.silence(now: Day.end, closingLead: Due.closingLead, in: unit)
    }
  }
}
