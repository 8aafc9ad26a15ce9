package import CustomerCare

/// What is read about conversations.
package enum Conversations {
  /// Conversations, the one with the newest message first; only those of `numbers`, or all.
  package static func list(
    numbers: Set<PhoneNumberID>?,
    now: Instant,
    after cursor: Cursor? = nil,
    limit: Int,
    in unit: any SQLUnit
  ) throws -> Page<ConversationSummary> {
    var parameters: SQLParameters = ["limit": .integer(limit + 1)]
    var conditions = ["last_message_at IS NOT NULL"]
    if let numbers {
      guard !numbers.isEmpty else { return Page(items: [], next: nil) }
      let list = parameters.appendList("number", numbers.sorted().map { .id($0) })
      conditions.append("phone_number_id IN (\(list))")
    }
    if let cursor {
      guard let keys = cursor.keys(3), let last = Int64(keys[0]) else {
        return Page(items: [], next: nil)
      }
      conditions.append(
        """
        (last_message_at < $last OR (last_message_at = $last AND (phone_number_id > $after_number
          OR (phone_number_id = $after_number AND customer_id > $after_customer))))
        """
      )
      parameters.append("last", .integer(last))
      parameters.append("after_number", .text(keys[1]))
      parameters.append("after_customer", .text(keys[2]))
    }
    let rows = try unit.rows(
      """
      SELECT phone_number_id, customer_id, last_message_at FROM conversation
      WHERE \(conditions.joined(separator: " AND "))
      ORDER BY last_message_at DESC, phone_number_id, customer_id LIMIT $limit
      """,
      parameters
    ) { row in
      (
        number: try row.id("phone_number_id", as: PhoneNumberID.self),
        customer: try row.id("customer_id", as: CustomerID.self),
        last: try row.instant("last_message_at")
      )
    }
    let page = Page(rows, limit: limit) {
      ["\($0.last.milliseconds)", $0.number.rawValue, $0.customer.rawValue]
    }
    return Page(
      items: try page.items.compactMap { row in
        try Windows.conversation(row.number, row.customer, now: now, in: unit).map {
          ConversationSummary(conversation: $0, lastMessageAt: row.last)
        }
      },
      next: page.next
    )
  }

  /// The messages of a conversation, newest first, with edits and revokes joined; `nil` when nobody
  /// added the number.
  package static func messages(
    number: PhoneNumberID,
    customer: String,
    after cursor: Cursor? = nil,
    limit: Int,
    in unit: any SQLUnit
  ) throws -> Page<MessageView>? {
    guard let facts = try Numbers.find(number, in: unit)?.facts else { return nil }
    let person = try CustomerReference(customer).person(in: facts.scope, unit)
    guard let (at, id) = Windows.place(cursor) else { return Page(items: [], next: nil) }
    let read = try person.holdings.flatMap { holding in
      try unit.rows(
        """
        SELECT \(Messages.columns) FROM message
        WHERE subject = $subject AND phone_number_id = $number AND at >= $from AND at < $until
          AND (at < $at OR (at = $at AND wamid < $id))
        ORDER BY at DESC, wamid DESC LIMIT $limit
        """,
        [
          "number": .id(number), "subject": .text(holding.alias.key),
          "from": .instant(holding.from ?? .distantPast),
          "until": .instant(holding.until ?? .distantFuture), "at": .instant(at),
          "id": .text(id), "limit": .integer(limit + 1),
        ],
        MessageFact.init(row:)
      )
    }.sorted { ($0.message.at, $0.message.id) > ($1.message.at, $1.message.id) }
    let page = Page(read, limit: limit) {
      ["\($0.message.at.milliseconds)", $0.message.id.rawValue]
    }
    return Page(items: try page.items.map { try view($0, in: unit) }, next: page.next)
  }

  /// One message, with edits and revokes joined; `nil` when it is not kept.
  static func message(
    _ id: MessageID,
    of number: PhoneNumberID,
    in unit: any SQLUnit
  ) throws -> MessageView? {
    try unit.first(
      "SELECT \(Messages.columns) FROM message WHERE wamid = $id AND phone_number_id = $number",
      ["id": .id(id), "number": .id(number)],
      MessageFact.init(row:)
    ).map { try view($0, in: unit) }
  }

  private static func view(_ fact: MessageFact, in unit: any SQLUnit) throws -> MessageView {
    let number = fact.message.number
    let deliveries = Deliveries(number: number, unit: unit)
    let isOutbound = fact.direction == .outbound
    var view = MessageView(
      message: fact.message,
      direction: fact.direction,
      type: fact.type,
      raw: fact.raw,
      delivery: isOutbound ? try deliveries.delivery(of: fact.message.id) : .none,
      errors: []
    )
    if view.delivery == .failed { view.errors = try deliveries.errors(of: fact.message.id) }
    if isOutbound {
      view.request =
        try RequestRows(unit: unit).attempt(number: number, message: fact.message.id)?.request
    }
    if case .media(let media) = fact.message.content, let id = media.id {
      view.media = try MediaViews.find(MediaID(id), of: number, in: unit)
    }
    for amendment in try Messages(number: number, unit: unit).amendments(of: fact.message.id) {
      switch amendment.change {
      case .edited(let content):
        view.message = view.message.with(content)
        view.editedAt = amendment.at
      case .revoked: view.revokedAt = amendment.at
      }
    }
    return view
  }
}

/// A conversation in a list.
package struct ConversationSummary: Sendable, Hashable {
  /// Whose it is, and its window.
  package var conversation: Conversation
  /// When its newest message was written; `nil` when it has none.
  package var lastMessageAt: Instant?
}

/// A message as it is shown.
package struct MessageView: Sendable, Hashable {
  /// The message, its content as last edited.
  package var message: StoredMessage
  /// Which way it went.
  package var direction: MessageFact.Direction
  /// Meta's word for its kind.
  package var type: String
  /// Meta's object as JSON text in UTF-8, as it was first; `nil` where there is none.
  package var raw: [UInt8]?
  /// The file it names, as it was first; `nil` where it names none that is looked after.
  package var media: MediaView?
  /// When it was last edited; `nil`: never.
  package var editedAt: Instant?
  /// When it was revoked; `nil`: never.
  package var revokedAt: Instant?
  /// How far it came, if we sent it.
  package var delivery: Delivery
  /// Why it failed, in Meta's words.
  package var errors: [MetaRefusal]
  /// The request it was sent for; `nil` when it did not come through us.
  package var request: RequestID?
}

extension StoredMessage {
  /// The message with other content.
  fileprivate func with(_ content: Content) -> StoredMessage {
    StoredMessage(
      id: id,
      number: number,
      alias: alias,
      groupID: groupID,
      origin: origin,
      content: content,
      at: at,
      receivedAt: receivedAt,
      inReplyTo: inReplyTo
    )
  }
}

extension Messages {
  /// Edits and revokes of a message, oldest first.
  fileprivate func amendments(of target: MessageID) throws -> [Amendment] {
    try unit.rows(
      """
      SELECT id, content, at FROM amendment
      WHERE phone_number_id = $number AND target = $target ORDER BY at, id
      """,
      ["number": .id(number), "target": .id(target)]
    ) { row in
      let content = try row.textIfAny("content")
      return Amendment(
        id: try row.id("id"),
        target: target,
        change: try content.map {
          .edited(Content(stored: try StoredJSON(parsing: $0)))
        } ?? .revoked,
        at: try row.instant("at")
      )
    }
  }
}
