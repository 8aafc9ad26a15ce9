import CustomerCare

/// What Meta said about how far our messages came: one row per message, participant and status, so
/// that reports form a set and their order does not matter.
struct Deliveries {
  let number: PhoneNumberID
  let unit: any SQLUnit

  /// How far a message came, over all participants.
  func delivery(of message: MessageID) throws -> Delivery {
    let reports = try unit.rows(
      "SELECT participant, status FROM delivery WHERE phone_number_id = $number AND wamid = $wamid",
      ["number": .id(number), "wamid": .id(message)]
    ) { row in
      (
        participant: try row.text("participant"),
        delivery: Delivery(rawValue: try row.text("status")) ?? .none
      )
    }
    return .overall(
      Dictionary(
        reports.map { ($0.participant, $0.delivery) },
        uniquingKeysWith: { $0.merging($1) }
      ).values
    )
  }

  /// Meta's reasons for a message's failure; empty if it did not fail.
  func errors(of message: MessageID) throws -> [MetaRefusal] {
    try unit.first(
      """
      SELECT errors FROM delivery
      WHERE phone_number_id = $number AND wamid = $wamid AND status = 'failed'
      ORDER BY at, participant LIMIT 1
      """,
      ["number": .id(number), "wamid": .id(message)]
    ) { row in
      try StoredJSON(parsing: try row.text("errors")).items.map(MetaRefusal.init(stored:))
    } ?? []
  }

  /// Writes a status, merged with what is known of it: the earliest instant, and of two texts that
  /// differ the one that says something, or the greater.
  ///
  /// Returns whether it is the first report of this status.
  func record(_ fact: StatusFact) throws -> Bool {
    let errors = StoredJSON.array(fact.errors.map(\.stored)).string
    let pricing = fact.pricing.map { String(decoding: $0, as: UTF8.self) } ?? ""
    let key: SQLParameters = [
      "number": .id(number), "wamid": .id(fact.message),
      "participant": .text(fact.participant?.key ?? ""), "status": .text(fact.delivery.rawValue),
    ]
    let known = try unit.first(
      """
      SELECT at, errors, pricing FROM delivery WHERE phone_number_id = $number
        AND wamid = $wamid AND participant = $participant AND status = $status
      """,
      key
    ) { row in
      (at: try row.instant("at"), errors: try row.text("errors"), pricing: try row.text("pricing"))
    }
    var merged = key
    merged.append("at", .instant(min(fact.at, known?.at ?? fact.at)))
    merged.append("errors", .text(max(errors, known?.errors ?? "")))
    merged.append("pricing", .text(max(pricing, known?.pricing ?? "")))
    try unit.run(
      """
      INSERT INTO delivery (phone_number_id, wamid, participant, status, at, errors, pricing)
      VALUES ($number, $wamid, $participant, $status, $at, $errors, $pricing)
      ON CONFLICT (phone_number_id, wamid, participant, status) DO UPDATE SET
        at = excluded.at, errors = excluded.errors, pricing = excluded.pricing
      """,
      merged
    )
    return known == nil
  }
}
