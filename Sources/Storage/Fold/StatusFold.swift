import CustomerCare

/// What a status of one of our messages does: to its delivery, to the attempt it belongs to, and
/// to the window, if the message needed one.
struct StatusFold {
  let fold: ChangeFold
  /// What told of it.
  let change: ChangeFold.Change
  private var unit: any SQLUnit { fold.unit }
  private var number: PhoneNumberID { fold.number.phoneNumberID }

  /// Folds a status; returns what it adds to the ledger, and whether a request was handed over by it.
  func fold(_ status: StatusFact) throws -> (evidence: LedgerEntry?, isHandOver: Bool) {
    var isHandOver = false
    let deliveries = Deliveries(number: number, unit: unit)
    let before = try deliveries.delivery(of: status.message)
    let isFirst = try deliveries.record(status)
    let attempt = try attempt(of: status)
    if let attempt, isFirst {
      isHandOver = try settle(attempt, status)
      if status.delivery == .failed, status.participant == nil {
        try SecondTry.giveBack(attempt.request, in: unit)
      }
      try RequestRows(unit: unit).note(
        attempt.request,
        status.delivery.rawValue,
        status.errors.first.map { "\($0.code)" },
        at: status.at
      )
    }
    let evidence = try evidence(status, attempt).flatMap { evidence in
      try Ledger(number: fold.number, unit: unit).record(evidence)
    }
    if let attempt, isFirst, try !goesOn(attempt, status) {
      try tell(attempt, status, before: before, after: deliveries.delivery(of: status.message))
    }
    return (evidence, isHandOver)
  }

  /// How long after its dispatch a message is decided again; what comes later surprises more than it helps.
  private static var againWithin: Duration { .seconds(24 * 60 * 60) }

  /// Lets a message be decided again that Meta took and then did not deliver, because the window was closed to it.
  ///
  /// That is so where its sender wants messages to wait, and for the one more try of what counts at the commit. Whoever neither
  /// wants nor was promised anything else learns of the failure, as from Meta.
  ///
  /// - Returns: Whether it goes on, so that the failure is nobody's news.
  private func goesOn(_ attempt: RequestRows.Attempt, _ status: StatusFact) throws -> Bool {
    let (rows, now) = (RequestRows(unit: unit), change.receivedAt)
    guard status.isClosedWindow, !change.isLate, let record = try rows.find(attempt.request),
      record.state == .handedOver, record.delivery == .failed, record.message == status.message,
      record.request.kind.mayWait, record.attempts.count < Claim.attemptsMax,
      now <= attempt.record.dispatchBeganAt + Self.againWithin
    else { return false }
    let known = try GateFacts(for: record.request, now: now, margin: .zero, in: unit)
    var again: Instant?
    if record.isDurable, known.facts.isSecondTry,
      case .uncertain(let doubt, _) = known.facts.window.state
    {
      again = doubt.retryNotBefore
    }
    let policy = record.request.ifClosed ?? known.facts.number?.ifClosed ?? .refuse
    guard again != nil || policy != .refuse,
      try rows.move(record, to: .accepted, notBefore: again, detail: "131047", at: now)
    else { return false }
    try unit.run(
      "UPDATE request SET durable = 1, customer_id = $customer WHERE id = $id",
      ["id": .id(record.request.id), "customer": .id(known.person.id)]
    )
    return true
  }

  /// The attempt a status belongs to: found by Meta's id, or by our reference that came back while
  /// nobody knew Meta's id.
  private func attempt(of status: StatusFact) throws -> RequestRows.Attempt? {
    let rows = RequestRows(unit: unit)
    if let attempt = try rows.attempt(number: number, message: status.message) { return attempt }
    guard let reference = status.reference, let attempt = try rows.attempt(reference.attempt),
      attempt.number == number, attempt.record.message == nil
    else { return nil }
    return attempt
  }

  /// A status proves that Meta took the message: what was unknown is handed over.
  private func settle(_ attempt: RequestRows.Attempt, _ status: StatusFact) throws -> Bool {
    guard attempt.record.message == nil,
      attempt.record.outcome == nil || attempt.record.outcome == "unknown"
    else { return false }
    return try Settle.handOver(
      attempt,
      as: status.message,
      at: change.receivedAt,
      publishing: fold.publishing,
      in: unit
    )
  }

  /// What the fate of a message that needed a window says about the window.
  ///
  /// Everything it needs came back in our own reference and in Meta's name for the recipient, so that
  /// replaying the journal where no attempt is known says the same. Only where Meta withholds the
  /// recipient is the attempt asked. A failure for one participant of a group says nothing about the
  /// window, which is the group's: Meta would have refused everybody.
  private func evidence(
    _ status: StatusFact,
    _ attempt: RequestRows.Attempt?
  ) throws -> LedgerEntry? {
    let request = try attempt.flatMap { try RequestRows(unit: unit).find($0.request)?.request }
    let isTelling = status.reference?.neededWindow ?? request?.kind.needsOpenWindow ?? false
    guard isTelling, let alias = status.alias ?? request?.to.alias,
      let began = status.reference?.dispatchBeganAt ?? attempt?.record.dispatchBeganAt
    else { return nil }
    let group = alias.kind == .group ? GroupID(alias.value) : nil
    switch status.delivery {
    case .failed:
      guard status.isClosedWindow else { return nil }
      return .refutation(
        of: status.message.rawValue,
        alias: alias,
        groupID: group,
        dispatchedAt: began,
        receivedAt: change.receivedAt
      )
    case .sent, .delivered, .read, .played:
      return .proof(
        of: status.message.rawValue,
        alias: alias,
        groupID: group,
        dispatchedAt: began,
        receivedAt: change.receivedAt
      )
    case .none: return nil
    }
  }

  private func tell(
    _ attempt: RequestRows.Attempt,
    _ status: StatusFact,
    before: Delivery,
    after: Delivery
  ) throws {
    let rows = RequestRows(unit: unit)
    guard before != after, let request = try rows.find(attempt.request) else { return }
    if after == .failed, request.message == status.message, request.takenBefore != nil,
      request.maySenderHaveOurID
    {
      // Its sender knows the id of an earlier attempt, and waits for the end of that.
      try Deliver.promise(endOf: request, at: change.receivedAt, in: unit)
    }
    guard fold.publishing else { return }
    try rows.publish(
      request,
      state: after.rawValue,
      message: status.message,
      error: status.errors.first,
      at: status.at,
      isLate: change.isLate
    )
  }
}

extension StatusFact {
  /// Whether Meta did not deliver the message because the window was closed to it.
  fileprivate var isClosedWindow: Bool {
    delivery == .failed && participant == nil && errors.contains { $0.code == 131047 }
  }
}
