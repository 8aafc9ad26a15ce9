import CustomerCare
import SQLiteEngine
import Testing

@testable import Storage

/// What a message costs: a million customers are met one after the other.
@Suite struct `A customer's message` {
  private static let start = Instant(seconds: 1_795_255_200)

  private static func number(_ index: Int) -> NumberFacts {
    NumberFacts(
      phoneNumberID: PhoneNumberID("9008007\(index)"),
      wabaID: "700100200300",
      displayPhoneNumber: "+4930000001",
      addedAt: start - .seconds(864_000)
    )
  }

  /// A message, and who wrote it: by the number alone, or by the user id as well.
  private static func message(
    _ id: Int,
    from customer: Int,
    isNamed: Bool = true,
    at instant: Instant = start
  ) -> [CareFact] {
    let phone = Alias.phone("4917\(1_000_000 + customer)")
    let user = Alias.bsuid("DE.\(1_000_000 + customer)")
    let subject = isNamed ? user : phone
    let entry = LedgerEntry.opening(
      .text,
      eventID: "wamid.\(id)",
      alias: subject,
      at: instant,
      receivedAt: start
    )
    let message = MessageFact(
      message: StoredMessage(
        id: MessageID("wamid.\(id)"),
        number: number(0).phoneNumberID,
        alias: subject,
        groupID: nil,
        origin: .customer,
        content: .text("Hello"),
        at: instant,
        receivedAt: start
      ),
      direction: .inbound,
      type: "text",
      raw: []
    )
    return (isNamed ? [.identity(.together(user, phone, at: instant))] : [])
      + [.message(message)] + (entry.map { [.ledger($0)] } ?? [])
  }

  /// How many statements each body takes, of those that come one after the other.
  private func statements(of bodies: [[CareFact]], numbers: Int = 1) async throws -> [Int] {
    let engine = try ScratchDatabase.engine()
    try await Schema.migrate(engine, at: Self.start)
    let counts = try await engine.write(.rest) { unit in
      for index in 0..<numbers {
        _ = try Numbers.add(NumberRecord(facts: Self.number(index)), in: unit)
      }
      return try bodies.map { facts in
        let counting = CountingUnit(unit)
        try ChangeFold(number: Self.number(0), unit: counting, publishing: true)
          .fold(facts, receivedAt: Self.start)
        return counting.statements
      }
    }
    try await engine.close()
    return counts
  }

  @Test(arguments: [1, 20])
  func `costs a fixed number of statements, the first one as well`(numbers: Int) async throws {
    let strangers = (0..<50).map { Self.message($0, from: $0) }
    let known = (0..<50).map { Self.message(100 + $0, from: $0, at: Self.start + .seconds(60)) }
    let counts = try await statements(of: strangers + known, numbers: numbers)
    #expect(Set(counts[..<50]) == [16])
    #expect(Set(counts[50...]) == [4])
  }

  @Test func `costs no more beside one that shows who somebody is`() async throws {
    let met = Self.message(0, from: 0, isNamed: false)
    let strangers = (1...50).map { Self.message($0, from: $0) }
    let joining = Self.message(51, from: 0)
    let alone = try await statements(of: [met, joining])
    let among = try await statements(of: [met, joining + strangers.joined()])
    let stranger = try await statements(of: [strangers[0]])
    #expect(among[1] - alone[1] == 50 * stranger[0])
  }

  @Test func `costs the same however many the customer wrote in the same body`() async throws {
    let met = Self.message(0, from: 0)
    let two = Self.message(1, from: 0) + Self.message(2, from: 0)
    let three = two + Self.message(3, from: 0)
    let few = try await statements(of: [met, two])
    let more = try await statements(of: [met, three])
    #expect(more[1] - few[1] == 3)
  }
}
