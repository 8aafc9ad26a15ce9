package import CustomerCare

/// The template that goes out in the place of messages that a closed window keeps back.
///
/// - Why: the customer is asked to answer, and the answer lets go what waits.
/// - How: a request like all others, made in the transaction that has the original wait. A row per conversation says which was
///   the last; so two nodes that begin one at the same moment write the same row, and the later sees the earlier.
/// - Otherwise: if it fails, the original goes on waiting, and the next message may begin another.
package enum Reengage {
  /// A template as a message that can be sent, and the id of the request that sends it.
  package struct Message: Sendable {
    /// The id of the request that sends it.
    package var id: RequestID
    /// Meta's message object.
    package var payload: [UInt8]
    /// The message in our words.
    package var content: Content

    /// Makes a message.
    package init(id: RequestID, payload: [UInt8], content: Content) {
      self.id = id
      self.payload = payload
      self.content = content
    }
  }

  /// Writes a template in Meta's words, to whom the original is addressed.
  package typealias Writer =
    @Sendable (_ choice: FallbackChoice, _ original: RequestRecord) -> Message

  /// What a template can do for a message to a person.
  static func look(
    for number: NumberRecord,
    to person: Person,
    _ window: CareWindow,
    now: Instant,
    in unit: any SQLUnit
  ) throws -> Reengagement {
    let ledger = Ledger(number: number.facts, unit: unit)
    if let pending = try pending(person, ledger, now: now, in: unit) {
      return .pending(pending)
    }
    return .found(
      try Fallback.choose(for: number, to: person, window: window.state, now: now, in: unit)
    )
  }

  /// The template that was sent last, unless it failed, was answered, or is a day old.
  private static func pending(
    _ person: Person,
    _ ledger: Ledger,
    now: Instant,
    in unit: any SQLUnit
  ) throws -> RequestID? {
    let last = try unit.first(
      """
      SELECT request_id, began_at FROM reengagement
      WHERE phone_number_id = $number AND customer_id = $customer
      """,
      ["number": .id(ledger.number.phoneNumberID), "customer": .id(person.id)]
    ) { row in
      (id: try row.id("request_id", as: RequestID.self), at: try row.instant("began_at"))
    }
    guard let last, now < last.at + Reengagement.pendingFor else { return nil }
    guard let record = try RequestRows(unit: unit).find(last.id) else { return nil }
    // Nobody answers what has not gone.
    if [.accepted, .dispatching].contains(record.state) { return last.id }
    guard try !ledger.hasOpening(of: person, since: last.at) else { return nil }
    switch record.state {
    case .failed, .refused, .expired, .withdrawn: return nil
    case .handedOver where record.delivery == .failed: return nil
    case .accepted, .scheduled, .parked, .dispatching, .unknown, .handedOver: return last.id
    }
  }

  /// Reserves the template that goes out in the place of a request which waits from now on; `nil`: none goes out for it.
  @discardableResult
  static func begin(
    inPlaceOf original: RequestRecord,
    _ known: GateFacts,
    _ write: Writer,
    now: Instant,
    in unit: any SQLUnit
  ) throws -> RequestRecord? {
    guard case .wait(.forCustomer(_, .template)) = original.verdict,
      case .found(.chosen(let choice)) = known.facts.reengagement
    else { return nil }
    let (message, request) = (write(choice, original), original.request)
    var draft = RequestDraft(
      request: SendRequest(
        id: message.id,
        from: request.from,
        to: request.to,
        kind: choice.reason.kind,
        sender: request.sender,
        expiresAt: request.expiresAt,
        at: now
      ),
      payload: message.payload,
      content: message.content,
      type: "template",
      road: original.road,
      version: original.version,
      // What waits was promised to wait, and this is how it is answered.
      isDurable: true,
      claimBy: now
    )
    draft.inPlace = InPlace(original: request.id, reason: choice.reason)
    draft.request.at =
      try Claim.place(of: draft.request, known.person.id, now: now, in: unit).at
    let record = try Reserve.write(
      draft,
      .send(.notNeeded),
      .accepted,
      known.person.id,
      now: now,
      in: unit
    )
    try unit.run(
      """
      INSERT INTO reengagement (phone_number_id, customer_id, request_id, alias, began_at)
      VALUES ($number, $customer, $request, $alias, $now)
      ON CONFLICT (customer_id, phone_number_id) DO UPDATE SET request_id = excluded.request_id,
        alias = excluded.alias, began_at = excluded.began_at
      """,
      [
        "number": .id(request.from), "customer": .id(known.person.id), "request": .id(message.id),
        "alias": .text(request.to.alias.key), "now": .instant(now),
      ]
    )
    try RequestRows(unit: unit).note(request.id, "template", message.id.rawValue, at: now)
    return record
  }

  /// Has a template that pauses looked at now, if nothing waits for its answer any more: nobody is to wait behind it.
  static func hurry(
    _ customer: CustomerID,
    _ number: PhoneNumberID,
    in unit: any SQLUnit
  ) throws {
    try unit.run(
      """
      UPDATE request SET not_before = NULL
      WHERE customer_id = $customer AND phone_number_id = $number AND is_open = 1
        AND state = 'accepted' AND in_place_of IS NOT NULL
        AND NOT EXISTS (SELECT 1 FROM request o
          WHERE o.customer_id = $customer AND o.phone_number_id = $number AND o.is_open = 1
            AND o.state = 'parked')
      """,
      ["customer": .id(customer), "number": .id(number)]
    )
  }

  /// Whether nothing waits any more for the answer to a template that has not gone out yet.
  static func isPointless(
    _ record: RequestRecord,
    _ customer: CustomerID,
    in unit: any SQLUnit
  ) throws -> Bool {
    guard record.inPlace != nil,
      try Parked.count(customer, beside: record.request, in: unit) == 0
    else { return false }
    // Whoever begins to wait now counts on it.
    try unit.isolate()
    return true
  }

  /// Brings what is known of the last template to whom it leads now that the persons have changed; of two the later counts.
  static func follow(
    _ template: RequestID,
    from customer: CustomerID,
    to now: CustomerID,
    in unit: any SQLUnit
  ) throws {
    let parameters: SQLParameters = [
      "request": .id(template), "customer": .id(customer), "now": .id(now),
    ]
    try unit.run(
      """
      INSERT INTO reengagement (phone_number_id, customer_id, request_id, alias, began_at)
      SELECT phone_number_id, CAST($now AS TEXT), request_id, alias, began_at FROM reengagement
      WHERE customer_id = $customer AND request_id = $request
      ON CONFLICT (customer_id, phone_number_id) DO UPDATE SET
        request_id = excluded.request_id, alias = excluded.alias, began_at = excluded.began_at
      WHERE excluded.began_at > reengagement.began_at
      """,
      parameters
    )
    try unit.run(
      "DELETE FROM reengagement WHERE customer_id = $customer AND request_id = $request",
      ["customer": .id(customer), "request": .id(template)]
    )
  }
}
