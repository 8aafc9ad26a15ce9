import CustomerCare
import SQLiteEngine
import Testing

@testable import Storage

/// More is said about one customer than anybody reads.
@Suite struct `A tangle of names` {
  @Test func `leaves whoever is at its far end as they were`() async throws {
    let engine = try ScratchDatabase.engine()
    let start = Instant(seconds: 1_795_255_200)
    try await Schema.migrate(engine, at: start)
    let names = (0..<9).map { Alias.bsuid("DE.\($0)") }
    let (far, untouched, near) = try await engine.write(.rest) { unit in
      var identities = Identities(scope: "portfolio", unit: unit)
      for name in names { _ = try identities.resettle([name]) }
      let far = try identities.person(behind: names[8])
      for (one, other) in zip(names, names.dropFirst()) {
        _ = try identities.remember(.together(one, other, at: start))
      }
      identities.factsMax = 4
      _ = try identities.resettle([names[0]])
      return (
        far, try identities.person(behind: names[8]), try identities.person(behind: names[0])
      )
    }
    #expect(untouched == far)
    #expect(near.aliases.contains(names[3]))
    #expect(!near.aliases.contains(names[8]))
    try await engine.close()
  }

  @Test func `is read for each customer by itself`() async throws {
    let engine = try ScratchDatabase.engine()
    let start = Instant(seconds: 1_795_255_200)
    try await Schema.migrate(engine, at: start)
    let pairs = (0..<9).map { (Alias.bsuid("DE.\($0)"), Alias.phone("4917\($0)")) }
    let persons = try await engine.write(.rest) { unit in
      var identities = Identities(scope: "portfolio", unit: unit)
      identities.factsMax = 4
      for (one, other) in pairs { _ = try identities.remember(.together(one, other, at: start)) }
      _ = try identities.resettle(Set(pairs.flatMap { [$0, $1] }))
      return try pairs.map { try identities.person(behind: $0.0) }
    }
    for (person, pair) in zip(persons, pairs) { #expect(person.aliases == [pair.0, pair.1]) }
    try await engine.close()
  }
}
