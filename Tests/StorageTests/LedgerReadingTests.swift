import CustomerCare
import SQLiteEngine
import Testing

@testable import Storage

/// A decision reads what the fold can need, not a year.
@Suite struct `The ledger of a window` {
  private static let start = Instant(seconds: 1_795_255_200)
  private static let number = NumberFacts(
    phoneNumberID: "900800700",
    wabaID: "700100200300",
    displayPhoneNumber: "+4930000001",
    addedAt: start - .seconds(864_000)
  )

  /// Whose ledger it is: the number was the person's until `moved`, or has been since then.
  enum Reader: CaseIterable {
    case former, newHolder, reactingOnly

    func person(_ alias: Alias, moved: Instant) -> Person {
      let holding =
        switch self {
        case .former: Person.Holding(alias: alias, from: nil, until: moved, isPresent: false)
        case .newHolder: Person.Holding(alias: alias, from: moved, until: nil, isPresent: true)
        case .reactingOnly: Person.Holding(alias: alias, from: nil, until: nil, isPresent: true)
        }
      return Person(id: "c_1", holdings: [holding])
    }
  }

  @Test(arguments: Reader.allCases, [Duration.seconds(3_600), .seconds(90_000)])
  func `is read for a few days only, and says the same as all of it`(
    reader: Reader,
    since: Duration
  ) async throws {
    let engine = try ScratchDatabase.engine()
    try await Schema.migrate(engine, at: Self.start)
    let alias = Alias.phone("491700000042")
    let moved = Self.start - since
    let entries = (1...600).map { index in
      let at = moved - .seconds(Int64(index) * 21_600)
      return LedgerEntry.opening(
        reader == .reactingOnly ? .reaction : .text,
        eventID: "wamid.\(index)",
        alias: alias,
        at: at,
        receivedAt: at
      )
    }.compactMap(\.self)
    let person = reader.person(alias, moved: moved)
    let (window, read) = try await engine.write(.rest) { unit in
      for entry in entries { _ = try Ledger(number: Self.number, unit: unit).record(entry) }
      let counting = CountingUnit(unit)
      let window = try Ledger(number: Self.number, unit: counting)
        .window(with: person, at: Self.start)
      return (window, counting.rows)
    }
    #expect(
      window == .fold(entries, of: person, at: Self.start, number: Self.number)
    )
    #expect(read < 60)
    try await engine.close()
  }
}
