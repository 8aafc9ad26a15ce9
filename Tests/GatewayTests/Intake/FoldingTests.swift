import CloudAPI
import CustomerCare
import Storage
import Support
import Testing

@testable import Gateway

/// How much the applier hands to the writer at a time.
@Suite(.timeLimit(.minutes(2))) struct FoldingTests {
  @Test func `units are small, and only the parts of one entry have an order`() async throws {
    try await GatewayStage.play { stage in
      let sizes = [1, 1, 200, 1, 64, 65, 1]
      for size in sizes { _ = try await stage.take(Bodies.many(size).serialized()) }
      let entries = try await stage.engine.read { unit in
        try Journal.pending(limit: 99, in: unit)
      }.map(EntryFacts.init(told:))
      let sequences = Applier.sequences(entries, factsMax: 49)
      for unit in sequences.joined() {
        #expect(unit.reduce(0) { $0 + $1.count } <= 49)
      }
      // Every entry is in one sequence, and marked by its last part alone.
      var seen: [JournalEntryID: Int] = [:]
      for (index, sequence) in sequences.enumerated() {
        for part in sequence.joined() {
          #expect(seen[part.entry, default: index] == index)
          seen[part.entry] = index
        }
      }
      #expect(Set(seen.keys) == Set(entries.map(\.entry)))
      for entry in entries {
        let parts = sequences.joined().joined().filter { $0.entry == entry.entry }
        #expect(parts.map(\.isLast) == parts.indices.map { $0 == parts.count - 1 })
        #expect(parts.flatMap { $0.changes.flatMap(\.facts) } == entry.changes.flatMap(\.facts))
      }
    }
  }

  @Test func `a body of many messages is all there once it is applied`() async throws {
    try await GatewayStage.play { stage in
      _ = try await stage.take(Bodies.many(300).serialized())
      await stage.applier.drain()
      #expect(try await stage.journal().unapplied == 0)
      #expect(try await stage.events(.messageReceived).count == 300)
    }
  }
}
