package import CustomerCare

/// The decision and the row it needs, in one transaction.
package enum Reserve {
  /// What became of a draft.
  package enum Outcome: Sendable {
    /// Decided and remembered, accepted or refused: the record's `verdict` says which.
    case reserved(RequestRecord, window: CareWindow)
    /// Decided and remembered: it waits, and a template goes out in its place.
    case switched(RequestRecord, to: RequestRecord, window: CareWindow)
    /// Decided, remembered, and claimed too, because nothing goes before it: hand its message over, then settle.
    case claimed(Claim.Claimed)
    /// It may be sent, and a limit on speed is in the way: the request was not written, its key not spent.
    case paced(Pace.Delay, window: CareWindow)
    /// The same key with the same body was here before: nothing new was written.
    case existing(RequestRecord, window: CareWindow)
    /// The key belongs to another body: nothing was written.
    case keyConflict(window: CareWindow)
  }

  /// Looks up the key, reads the facts, lets `decide` decide, and writes the request.
  ///
  /// Only an accepted request spends its key. `margin` is how long before its end a window is no
  /// longer used. With a `lease` the request is claimed in the same breath, on the same facts, if it
  /// is its turn; a process that dies then leaves it dispatching, so this is not for a request
  /// whose sender was promised that it counts at the commit. Without one, nothing is taken from the budgets: it is
  /// only told when they are empty for longer than anybody waits. `ticket` is what it brings of the throughput; `write` writes the
  /// template that goes out in its place, if one does.
  package static func reserve(
    _ draft: RequestDraft,
    claiming lease: Claim.Lease? = nil,
    with ticket: Pace.Ticket = .take(1),
    writing write: Reengage.Writer,
    now: Instant,
    margin: Duration,
    decide: (SendRequest, SendFacts) -> Verdict = CustomerCare.decide(_:given:),
    in unit: any SQLUnit
  ) throws -> Outcome {
    let request = draft.request
    let known = try GateFacts(for: request, now: now, margin: margin, in: unit)
    let window = known.facts.window
    if let key = draft.key, let spent = try Idempotency.find(key, request.from, in: unit) {
      guard spent.digest == key.digest else { return .keyConflict(window: window) }
      guard let record = try RequestRows(unit: unit).find(spent.request) else {
        throw StoreError.unreadable("a key without its request")
      }
      return .existing(record, window: window)
    }
    let verdict = decide(request, known.facts)
    let place = try Claim.place(of: request, known.person.id, now: now, in: unit)
    var state = RequestState.refused
    var spare: [Instant] = []
    if case .send = verdict, let number = known.facts.number {
      let customer = known.person.id
      if lease != nil, place.isFree {
        state = .dispatching
        switch try Pace.admit(from: number, to: customer, with: ticket, now: now, in: unit) {
        case .leaves(let slots): spare = slots
        case .waits(let delay): return .paced(delay, window: window)
        }
      } else {
        state = .accepted
        if let delay = try Pace.tooFar(
          from: number,
          to: customer,
          with: ticket,
          now: now,
          in: unit
        ) {
          return .paced(delay, window: window)
        }
      }
    }
    var draft = draft
    // Not later than its own time, if it has one: a clock that was ahead must not have it asked for too late.
    draft.request.at = request.sendAt.map { min(place.at, max(request.at, $0)) } ?? place.at
    if case .wait(let waiting) = verdict {
      state = waiting.state
      // What waits, waits whatever becomes of whoever asked for it.
      draft.isDurable = true
      draft.request.expiresAt = draft.request.expiresAt ?? waiting.expiry(from: now)
    }
    let record = try Self.write(draft, verdict, state, known.person.id, now: now, in: unit)
    if state == .parked {
      try ConversationFold.noteParked(known.person.id, request.from, in: unit)
    }
    if state != .refused, let key = draft.key {
      try Idempotency.spend(key, request, at: now, in: unit)
    }
    if let template = try Reengage.begin(inPlaceOf: record, known, write, now: now, in: unit) {
      return .switched(record, to: template, window: window)
    }
    guard state == .dispatching, let lease else { return .reserved(record, window: window) }
    return .claimed(try Claim.begin(record, known, lease, spare: spare, now: now, in: unit))
  }

  /// What the gate would look at now: for a preview, or a receipt that is not remembered.
  package static func facts(
    for request: SendRequest,
    now: Instant,
    margin: Duration,
    in unit: any SQLUnit
  ) throws -> SendFacts {
    try GateFacts(for: request, now: now, margin: margin, in: unit).facts
  }

  /// Writes the request in the state in which it is remembered first, and how it got there.
  static func write(
    _ draft: RequestDraft,
    _ verdict: Verdict,
    _ state: RequestState,
    _ customer: CustomerID,
    now: Instant,
    in unit: any SQLUnit
  ) throws -> RequestRecord {
    let request = draft.request
    try unit.run(
      """
      INSERT INTO request (id, phone_number_id, alias, customer_id, kind, sender, if_closed,
        expires_at, send_at, created_at, payload, content, type, road, version,
        client_reference, durable, claim_by, state, state_at, is_open, waited,
        not_before, verdict, in_place_of, template_reason)
      VALUES ($id, $number, $alias, $customer, $kind, $sender, $if_closed, $expires, $send,
        $created, $payload, $content, $type, $road, $version, $client, $durable, $claim_by,
        $state, $now, $open, $waited, $not_before,
        $verdict, $in_place_of, $reason)
      """,
      [
        "id": .id(request.id), "number": .id(request.from), "alias": .text(request.to.alias.key),
        "customer": .id(customer), "kind": .text(request.kind.stored.string),
        "sender": .text(request.sender.stored), "if_closed": .text(request.ifClosed?.rawValue),
        "expires": .instant(request.expiresAt), "send": .instant(request.sendAt),
        "created": .instant(request.at), "payload": .bytes(draft.payload),
        "content": .text(draft.content.stored.string), "type": .text(draft.type),
        "road": .text(draft.road), "version": .text(draft.version),
        "client": .text(draft.clientReference), "durable": .flag(draft.isDurable),
        "claim_by": .instant(draft.claimBy), "state": .text(state.rawValue),
        "now": .instant(now), "open": .flag(!state.isTerminal),
        "waited": .flag(state == .parked || state == .scheduled),
        "not_before": .instant(verdict.waiting?.nextTry(after: now)),
        "verdict": .text(verdict.stored.string), "in_place_of": .id(draft.inPlace?.original),
        "reason": .text(draft.inPlace?.reason.stored.string),
      ]
    )
    let rows = RequestRows(unit: unit)
    switch verdict {
    case .refused(let refusal): try rows.note(request.id, state.rawValue, refusal.code, at: now)
    case .wait(let waiting): try rows.note(request.id, state.rawValue, waiting.detail, at: now)
    case .send:
      try rows.note(request.id, RequestState.accepted.rawValue, nil, at: now)
      if state == .dispatching { try rows.note(request.id, state.rawValue, nil, at: now) }
    }
    return RequestRecord(draft, state: state, verdict: verdict)
  }
}

/// What the gate looks at, read in the transaction that decides.
struct GateFacts {
  let facts: SendFacts
  let person: Person
  /// Meta's token of the number, as it is kept; `nil` when there is none.
  let sealedAccessToken: [UInt8]?

  /// Reads the facts; a request that `isPromised` to wait may, however many do: it was told so before.
  init(
    for request: SendRequest,
    isPromised: Bool = false,
    now: Instant,
    margin: Duration,
    in unit: any SQLUnit
  ) throws {
    let alias = request.to.alias
    let record = try Numbers.find(request.from, in: unit)
    sealedAccessToken = record?.sealedAccessToken
    guard let number = record?.facts else {
      facts = SendFacts(
        now: now,
        margin: margin,
        window: CareWindow(state: .neverOpened, asOf: now),
        number: nil
      )
      person = try Identities(scope: IdentityScope(request.from.rawValue), unit: unit)
        .person(behind: alias)
      return
    }
    person = try Identities(scope: number.scope, unit: unit).person(behind: alias)
    let window = try Ledger(number: number, unit: unit).window(with: person, at: now)
    let facts = SendFacts(
      now: now,
      margin: margin,
      window: window,
      number: number,
      restrictions: try Restrictions.of(number, now: now, in: unit),
      isSecondTry: try SecondTry.isFree(for: request.id, on: window, request.from, in: unit),
      parked: isPromised || (request.ifClosed ?? number.ifClosed) == .refuse
        ? 0 : try Parked.count(person.id, beside: request, in: unit),
      isPromised: isPromised
    )
    // Templates are looked at only where the gate wants one.
    guard let record, case .refused(.templateNeededButNoneChosen) = decide(request, given: facts)
    else {
      self.facts = facts
      return
    }
    self.facts = facts.with(
      try Reengage.look(for: record, to: person, window, now: now, in: unit)
    )
  }
}

/// Keys that callers chose for "the same request again"; their scope is token and number.
enum Idempotency {
  /// The request a key was spent on; `nil` while it is free.
  static func find(
    _ key: IdempotencyKey,
    _ number: PhoneNumberID,
    in unit: any SQLUnit
  ) throws -> (request: RequestID, digest: [UInt8])? {
    try unit.first(
      """
      SELECT request_id, digest FROM idempotency
      WHERE token_id = $token AND phone_number_id = $number AND key = $key
      """,
      ["token": .id(key.token), "number": .id(number), "key": .text(key.key)]
    ) { row in (request: try row.id("request_id"), digest: try row.bytes("digest")) }
  }

  /// Spends a key on a request.
  static func spend(
    _ key: IdempotencyKey,
    _ request: SendRequest,
    at now: Instant,
    in unit: any SQLUnit
  ) throws {
    try unit.run(
      """
      INSERT INTO idempotency (token_id, phone_number_id, key, digest, request_id, created_at)
      VALUES ($token, $number, $key, $digest, $request, $now)
      """,
      [
        "token": .id(key.token), "number": .id(request.from), "key": .text(key.key),
        "digest": .bytes(key.digest), "request": .id(request.id), "now": .instant(now),
      ]
    )
  }

  /// Frees the key of a request that certainly was not sent: the same key may ask for it anew.
  static func free(_ request: RequestID, in unit: any SQLUnit) throws {
    try unit.run("DELETE FROM idempotency WHERE request_id = $id", ["id": .id(request)])
  }

  /// Forgets keys of before an instant whose request can change no more.
  static func forget(before: Instant, limit: Int, in unit: any SQLUnit) throws -> Int {
    try unit.run(
      """
      DELETE FROM idempotency
      WHERE request_id IN (SELECT i.request_id FROM idempotency i
          WHERE i.created_at <= $before
            AND EXISTS (SELECT 1 FROM request r WHERE r.id = i.request_id AND r.is_open = 0)
          ORDER BY i.created_at LIMIT $limit)
      """,
      ["before": .instant(before), "limit": .integer(limit)]
    )
  }
}
