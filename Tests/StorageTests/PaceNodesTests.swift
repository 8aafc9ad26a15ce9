import CustomerCare
import PostgresEngine
import Storage
import Support
import Testing

/// Two nodes that take from one number's budget on PostgreSQL, as fast as they can.
@Suite struct PaceNodesTests {
  private static let start = Instant(seconds: 1_795_255_200)
  private static let number: PhoneNumberID = "900800700"
  /// How many messages each of the callers asks for, of four on each of two nodes.
  private static let messages = 8

  @Test(arguments: [1, 3])
  func `together they take what one would have`(taking count: Int) async throws {
    let address = try ScratchPostgres.address()
    let engines = [try ScratchPostgres.engine(address), try ScratchPostgres.engine(address)]
    try await Schema.migrate(engines[0], at: Self.start)
    _ = try await engines[0].write(.rest) { unit in
      try Numbers.add(
        NumberRecord(
          facts: NumberFacts(
            phoneNumberID: Self.number,
            wabaID: "700100200300",
            displayPhoneNumber: "+4930000001",
            addedAt: Self.start
          )
        ),
        in: unit
      )
    }
    let slots = try await withThrowingTaskGroup(of: [Instant].self) { group in
      for caller in 0..<8 {
        let engine = engines[caller % 2]
        group.addTask {
          var slots: [Instant] = []
          for index in 0..<Self.messages {
            slots += try await Self.take(count, Self.messages * caller + index, on: engine)
          }
          return slots
        }
      }
      return try await group.reduce(into: []) { $0 += $1 }
    }
    let alone = PaceBudget.untouched
      .slots(8 * Self.messages * count, by: .throughput(80), at: Self.start)
    #expect(slots.sorted() == alone)
    for engine in engines { try await engine.close() }
  }

  /// The slots that one message takes, whether it leaves now or not.
  private static func take(
    _ count: Int,
    _ index: Int,
    on engine: any SQLEngine
  ) async throws -> [Instant] {
    let draft = RequestDraft(
      request: SendRequest(
        id: RequestID("r\(index)"),
        from: number,
        to: .customer(.phone("49170000\(1000 + index)")),
        kind: .template(name: "hello", language: "de"),
        sender: .program("crm"),
        at: start
      ),
      payload: [],
      content: .text("Hi"),
      type: "template",
      road: "messages",
      isDurable: false,
      claimBy: start + .seconds(20)
    )
    let outcome = try await engine.write(.gate) { unit in
      try Reserve.reserve(
        draft,
        claiming: Claim.Lease(owner: "node", until: start + .seconds(60)),
        with: .take(count),
        writing: Reengage.onPaper,
        now: start,
        margin: .seconds(60),
        in: unit
      )
    }
    switch outcome {
    case .claimed(let claimed): return [start] + claimed.spareSlots
    case .paced(let delay, _): return delay.slots
    case .reserved, .switched, .existing, .keyConflict: throw CancellationError()
    }
  }
}
