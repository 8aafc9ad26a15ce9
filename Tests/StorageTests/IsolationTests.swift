import CustomerCare
import Dispatch
import PostgresEngine
import Support
import Testing

@testable import Storage

/// What two transactions must not miss of each other although they write no row in common.
@Suite(.timeLimit(.minutes(2))) struct `Two who do not see each other` {
  private static let start = Instant(seconds: 1_795_255_200)
  private static let number = NumberFacts(
    phoneNumberID: "900800700",
    wabaID: "700100200300",
    displayPhoneNumber: "+4930000001",
    addedAt: start - .seconds(864_000)
  )
  private static let customer = Alias.phone("491700000042")

  @Test(arguments: [WritePriority.gate, .apply])
  func `a message that is parked while its conversation comes to be is not forgotten`(
    _ priority: WritePriority
  ) async throws {
    let engine = try ScratchPostgres.engine()
    try await Schema.migrate(engine, at: Self.start)
    _ = try await engine.write(.rest) { unit in
      try Numbers.add(NumberRecord(facts: Self.number), in: unit)
    }
    let (looked, parked, tries) = (Tally(), DispatchSemaphore(value: 0), Tally())
    async let meeting: Void = engine.write(priority) { unit in
      let person = Identities(scope: Self.number.scope, unit: unit).stranger(Self.customer)
      try ConversationFold(number: Self.number, unit: unit, publishing: true, isLate: false)
        .refold(person, at: Self.start)
      tries.raise()
      guard tries.count == 1 else { return }
      // It has seen that nothing waits, and written so; nobody has seen that yet.
      looked.raise()
      parked.wait()
    }
    await looked.reaches(1)
    let outcome = try await engine.write(.gate) { unit in
      defer { parked.signal() }
      return try Reserve.reserve(
        Self.draft,
        writing: Reengage.onPaper,
        now: Self.start,
        margin: .seconds(60),
        in: unit
      )
    }
    guard case .reserved(let record, _) = outcome else {
      Issue.record("\(outcome)")
      return
    }
    #expect(record.state == .parked)
    try await meeting
    let isNoted = try await engine.read { unit in
      try unit.first("SELECT has_parked FROM conversation") { try $0.flag("has_parked") }
    }
    #expect(isNoted == true)
    try await engine.close()
  }

  private static let draft = RequestDraft(
    request: SendRequest(
      id: "r1",
      from: number.phoneNumberID,
      to: .customer(customer),
      kind: .freeForm(type: "text"),
      sender: .program("crm"),
      ifClosed: .park,
      at: start
    ),
    payload: [],
    content: .text("Hi"),
    type: "text",
    road: "messages",
    isDurable: true,
    claimBy: start + .seconds(30)
  )
}
