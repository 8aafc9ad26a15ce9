import CustomerCare

/// The messages of one business number.
struct Messages {
  let number: PhoneNumberID
  let unit: any SQLUnit

  /// What a report of a message changed.
  struct Novelty {
    /// The message before; `nil` if nothing was known of it.
    var before: MessageFact?
    /// The message now.
    var now: MessageFact

    /// Whether now, and not before, the message is a customer's and says what they said: neither an
    /// import nor a placeholder.
    var isNews: Bool { now.isNews && before?.isNews != true }
  }

  /// Writes messages, each merged with what is known of it; `nil` for one of which nothing is new.
  func record(_ facts: [MessageFact]) throws -> [Novelty?] {
    // Nearly every message is new; only one that is not has to be read.
    let inserted = try unit.run(Self.insertion, forEach: facts.map(parameters))
    return try zip(facts, inserted).map { fact, isNew in
      isNew == 1 ? Novelty(now: fact) : try merge(fact)
    }
  }

  private static let insertion = """
    INSERT INTO message (phone_number_id, wamid, subject, alias, group_id, direction, origin,
      type, content, raw, at, received_at, in_reply_to)
    VALUES ($number, $wamid, $subject, $alias, $group, $direction, $origin, $type, $content,
      $raw, $at, $received, $reply)
    ON CONFLICT (phone_number_id, wamid) DO NOTHING
    """

  private func merge(_ fact: MessageFact) throws -> Novelty? {
    let known = try unit.first(
      "SELECT \(Self.columns) FROM message WHERE phone_number_id = $number AND wamid = $wamid",
      ["number": .id(number), "wamid": .id(fact.message.id)],
      MessageFact.init(row:)
    )
    let merged = known.map { $0.merging(fact) } ?? fact
    guard merged != known else { return nil }
    try unit.run(
      """
      UPDATE message SET subject = $subject, alias = $alias, group_id = $group,
        direction = $direction, origin = $origin, type = $type, content = $content, raw = $raw,
        at = $at, received_at = $received, in_reply_to = $reply
      WHERE phone_number_id = $number AND wamid = $wamid
      """,
      parameters(merged)
    )
    return Novelty(before: known, now: merged)
  }

  private func parameters(_ fact: MessageFact) -> SQLParameters {
    let message = fact.message
    return [
      "number": .id(number), "wamid": .id(message.id), "subject": .text(message.subject.key),
      "alias": .text(message.alias.key), "group": .id(message.groupID),
      "direction": .text(fact.direction.rawValue), "origin": .text(message.origin.rawValue),
      "type": .text(fact.type), "content": .text(fact.content),
      "raw": .bytes(fact.raw), "at": .instant(message.at),
      "received": .instant(message.receivedAt), "reply": .id(message.inReplyTo),
    ]
  }

  /// Writes an edit or a revoke: a row of its own, joined when the message is read.
  func record(_ amendment: Amendment) throws {
    var content: String?
    if case .edited(let edited) = amendment.change { content = edited.stored.string }
    try unit.run(
      """
      INSERT INTO amendment (phone_number_id, id, target, content, at)
      VALUES ($number, $id, $target, $content, $at)
      ON CONFLICT (phone_number_id, id) DO NOTHING
      """,
      [
        "number": .id(number), "id": .id(amendment.id), "target": .id(amendment.target),
        "content": .text(content), "at": .instant(amendment.at),
      ]
    )
  }

  /// The columns that `MessageFact.init(row:)` reads.
  static let columns = """
    phone_number_id, wamid, alias, group_id, direction, origin, type, content, raw, at, \
    received_at, in_reply_to
    """
}

extension StoredMessage {
  /// Whose conversation it belongs to: the group's, or the customer's.
  var subject: Alias { groupID.map(Alias.group) ?? alias }
}

extension MessageFact {
  fileprivate var isNews: Bool {
    direction == .inbound && message.origin == .customer && !message.content.isPlaceholder
  }

  /// The message after another report of it; what Meta wrote stays with the content it belongs to.
  func merging(_ report: MessageFact) -> MessageFact {
    let merged = message.merging(report.message)
    let isReports = merged.content == report.message.content && merged.content != message.content
    var fact = isReports ? report : self
    fact.message = merged
    if merged.origin == report.message.origin, merged.origin != message.origin {
      fact.direction = report.direction
    } else if merged.origin == message.origin {
      fact.direction = direction
    }
    if fact.raw == nil { fact.raw = raw ?? report.raw }
    return fact
  }

  /// Reads a row of the table `message`.
  init(row: any SQLRow) throws {
    guard let alias = Alias(key: try row.text("alias")) else {
      throw StoreError.unreadable("an alias")
    }
    let content = try row.text("content")
    self.init(
      message: StoredMessage(
        id: try row.id("wamid"),
        number: try row.id("phone_number_id"),
        alias: alias,
        groupID: try row.idIfAny("group_id"),
        origin: Origin(rawValue: try row.text("origin")) ?? .history,
        content: Content(stored: try StoredJSON(parsing: content)),
        at: try row.instant("at"),
        receivedAt: try row.instant("received_at"),
        inReplyTo: try row.idIfAny("in_reply_to")
      ),
      content: content,
      direction: Direction(rawValue: try row.text("direction")) ?? .inbound,
      type: try row.text("type"),
      raw: try row.bytesIfAny("raw")
    )
  }
}
