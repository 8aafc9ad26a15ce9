import Testing

@testable import CustomerCare

/// The ledger under what Meta does to webhooks: repeated, reordered, late, corrected.
@Suite struct `The window ledger` {
  /// A random day and a half of one conversation, with several reports of some of its events.
  static func history(_ generator: inout SeededGenerator) -> [LedgerEntry] {
    let kinds: [LedgerEntry.Kind] =
      OpeningKind.allCases.map { .opening($0) }
      + Array(repeating: .opening(.text), count: 10)
      + Array(repeating: .refutation, count: 6) + Array(repeating: .proof, count: 4)
    return (0..<Int.random(in: 0...12, using: &generator)).map { _ in
      let kind = kinds.randomElement(using: &generator) ?? .proof
      let at = Scene.start + .seconds(Int64.random(in: 0...129_600, using: &generator))
      let id = Int.random(in: 0...9, using: &generator)
      var certainty = LedgerEntry.Certainty.certain
      if case .opening(let opening) = kind, case .uncertain(let reason) = opening.qualification {
        certainty = .uncertain(reason)
      }
      return LedgerEntry(
        eventID: "event.\(id)",
        kind: kind,
        alias: Scene.anna,
        at: at,
        receivedAt: at + .seconds(Int64.random(in: -400...90_000, using: &generator)),
        certainty: certainty,
        live: Int.random(in: 0..<8, using: &generator) > 0
      )
    }
  }

  /// Instants at which something changes, and random ones between.
  static func moments(
    _ entries: [LedgerEntry],
    _ generator: inout SeededGenerator
  ) -> [Instant] {
    let edges = entries.flatMap { [$0.at, $0.at + .hours(24)] }
    return edges + edges.map { $0 - .milliseconds(1) }
      + (0..<8).map { _ in
        Scene.start + .seconds(Int64.random(in: 0...250_000, using: &generator))
      }
  }

  @Test(arguments: seeds(400))
  func `tells the same whatever order and however often events are reported`(seed: UInt64) {
    var generator = SeededGenerator(seed: seed)
    let entries = Self.history(&generator)
    let number = [
      Scene.number, Scene.number(addedAt: Scene.start, inUse: true),
      Scene.number(addedAt: Scene.start + .hours(2), coexistence: true),
      Scene.number(coexistence: true, onboardedAt: Scene.start + .hours(6)),
    ].randomElement(using: &generator)
    for now in Self.moments(entries, &generator) {
      let delivered = generator.delivered(entries)
      #expect(
        CareWindow.state(entries, at: now, number: number ?? Scene.number)
          == CareWindow.state(delivered, at: now, number: number ?? Scene.number),
        "seed \(seed), \(now)"
      )
    }
  }

  @Test(arguments: seeds(400))
  func `merges reports into the same entry in every order`(seed: UInt64) {
    var generator = SeededGenerator(seed: seed)
    let reports = Self.history(&generator).map { entry in
      LedgerEntry(
        eventID: "event",
        kind: entry.kind,
        alias: [Scene.anna, .bsuid("DE.1"), .dialled("4917")].randomElement(using: &generator)
          ?? Scene.anna,
        groupID: [nil, "g1", "g2"].randomElement(using: &generator) ?? nil,
        at: entry.at,
        receivedAt: entry.receivedAt,
        certainty: entry.certainty,
        live: entry.live
      )
    }
    guard let first = reports.first else { return }
    let merged = reports.dropFirst().reduce(first) { $0.merging($1) }
    let delivered = generator.delivered(reports)
    #expect(delivered.dropFirst().reduce(delivered[0]) { $0.merging($1) } == merged, "seed \(seed)")
    #expect(reports.allSatisfy { merged.at <= $0.at && merged.receivedAt <= $0.receivedAt })
    #expect(merged.merging(merged) == merged)
  }

  @Test(arguments: seeds(400))
  func `needs nothing from before the latest certain opening`(seed: UInt64) {
    var generator = SeededGenerator(seed: seed)
    let entries = Dictionary(
      Self.history(&generator).map { ($0.eventID, $0) },
      uniquingKeysWith: { $0.merging($1) }
    )
    let latest = entries.values.filter { entry in
      entry.live && entry.certainty == .certain && entry.openingKind?.qualification == .opens
    }.map(\.at).max()
    guard let latest else { return }
    for now in Self.moments(Array(entries.values), &generator) {
      #expect(
        CareWindow.state(Array(entries.values), at: now)
          == CareWindow.state(entries.values.filter { $0.at >= latest }, at: now),
        "seed \(seed), \(now)"
      )
    }
  }

  @Test(arguments: seeds(400))
  func `is open only after an opening of the last 24 hours`(seed: UInt64) {
    var generator = SeededGenerator(seed: seed)
    let entries = Self.history(&generator)
    for now in Self.moments(entries, &generator) {
      guard case .open(let until, let because) = CareWindow.state(entries, at: now) else {
        continue
      }
      #expect(until == because.at + .hours(24) && now < until, "seed \(seed), \(now)")
      #expect(because.live && because.openingKind?.qualification != .doesNotOpen, "seed \(seed)")
    }
  }

  @Test(arguments: seeds(400))
  func `follows Meta's rule where there is nothing but messages`(seed: UInt64) {
    var generator = SeededGenerator(seed: seed)
    let times = (0..<6).map { _ in
      Scene.start + .seconds(Int64.random(in: 0...129_600, using: &generator))
    }
    let entries = times.enumerated().map { Scene.opening(id: "wamid.\($0)", at: $1) }
    for now in Self.moments(entries, &generator) {
      let last = times.max() ?? Scene.start
      #expect(
        CareWindow.state(entries, at: now).isOpen == (now.since(last) < .hours(24)),
        "seed \(seed), \(now)"
      )
    }
  }

  @Test func `takes a call's earliest sign`() {
    let rang = Scene.opening(.userCall, id: "wacid.1")
    let ended = Scene.opening(.userCall, id: "wacid.1", at: Scene.start + .seconds(130))
    #expect(ended.merging(rang) == rang)
    #expect(CareWindow.state([ended, rang], at: Scene.start).end == Scene.start + .hours(24))
  }

  @Test func `lets a placeholder give way to the message, and never back`() {
    let placeholder = Scene.opening(.unavailable)
    let text = Scene.opening(.text, at: Scene.start + .seconds(4))
    for merged in [placeholder.merging(text), text.merging(placeholder)] {
      #expect(merged.kind == .opening(.text))
      #expect(merged.certainty == .certain)
      #expect(merged.at == Scene.start)
    }
  }

  @Test func `is not made certain by an import`() {
    let imported = Scene.opening(.text, live: false)
    let live = Scene.opening(.unavailable)
    #expect(imported.merging(live).certainty == .uncertain(.unavailable))
    #expect(live.merging(imported) == imported.merging(live))
  }
}
