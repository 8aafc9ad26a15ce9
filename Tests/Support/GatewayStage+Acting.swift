package import CloudAPI
package import CustomerCare
package import Gateway
package import Storage

/// What a test does on the stage, and what it sees.
extension GatewayStage {
  /// Who sends, by which door.
  package enum Door: Sendable, CaseIterable {
    /// A program that speaks Cloud API: counts only when answered.
    case facade
    /// A program that uses `/v1`: counts at the commit.
    case api
    /// A person.
    case employee
  }

  /// A text as a client of Cloud API writes it.
  package static func text(_ body: String = "Hello", to recipient: String = customer) -> JSON {
    message("text", ["body": .string(body)], to: recipient)
  }

  /// The template that needs no parameters.
  package static func template(to recipient: String = customer) -> JSON {
    message("template", ["name": "hello_world", "language": ["code": "en_US"]], to: recipient)
  }

  /// A message of any type; a recipient with a dot is a user id.
  package static func message(_ type: String, _ content: JSON, to recipient: String) -> JSON {
    var json: JSON = ["messaging_product": "whatsapp", "type": .string(type)]
    json.set(recipient.contains(".") ? "recipient" : "to", to: .string(recipient))
    json.set(type, to: content)
    return json
  }

  /// Hands a message to the gate.
  package func submit(
    _ message: JSON = text(),
    through door: Door = .facade,
    key: String? = nil,
    token: TokenID = token,
    from number: PhoneNumberID = number,
    ifClosed: ClosedWindowPolicy? = nil,
    sendAt: Instant? = nil,
    expiresAt: Instant? = nil
  ) async -> Submitted {
    var submission = Submission(
      from: number,
      body: message.serialized(),
      sender: door == .employee ? .employee : .program(token),
      acceptance: door == .api ? .atCommit : .whenAnswered
    )
    submission.version = door == .facade ? "v24.0" : nil
    submission.idempotencyKey = key
    submission.ifClosed = ifClosed
    submission.sendAt = sendAt
    submission.expiresAt = expiresAt
    submission.token = door == .employee ? nil : token
    return await outbox.submit(submission)
  }

  /// Hands a message to the gate and waits until it is done with, whoever was answered when.
  package func send(
    _ message: JSON = text(),
    through door: Door = .facade,
    key: String? = nil
  ) async throws -> RequestRecord {
    let submitted = await submit(message, through: door, key: key)
    guard let id = submitted.report?.id else { throw Unexpected(submitted) }
    return try await finish(id)
  }

  /// The request once nobody carries it any more.
  package func finish(_ id: RequestID) async throws -> RequestRecord {
    while true {
      let seen = finished.count
      guard let record = try await request(id) else { throw Unexpected(id) }
      guard record.state == .accepted || record.state == .dispatching else { return record }
      await finished.reaches(seen + 1)
    }
  }

  /// Gives everything that is to go, or to be tried again, its time: the clock moves to it.
  package func catchUp() async throws {
    while let next = try await next() {
      if next.at > clock.now { clock.advance(to: next.at) }
      await attend()
      _ = try await finish(next.id)
    }
  }

  private func next() async throws -> (id: RequestID, at: Instant)? {
    try await engine.read { unit in
      try unit.first(
        """
        SELECT id, COALESCE(not_before, created_at) AS at FROM request
        WHERE is_open = 1 AND state = 'accepted' AND durable = 1
        ORDER BY created_at, id LIMIT 1
        """
      ) { row in (id: try row.id("id"), at: try row.instant("at")) }
    }
  }

  /// A request as it is remembered.
  package func request(_ id: RequestID) async throws -> RequestRecord? {
    try await engine.read { unit in try Requests.find(id, in: unit) }
  }

  /// Takes every webhook that is due, and applies it.
  @discardableResult
  package func hear() async throws -> [IntakeAnswer] {
    let answers = try await meta.post(to: intake)
    await applier.drain()
    return answers
  }

  /// Lets time pass, hearing what Meta says at the instant at which Meta says it.
  package func live(_ duration: Duration) async throws {
    let end = clock.now + duration
    while let next = meta.nextAt, next <= end {
      clock.advance(to: next)
      try await hear()
    }
    clock.advance(to: end)
    try await hear()
  }

  /// Signs a body and takes it as a webhook.
  @discardableResult
  package func take(_ body: [UInt8]) async throws -> IntakeAnswer {
    try await intake.take(
      Pieces(body),
      signature: Signature.header(for: body, secret: Self.secret)
    )
  }

  /// Signs a body, takes it and applies it.
  @discardableResult
  package func hear(_ body: JSON) async throws -> IntakeAnswer {
    let answer = try await take(body.serialized())
    await applier.drain()
    return answer
  }

  /// The window with a customer now, as the gateway tells it.
  package func window(_ customer: String = customer) async throws -> CareWindow {
    let now = clock.now
    let conversation = try await engine.read { unit in
      try Windows.window(number: Self.number, customer: customer, now: now, in: unit)
    }
    guard let conversation else { throw Unexpected("an unknown number") }
    return conversation.window
  }

  /// The messages with a customer, newest first.
  package func conversation(_ customer: String = customer) async throws -> [MessageView] {
    try await engine.read { unit in
      try Conversations.messages(number: Self.number, customer: customer, limit: 1_000, in: unit)
    }?.items ?? []
  }

  /// The events nobody has seen to, in order.
  package func events() async throws -> [CareEvent] {
    try await engine.read { unit in try Publish.pending(Self.consumer, limit: 1_000, in: unit) }
  }

  /// The events of one kind that nobody has seen to, in order.
  package func events(_ kind: CareEvent.Kind) async throws -> [CareEvent] {
    try await events().filter { $0.kind == kind }
  }

  /// Does everything that is due now.
  package func attend() async {
    while await due.round() {}
  }

  /// Everything that must be the same after a replay.
  package func canonical(at now: Instant) async throws -> String {
    try await engine.read { unit in try CanonicalState.json(at: now, in: unit) }
  }

  /// How much is in the journal.
  package func journal() async throws -> JournalCounts {
    try await engine.read { unit in try Journal.counts(in: unit) }
  }
}

/// Something else came than the test needs to go on.
package struct Unexpected: Error, CustomStringConvertible {
  /// What came.
  package let description: String

  /// Reports what came.
  package init(_ found: some Any) {
    description = "unexpected: \(found)"
  }
}

extension Submitted {
  /// The report, if the submission became a request.
  package var report: RequestReport? {
    if case .request(let report) = self { report } else { nil }
  }

  /// Where the request stands; `nil` if it became none.
  package var state: RequestState? { report?.state }

  /// Why the gate said no; `nil` if it did not.
  package var refusal: Refusal? {
    guard case .refused(let refusal) = report?.verdict else { return nil }
    return refusal
  }
}
