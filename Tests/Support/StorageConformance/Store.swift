import CustomerCare
import Storage

/// A database under test, with a business number and short words for what happens to it.
struct Store: Sendable {
  static let number: PhoneNumberID = "900800700"
  static let waba: WABAID = "700100200300"
  /// The instant at which most checks begin, on a whole second.
  static let start = Instant(milliseconds: 1_795_255_200_000)
  static let margin: Duration = .seconds(60)
  static let lead: Duration = .seconds(3_600)

  let engine: any SQLEngine
  let makeEngine: StorageConformance.Factory

  init(makeEngine: @escaping StorageConformance.Factory) async throws {
    self.makeEngine = makeEngine
    engine = try await makeEngine()
    try await Schema.migrate(engine, at: Self.start)
  }

  /// Another new, empty database of the same engine.
  func another() async throws -> Store { try await Store(makeEngine: makeEngine) }

  func write<Answer: Sendable>(
    _ unit: @escaping @Sendable (any SQLUnit) throws -> Answer
  ) async throws -> Answer {
    try await engine.write(.rest, unit)
  }

  func read<Answer: Sendable>(
    _ unit: @escaping @Sendable (any SQLUnit) throws -> Answer
  ) async throws -> Answer {
    try await engine.read(unit)
  }

  /// Adds the number.
  func addNumber(
    _ id: PhoneNumberID = number,
    inUse: Bool = false,
    at: Instant = start - .seconds(864_000)
  ) async throws {
    _ = try await write { unit in
      try Numbers.add(
        NumberRecord(
          facts: NumberFacts(
            phoneNumberID: id,
            wabaID: Self.waba,
            displayPhoneNumber: "+4930000001",
            addedAt: at,
            inUse: inUse
          )
        ),
        in: unit
      )
    }
  }

  /// Journals and applies what a webhook said.
  @discardableResult
  func hear(
    _ facts: [CareFact],
    at: Instant = start,
    number: PhoneNumberID? = number,
    publishing: Bool = true
  ) async throws -> Apply.Report {
    try await engine.write(.apply) { unit in
      try Journal.append(Array("\(facts)".utf8), receivedAt: at, in: unit)
      let entry = try need(try Journal.pending(limit: 1_000, in: unit).last)
      return try Apply.apply(
        [EntryFacts(of: entry, changes: [ChangeFacts(number: number, facts: facts)])],
        publishing: publishing,
        in: unit
      )
    }
  }

  func window(
    _ customer: String,
    at now: Instant,
    number: PhoneNumberID = number
  ) async throws -> CareWindow {
    try await need(
      read { unit in
        try Windows.window(number: number, customer: customer, now: now, in: unit)
      }
    ).window
  }

  func canonical(at now: Instant = start) async throws -> String {
    try await read { unit in try CanonicalState.json(at: now, in: unit) }
  }

  func events(_ consumer: String) async throws -> [CareEvent] {
    try await read { unit in try Publish.pending(consumer, limit: 1_000, in: unit) }
  }

  /// The states of requests that a consumer was told, sorted.
  func states(_ consumer: String) async throws -> [String] {
    try await events(consumer).filter { $0.kind == .messageState }.map { event in
      event.id.split(separator: "/").last?.split(separator: "@").first.map(String.init) ?? ""
    }.sorted()
  }

  func reserve(
    _ draft: RequestDraft,
    claiming: Bool = false,
    at now: Instant = start
  ) async throws -> Reserve.Outcome {
    let lease = claiming ? Claim.Lease(owner: "node", until: now + .seconds(60)) : nil
    return try await engine.write(.gate) { unit in
      try Reserve.reserve(
        draft,
        claiming: lease,
        writing: Reengage.onPaper,
        now: now,
        margin: Self.margin,
        in: unit
      )
    }
  }

  /// What happened to a request, in order.
  func history(_ id: RequestID) async throws -> [String] {
    try await read { unit in
      try unit.rows(
        "SELECT at, event, detail FROM request_line WHERE request_id = $id ORDER BY line",
        ["id": .id(id)]
      ) { row in
        "\(try row.instant("at")) \(try row.text("event")) \(try row.textIfAny("detail") ?? "-")"
      }
    }
  }

  func claim(
    _ id: RequestID,
    at now: Instant = start,
    lease: Duration = .seconds(60)
  ) async throws -> Claim.Outcome {
    try await engine.write(.gate) { unit in
      try Claim.claim(
        id,
        lease: Claim.Lease(owner: "node", until: now + lease),
        writing: Reengage.onPaper,
        now: now,
        margin: Self.margin,
        in: unit
      )
    }
  }

  func settle(
    _ attempt: AttemptID,
    _ outcome: DispatchOutcome,
    retryAt: Instant? = nil,
    at now: Instant = start
  ) async throws -> RequestRecord {
    try await need(
      engine.write(.gate) { unit in
        try Settle.settle(
          attempt,
          outcome: outcome,
          answer: AnswerBytes(status: 200, body: [1, 2]),
          retryAt: retryAt,
          writing: Reengage.onPaper,
          now: now,
          in: unit
        )
      }
    ).record
  }

  func sweep(at now: Instant) async throws -> Wait.Report {
    try await write { unit in
      try Wait.sweep(now: now, closingLead: Self.lead, limit: 100, in: unit)
    }
  }

  func dispatchable(at now: Instant) async throws -> [RequestID] {
    try await read { unit in try Wait.dispatchable(now: now, limit: 9, in: unit) }
  }

  func request(_ id: RequestID) async throws -> RequestRecord {
    try await need(read { unit in try Requests.find(id, in: unit) })
  }
}

/// What customers do and requests say, in few words.
enum Sample {
  static func message(
    _ id: String,
    from alias: Alias = .phone("491700000042"),
    at: Instant = Store.start,
    content: Content = .text("Hello"),
    origin: Origin = .customer,
    direction: MessageFact.Direction = .inbound,
    receivedAt: Instant? = nil,
    group: GroupID? = nil
  ) -> MessageFact {
    MessageFact(
      message: StoredMessage(
        id: MessageID(id),
        number: Store.number,
        alias: alias,
        groupID: group,
        origin: origin,
        content: content,
        at: at,
        receivedAt: receivedAt ?? at
      ),
      direction: direction,
      type: "text",
      raw: Array("{}".utf8)
    )
  }

  static func opening(
    _ id: String,
    from alias: Alias = .phone("491700000042"),
    at: Instant = Store.start,
    kind: OpeningKind = .text,
    receivedAt: Instant? = nil,
    group: GroupID? = nil
  ) -> LedgerEntry {
    LedgerEntry.opening(
      kind,
      eventID: id,
      alias: alias,
      groupID: group,
      at: at,
      receivedAt: receivedAt ?? at
    )
      ?? LedgerEntry(eventID: id, kind: .opening(kind), alias: alias, at: at, receivedAt: at)
  }

  /// A customer's message as a webhook tells it: the message and the opening.
  static func written(
    _ id: String,
    from alias: Alias = .phone("491700000042"),
    at: Instant = Store.start,
    receivedAt: Instant? = nil
  ) -> [CareFact] {
    [
      .message(message(id, from: alias, at: at, receivedAt: receivedAt)),
      .ledger(opening(id, from: alias, at: at, receivedAt: receivedAt)),
    ]
  }

  static func status(
    _ id: String,
    _ delivery: Delivery,
    at: Instant = Store.start,
    code: Int? = nil,
    reference: AttemptReference? = nil
  ) -> CareFact {
    .status(
      StatusFact(
        message: MessageID(id),
        alias: .phone("491700000042"),
        delivery: delivery,
        at: at,
        errors: code.map { [MetaRefusal(code: $0, title: "Refused")] } ?? [],
        pricing: Array(#"{"category":"service"}"#.utf8),
        reference: reference
      )
    )
  }

  static func draft(
    _ id: RequestID,
    to alias: Alias = .phone("491700000042"),
    at: Instant = Store.start,
    key: IdempotencyKey? = nil,
    isDurable: Bool = true,
    ifClosed: ClosedWindowPolicy? = nil,
    expiresAt: Instant? = nil,
    sendAt: Instant? = nil,
    kind: MessageKind = .freeForm(type: "text"),
    sender: Sender = .program("crm")
  ) -> RequestDraft {
    RequestDraft(
      request: SendRequest(
        id: id,
        from: Store.number,
        to: .customer(alias),
        kind: kind,
        sender: sender,
        ifClosed: ifClosed,
        expiresAt: expiresAt,
        sendAt: sendAt,
        at: at
      ),
      payload: Array(#"{"type":"text"}"#.utf8),
      content: .text("Hi"),
      type: "text",
      road: "messages",
      key: key,
      isDurable: isDurable,
      claimBy: at + .seconds(30)
    )
  }
}

extension Claim.Outcome {
  /// The reference of the attempt that may be dispatched.
  func reference(file: StaticString = #fileID, line: Int = #line) throws -> AttemptReference {
    guard case .dispatch(let claimed) = self else {
      throw NotTrue(description: "\(file):\(line) found \(self), wanted a dispatch")
    }
    return claimed.attempt
  }
}
