import CustomerCare
import SQLiteEngine
import Support
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

  /// What a ledger can be told: certain and uncertain openings, calls with earlier and later evidence,
  /// refusals, and messages that went through.
  private static func entry(_ index: Int, _ generator: inout SeededGenerator) -> LedgerEntry? {
    let alias = Alias.phone("491700000042")
    let at = start + .seconds(Int64.random(in: 0..<200_000, using: &generator))
    let receivedAt = at + .seconds(generator.happens(0.2) ? -200 : 5)
    switch Int.random(in: 0..<10, using: &generator) {
    case 0..<5:
      return .opening(
        .text,
        eventID: "wamid.\(index)",
        alias: alias,
        at: at,
        receivedAt: receivedAt
      )
    case 5:
      return .opening(
        .reaction,
        eventID: "wamid.\(index)",
        alias: alias,
        at: at,
        receivedAt: receivedAt
      )
    case 6, 7:
      let call = "wacid.\(Int.random(in: 0..<2, using: &generator))"
      return .opening(
        generator.pick([.userCall, .acceptedCall, .callPermissionReply]),
        eventID: call,
        alias: alias,
        at: at,
        receivedAt: receivedAt
      )
    case 8:
      return .refutation(
        of: "wamid.out\(index)",
        alias: alias,
        dispatchedAt: at,
        receivedAt: receivedAt
      )
    default:
      return .proof(of: "wamid.out\(index)", alias: alias, dispatchedAt: at, receivedAt: receivedAt)
    }
  }

  @Test(arguments: 0..<8)
  func `is what the row of its conversation says, whatever came in whatever order`(
    group: UInt64
  ) async throws {
    let engine = try ScratchDatabase.engine()
    try await Schema.migrate(engine, at: Self.start)
    for seed in group * 40..<(group + 1) * 40 {
      var generator = SeededGenerator(seed: seed)
      let number = NumberFacts(
        phoneNumberID: PhoneNumberID("\(900_800_700 + seed)"),
        wabaID: Self.number.wabaID,
        displayPhoneNumber: Self.number.displayPhoneNumber,
        addedAt: Self.number.addedAt
      )
      var entries = (0..<16).compactMap { Self.entry($0, &generator) }[...]
      var now = Self.start
      while !entries.isEmpty {
        // As they come, alone or several in a unit.
        let together = entries.prefix(Int.random(in: 1...3, using: &generator))
        entries = entries.dropFirst(together.count)
        let changes = together.map { entry in
          now = max(now, entry.receivedAt)
          return ChangeFold.Change(facts: [.ledger(entry)], receivedAt: now)
        }
        let (row, window) = try await engine.write(.rest) { unit in
          try ChangeFold(number: number, unit: unit, publishing: true).fold(changes)
          return try Self.rowAndWindow(of: number, in: unit)
        }
        #expect(row == window, "seed \(seed)")
      }
    }
    try await engine.close()
  }

  /// The row of the only conversation of a number, and what the ledger says at its instant.
  private static func rowAndWindow(
    of number: NumberFacts,
    in unit: any SQLUnit
  ) throws -> (row: String?, window: String?) {
    let row = try unit.first(
      """
      SELECT customer_id, state, until_at, opening, as_of FROM conversation
      WHERE phone_number_id = $number
      """,
      ["number": .id(number.phoneNumberID)]
    ) { row in
      (
        text: "\(try row.text("state")) \(try row.instantIfAny("until_at"), default: "-") "
          + (try row.textIfAny("opening") ?? "-"),
        asOf: try row.instant("as_of"), customer: try row.id("customer_id", as: CustomerID.self)
      )
    }
    guard let row, let person = try Identities(scope: number.scope, unit: unit).person(row.customer)
    else { return (nil, "nobody") }
    let window = try Ledger(number: number, unit: unit).window(with: person, at: row.asOf)
    let words: (String, Instant?, String?) =
      switch window.state {
      case .open(let until, let entry): ("open", until, entry.eventID)
      case .uncertain(let doubt, let until): ("uncertain", until, doubt.opening?.eventID)
      case .closed(let since, let entry): ("closed", since, entry.eventID)
      case .neverOpened: ("never_opened", nil, nil)
      }
    return (row.text, "\(words.0) \(words.1, default: "-") \(words.2 ?? "-")")
  }
}
