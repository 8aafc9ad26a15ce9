package import CustomerCare

/// What a dispatch came to, remembered with everything that follows from it.
package enum Settle {
  /// Writes an attempt's outcome: the request's state, the message of the conversation, what
  /// Meta's answer says about window and customer, the events; and ends the lease.
  ///
  /// Settling twice changes nothing; a status webhook may have settled it first. `answer` is kept
  /// for whoever asks again; an attempt that was certainly not sent is tried again at `retryAt`,
  /// or never. The request as it is now is returned; `nil` when no such attempt was ever claimed.
  package static func settle(
    _ attempt: AttemptID,
    outcome: DispatchOutcome,
    answer: AnswerBytes?,
    retryAt: Instant? = nil,
    now: Instant,
    in unit: any SQLUnit
  ) throws -> RequestRecord? {
    let rows = RequestRows(unit: unit)
    guard let claimed = try rows.attempt(attempt), let record = try rows.find(claimed.request)
    else { return nil }
    try unit.run(
      "DELETE FROM lease WHERE request_id = $id",
      ["id": .id(claimed.request)]
    )
    if let answer { try keep(answer, of: claimed.request, in: unit) }

    if case .accepted(let message, let waID, let userID) = outcome {
      try learn(record, claimed, waID: waID, userID: userID, at: now, in: unit)
      try handOver(claimed, as: message, at: now, publishing: true, in: unit)
    } else if claimed.record.outcome == nil {
      try close(claimed, record, outcome, retryAt: retryAt, now: now, in: unit)
    }
    return try rows.find(claimed.request)
  }

  /// Meta took the message: the carrier said so, or a status did.
  static func handOver(
    _ attempt: RequestRows.Attempt,
    as message: MessageID,
    at now: Instant,
    publishing: Bool,
    in unit: any SQLUnit
  ) throws {
    let rows = RequestRows(unit: unit)
    guard attempt.record.message == nil, let record = try rows.find(attempt.request) else { return }
    var ended = attempt.record
    ended.outcome = "accepted"
    ended.endedAt = now
    ended.message = message
    ended.reason = nil
    try rows.write(ended)
    try rows.move(record, to: .handedOver, detail: message.rawValue, at: now)
    if publishing {
      try rows.publish(
        record,
        state: RequestState.handedOver.rawValue,
        message: message,
        at: now
      )
    }
    guard let number = try Numbers.find(attempt.number, in: unit)?.facts else { return }
    let to = try Identities(scope: number.scope, unit: unit).reported(record.request.to.alias)
    let fact = MessageFact(
      message: StoredMessage(
        id: message,
        number: attempt.number,
        alias: to,
        groupID: to.kind == .group ? GroupID(to.value) : nil,
        origin: record.request.sender.origin,
        content: record.content,
        at: attempt.record.dispatchBeganAt,
        receivedAt: now
      ),
      direction: .outbound,
      type: record.type,
      raw: record.payload
    )
    try ChangeFold(number: number, unit: unit, receivedAt: now, publishing: publishing)
      .fold([.message(fact)])
  }

  /// Any other end of an attempt.
  private static func close(
    _ attempt: RequestRows.Attempt,
    _ record: RequestRecord,
    _ outcome: DispatchOutcome,
    retryAt: Instant?,
    now: Instant,
    in unit: any SQLUnit
  ) throws {
    let rows = RequestRows(unit: unit)
    var ended = attempt.record
    ended.endedAt = now
    var state = RequestState.failed
    var failure: String?
    switch outcome {
    case .accepted: return
    case .refused(let refusal):
      (ended.outcome, ended.refusal) = ("refused", refusal)
      state = .refused
    case .notSent(let reason):
      (ended.outcome, ended.reason) = ("not_sent", reason)
      let mayRetry = retryAt != nil && attempt.record.number < Claim.attemptsMax
      state = mayRetry ? .accepted : .failed
      failure = mayRetry ? nil : "not_sent"
    case .acknowledged:
      // An answer to a message that names none: nobody knows what became of it.
      (ended.outcome, ended.reason) = ("unknown", "no_id")
      state = .unknown
    case .unknown(let reason):
      (ended.outcome, ended.reason) = ("unknown", reason)
      state = .unknown
    }
    try rows.write(ended)
    try rows.move(
      record,
      to: state,
      failure: failure,
      notBefore: state == .accepted ? retryAt : nil,
      detail: ended.refusal.map { "\($0.code)" } ?? ended.reason,
      at: now
    )
    if state != .accepted {
      try rows.publish(
        record,
        state: state.rawValue,
        message: nil,
        error: ended.refusal,
        at: now
      )
    }
    if ended.refusal?.code == 131047, record.request.kind.needsOpenWindow {
      try refute(attempt, to: record.request.to.alias, at: now, in: unit)
    }
  }

  /// Meta said at once that the window is closed.
  private static func refute(
    _ attempt: RequestRows.Attempt,
    to alias: Alias,
    at now: Instant,
    in unit: any SQLUnit
  ) throws {
    guard let number = try Numbers.find(attempt.number, in: unit)?.facts else { return }
    let alias = try Identities(scope: number.scope, unit: unit).reported(alias)
    let entry = LedgerEntry.refutation(
      of: "attempt:\(attempt.record.id)",
      alias: alias,
      groupID: alias.kind == .group ? GroupID(alias.value) : nil,
      dispatchedAt: attempt.record.dispatchBeganAt,
      receivedAt: now
    )
    try remember(AnswerRecord(number: attempt.number, refutation: entry), at: now, in: unit)
  }

  /// Meta's answer says whom a message reaches: `input` -> `wa_id`, and perhaps the user id.
  private static func learn(
    _ record: RequestRecord,
    _ attempt: RequestRows.Attempt,
    waID: String?,
    userID: String?,
    at now: Instant,
    in unit: any SQLUnit
  ) throws {
    let to = record.request.to.alias
    guard [.phone, .dialled].contains(to.kind) else { return }
    var identities: [IdentityFact] = []
    if let waID, waID != to.value {
      identities.append(.together(.dialled(to.value), .phone(waID), at: now))
    }
    if let waID, let userID {
      identities.append(.together(.bsuid(userID), .phone(waID), at: now))
    }
    try remember(AnswerRecord(number: attempt.number, identities: identities), at: now, in: unit)
  }

  /// Keeps what an answer says in the journal and in the state, unless the state knows it.
  private static func remember(
    _ answer: AnswerRecord,
    at now: Instant,
    in unit: any SQLUnit
  ) throws {
    guard let number = try Numbers.find(answer.number, in: unit)?.facts else { return }
    var answer = answer
    let identities = Identities(scope: number.scope, unit: unit)
    answer.identities = try answer.identities.filter { try !identities.knows($0) }
    guard !answer.isEmpty else { return }
    try unit.run(
      """
      INSERT INTO journal (received_at, source, body, applied_at)
      VALUES ($now, $source, $body, $now)
      """,
      [
        "now": .instant(now), "source": .text(JournalEntry.Source.answer.rawValue),
        "body": .bytes(answer.body),
      ]
    )
    try ChangeFold(number: number, unit: unit, receivedAt: now, publishing: true)
      .fold(answer.facts)
  }

  private static func keep(
    _ answer: AnswerBytes,
    of request: RequestID,
    in unit: any SQLUnit
  ) throws {
    try unit.run(
      "UPDATE request SET answer_status = $status, answer_body = $body WHERE id = $id",
      [
        "id": .id(request), "status": .integer(answer.status), "body": .bytes(answer.body),
      ]
    )
  }
}
