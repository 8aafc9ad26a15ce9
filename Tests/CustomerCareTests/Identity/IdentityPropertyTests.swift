import Testing

@testable import CustomerCare

@Suite struct `Identity` {
  static let phones = (0..<3).map { Alias.phone("49170000000\($0)") }
  static let users = (0..<4).map { Alias.bsuid("DE.\($0)") }
  static let parents = (0..<2).map { Alias.parentBSUID("DE.ENT.\($0)") }
  static let dialled = (0..<2).map { Alias.dialled("0170000000\($0)") }
  static let everybody = phones + users + parents + dialled

  static func instant(_ generator: inout SeededGenerator) -> Instant {
    // Few distinct hours, so that facts and entries meet in the same instant.
    Scene.start + .hours(Int64.random(in: 0...8, using: &generator))
      + .seconds(Int64.random(in: 0...2, using: &generator))
  }

  static func facts(_ generator: inout SeededGenerator) -> [IdentityFact] {
    (0..<Int.random(in: 0...9, using: &generator)).map { _ in
      let at = instant(&generator)
      let one = everybody.randomElement(using: &generator) ?? phones[0]
      if Int.random(in: 0..<3, using: &generator) == 0 {
        let same = everybody.filter { $0.kind == one.kind }
        return .changed(from: one, to: same.randomElement(using: &generator) ?? one, at: at)
      }
      return .together(one, everybody.randomElement(using: &generator) ?? one, at: at)
    }
  }

  static func entries(_ generator: inout SeededGenerator) -> [LedgerEntry] {
    (0..<8).map { index in
      Scene.opening(
        Bool.random(using: &generator) ? .text : .reaction,
        id: "wamid.\(index)",
        by: everybody.randomElement(using: &generator) ?? phones[0],
        at: instant(&generator)
      )
    }
  }

  @Test(arguments: seeds(500))
  func `does not depend on order or repetition of what Meta said`(seed: UInt64) {
    var generator = SeededGenerator(seed: seed)
    let facts = Self.facts(&generator)
    let persons = Person.resolve(facts, aliases: Set(Self.everybody), in: "p")
    for _ in 0..<5 {
      let delivered = generator.delivered(facts)
      #expect(
        Person.resolve(delivered, aliases: Set(Self.everybody), in: "p") == persons,
        "seed \(seed)"
      )
    }
    let merged = Dictionary(facts.map { ($0.key, $0) }, uniquingKeysWith: { $0.merging($1) })
    #expect(
      Person.resolve(Array(merged.values), aliases: Set(Self.everybody), in: "p") == persons,
      "seed \(seed)"
    )
  }

  @Test(arguments: seeds(500))
  func `gives every name to exactly one person at every instant`(seed: UInt64) {
    var generator = SeededGenerator(seed: seed)
    let facts = Self.facts(&generator)
    let persons = Person.resolve(facts, aliases: Set(Self.everybody), in: "p")
    let instants =
      facts.flatMap { [$0.at, $0.at - .milliseconds(1)] } + [.distantPast, .distantFuture]
    for alias in Self.everybody {
      for instant in instants {
        let holders = persons.filter { $0.holding(of: alias, at: instant) != nil }
        #expect(holders.count == 1, "seed \(seed), \(alias) at \(instant)")
      }
    }
    #expect(Set(persons.map(\.id)).count == persons.count, "seed \(seed)")
  }

  @Test(arguments: seeds(500))
  func `invents and loses no window by merging and splitting`(seed: UInt64) {
    var generator = SeededGenerator(seed: seed)
    let facts = Self.facts(&generator)
    let entries = Self.entries(&generator)
    let now = Scene.start + .hours(26)
    let persons = Person.resolve(facts, aliases: Set(Self.everybody), in: "p")
    let live = entries.filter { $0.at + CareWindow.length > now }
    let owners = persons.map { person in
      (person, live.filter { person.holding(of: $0.alias, at: $0.at) != nil })
    }
    #expect(owners.flatMap(\.1).count == live.count, "seed \(seed): each entry has one owner")
    for (person, own) in owners {
      let state = CareWindow.state(entries, of: person, at: now)
      let present = own.filter { person.holding(of: $0.alias, at: $0.at)?.isPresent == true }
      let certain = present.filter { $0.certainty == .certain }.map(\.at).max()
      #expect(state.isOpen == (certain != nil), "seed \(seed), \(person.id)")
      #expect(state.isOpen || (state.doubt != nil) == !own.isEmpty, "seed \(seed), \(person.id)")
      if let certain { #expect(state.end == certain + CareWindow.length, "seed \(seed)") }
    }
  }

  @Test(arguments: seeds(200))
  func `gives the same windows whatever order it learned of the names`(seed: UInt64) {
    var generator = SeededGenerator(seed: seed)
    let facts = Self.facts(&generator)
    let entries = Self.entries(&generator)
    func windows(_ facts: [IdentityFact], _ entries: [LedgerEntry]) -> [CustomerID: CareWindow] {
      let persons = Person.resolve(facts, aliases: Set(Self.everybody), in: "p")
      return Dictionary(
        uniqueKeysWithValues: persons.map {
          (
            $0.id,
            CareWindow.fold(
              entries,
              of: $0,
              at: Scene.start + .hours(25),
              number: Scene.number
            )
          )
        }
      )
    }
    let expected = windows(facts, entries)
    #expect(
      windows(generator.delivered(facts), generator.delivered(entries)) == expected,
      "seed \(seed)"
    )
  }

  @Test(arguments: everybody + [.group("Z3Jvd:x")])
  func `writes and reads names as keys`(alias: Alias) {
    #expect(Alias(key: alias.key) == alias)
  }

  @Test(arguments: ["", "phone", "fax:49", ":49"])
  func `reads no key that it did not write`(text: String) {
    #expect(Alias(key: text) == nil)
  }

  @Test func `prefers the name that belongs to one person for ever`() {
    #expect(
      Alias.strongest(of: [Self.dialled[0], Self.parents[0], Self.phones[0], Self.users[0]])
        == Self.users[0]
    )
    #expect(Alias.strongest(of: []) == nil)
  }
}
