package import CustomerCare

/// What a dispatch came to, remembered with everything that follows from it.
package enum Settle {
  /// Writes an attempt's outcome: the request's state, the message of the conversation, what
  /// Meta's answer says about window and customer, the events; and ends the lease.
  ///
  /// Settling twice changes nothing; a status webhook may have settled it first, and what the carrier
  /// proves still counts when only the lease had ended. `answer` is kept for whoever asks again. A
  /// durable request that was certainly not sent is tried again at `retryAt`, if it may; `nil`:
  /// never. So is one that met the first 131047 against a certain opening, once Meta had time to recover. `hold` is the limit on speed
  /// that Meta said is exceeded, and until when; `write` writes the template that goes out in its place, if it has to wait now. Returns `nil` when no such attempt was ever claimed.
  package static func settle(
    _ attempt: AttemptID,
    outcome: DispatchOutcome,
    answer: AnswerBytes?,
    retryAt: Instant? = nil,
    hold: (limit: PaceLimit, until: Instant)? = nil,
    writing write: Reengage.Writer,
    now: Instant,
    in unit: any SQLUnit
  ) throws -> Settlement? {
    let rows = RequestRows(unit: unit)
    guard let claimed = try rows.attempt(attempt), let record = try rows.find(claimed.request)
    else { return nil }
    // Of one that went on meanwhile the lease is the next attempt's.
    if record.attempts.last?.id == attempt {
      try unit.run(
        "DELETE FROM lease WHERE request_id = $id",
        ["id": .id(claimed.request)]
      )
    }
    if case .accepted(let message, let waID, let userID) = outcome {
      try keep(answer, of: claimed.request, in: unit)
      try learn(record, claimed, waID: waID, userID: userID, at: now, in: unit)
      try handOver(claimed, of: record, as: message, at: now, publishing: true, in: unit)
    } else if claimed.record.isUnsettled {
      try keep(answer, of: claimed.request, in: unit)
      try close(claimed, record, outcome, retryAt: retryAt, write, now: now, in: unit)
    }
    if let hold, let number = try Numbers.find(claimed.number, in: unit)?.facts {
      try Pace.hold(
        hold.limit,
        until: hold.until,
        from: number,
        to: try rows.customer(of: record),
        now: now,
        in: unit
      )
    }
    return try rows.find(claimed.request).map { Settlement(record: $0, before: record.state) }
  }

  /// A request after its attempt was settled.
  package struct Settlement: Sendable {
    /// The request as it is now.
    package var record: RequestRecord
    /// Where it stood before.
    package var before: RequestState
  }

  /// Meta took the message: the carrier said so, or a status did.
  ///
  /// `record` is the attempt's request, for who has read it already. Returns whether the request was
  /// handed over by this.
  @discardableResult
  static func handOver(
    _ attempt: RequestRows.Attempt,
    of record: RequestRecord? = nil,
    as message: MessageID,
    at now: Instant,
    publishing: Bool,
    in unit: any SQLUnit
  ) throws -> Bool {
    let rows = RequestRows(unit: unit)
    guard attempt.record.message == nil, let record = try record ?? rows.find(attempt.request)
    else { return false }
    var ended = attempt.record
    ended.outcome = "accepted"
    ended.endedAt = now
    ended.message = message
    ended.reason = nil
    try rows.write(ended)
    let isNews = try rows.move(record, to: .handedOver, detail: message.rawValue, at: now)
    if publishing, isNews {
      try rows.publish(
        record,
        state: RequestState.handedOver.rawValue,
        message: message,
        at: now
      )
    }
    guard let number = try Numbers.find(attempt.number, in: unit)?.facts else { return isNews }
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
    try ChangeFold(number: number, unit: unit, publishing: publishing)
      .fold([.message(fact)], receivedAt: now)
    return isNews
  }

  /// Any other end of an attempt.
  private static func close(
    _ attempt: RequestRows.Attempt,
    _ record: RequestRecord,
    _ outcome: DispatchOutcome,
    retryAt: Instant?,
    _ write: Reengage.Writer,
    now: Instant,
    in unit: any SQLUnit
  ) throws {
    let rows = RequestRows(unit: unit)
    var ended = attempt.record
    (ended.endedAt, ended.reason) = (now, nil)
    switch outcome {
    case .accepted: return
    case .refused(let refusal): (ended.outcome, ended.refusal) = ("refused", refusal)
    case .notSent(let reason, let refusal):
      (ended.outcome, ended.reason, ended.refusal) = ("not_sent", reason, refusal)
    // An answer to a message that names none: nobody knows what became of it.
    case .acknowledged: (ended.outcome, ended.reason) = ("unknown", "no_id")
    case .unknown(let reason): (ended.outcome, ended.reason) = ("unknown", reason)
    }
    try rows.write(ended)
    let detail = ended.refusal.map { "\($0.code)" } ?? ended.reason
    switch outcome {
    case .accepted: return
    case .notSent:
      if let retryAt, record.mayTryAgain(at: retryAt) {
        try rows.move(record, to: .accepted, notBefore: retryAt, detail: detail, at: now)
      } else {
        try rows.endUnsent(
          record,
          as: .failed,
          failure: "not_sent",
          error: ended.refusal,
          detail: detail,
          at: now
        )
      }
    case .refused:
      // Unless it was 131047, Meta said nothing about the window; then the try is over either way.
      try SecondTry.giveBack(record.request.id, in: unit)
      var retryAt: Instant?
      if ended.refusal?.code == 131047, record.request.kind.needsOpenWindow {
        try refute(attempt, to: record.request.to.alias, at: now, in: unit)
        retryAt = try secondTry(of: record, at: now, in: unit)
      }
      if let retryAt, record.mayTryAgain(at: retryAt) {
        try rows.move(record, to: .accepted, notBefore: retryAt, detail: detail, at: now)
      } else if let (waiting, known) = try waiting(record, ended, at: now, in: unit),
        try rows.move(record, to: .accepted, detail: detail, at: now)
      {
        var record = record
        (record.state, record.verdict) = (.accepted, .wait(waiting))
        try Parked.park(record, known.person.id, waiting, at: now, in: unit)
        try Reengage.begin(inPlaceOf: record, known, write, now: now, in: unit)
      } else if try rows.move(record, to: .refused, detail: detail, at: now) {
        try rows.publish(
          record,
          state: RequestState.refused.rawValue,
          message: nil,
          error: ended.refusal,
          at: now
        )
      }
    case .acknowledged, .unknown:
      if try rows.move(record, to: .unknown, detail: detail, at: now) {
        try rows.publish(record, state: RequestState.unknown.rawValue, message: nil, at: now)
      }
    }
  }

  /// What a request waits for that Meta just refused with 131047, where its sender wants it to wait, and to whom it leads now;
  /// otherwise `nil`.
  private static func waiting(
    _ record: RequestRecord,
    _ attempt: AttemptRecord,
    at now: Instant,
    in unit: any SQLUnit
  ) throws -> (Waiting, GateFacts)? {
    guard attempt.refusal?.code == 131047, record.attempts.count < Claim.attemptsMax else {
      return nil
    }
    let known = try GateFacts(
      for: record.request,
      isPromised: record.hasWaited,
      now: now,
      margin: .zero,
      in: unit
    )
    guard case .wait(let waiting) = decide(record.request, given: known.facts) else { return nil }
    return (waiting, known)
  }

  /// When a request that Meta just refused with 131047 may make the one more try; `nil`: it is not the request's.
  private static func secondTry(
    of record: RequestRecord,
    at now: Instant,
    in unit: any SQLUnit
  ) throws -> Instant? {
    let facts = try Reserve.facts(for: record.request, now: now, margin: .zero, in: unit)
    guard case .uncertain(let doubt, _) = facts.window.state, facts.isSecondTry else { return nil }
    return doubt.retryNotBefore
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
    guard !answer.isEmpty, let number = try Numbers.find(answer.number, in: unit)?.facts else {
      return
    }
    var answer = answer
    let identities = Identities(scope: number.scope, unit: unit)
    answer.identities = try answer.identities.filter { try !identities.knows($0) }
    guard !answer.isEmpty else { return }
    try unit.run(
      """
      INSERT INTO journal (received_at, source, body) VALUES ($now, $source, $body)
      """,
      [
        "now": .instant(now), "source": .text(JournalEntry.Source.answer.rawValue),
        "body": .bytes(answer.body),
      ]
    )
    try ChangeFold(number: number, unit: unit, publishing: true)
      .fold(answer.facts, receivedAt: now)
  }

  /// The answer to the latest attempt, in the place of any before it.
  private static func keep(
    _ answer: AnswerBytes?,
    of request: RequestID,
    in unit: any SQLUnit
  ) throws {
    try unit.run(
      "UPDATE request SET answer_status = $status, answer_body = $body WHERE id = $id",
      [
        "id": .id(request), "status": .integer(answer.map { Int64($0.status) }),
        "body": .bytes(answer?.body),
      ]
    )
  }
}

extension RequestRecord {
  /// Whether one more attempt may be made then: its caller does not wait, nobody doubts that nothing
  /// was sent, and it has neither lapsed nor been tried too often.
  fileprivate func mayTryAgain(at instant: Instant) -> Bool {
    isDurable && state == .dispatching && attempts.count < Claim.attemptsMax
      && request.expiresAt.map { instant < $0 } ?? true
  }
}
