/// Imported conversations: field `history`.
///
/// It opens no window and announces nothing. Three shapes share the field: chunks of conversations, a refusal to share them, and media that
/// fill placeholders of earlier chunks. The last looks like a live message; only the field tells.
/// Source: developers.facebook.com/documentation/business-messaging/whatsapp/webhooks/reference/history, read 2026-11-21.
package struct HistoryValue: Sendable, Hashable {
  /// Conversations.
  package var chunks: [HistoryChunk]
  /// Why there are none: 2593109 means that the business did not want to share them.
  package var errors: [ReportedError]
  /// Customers' media that belong to placeholders with the same id.
  package var mediaMessages: [InboundMessage]
  /// The business's media that belong to placeholders with the same id.
  package var mediaEchoes: [MessageEcho]
  /// The people behind the media.
  package var contacts: [ContactCard]

  /// True if the business did not want to share its history.
  package var isDeclined: Bool { errors.contains { $0.code == 2_593_109 } }

  /// Creates a value.
  package init(
    chunks: [HistoryChunk] = [],
    errors: [ReportedError] = [],
    mediaMessages: [InboundMessage] = [],
    mediaEchoes: [MessageEcho] = [],
    contacts: [ContactCard] = []
  ) {
    self.chunks = chunks
    self.errors = errors
    self.mediaMessages = mediaMessages
    self.mediaEchoes = mediaEchoes
    self.contacts = contacts
  }
}

/// A piece of the import.
package struct HistoryChunk: Sendable, Hashable {
  /// 0 for the first day before onboarding, 1 up to day 90, 2 up to day 180.
  package var phase: Int64?
  /// The chunk's number; chunks arrive in any order.
  package var order: Int64?
  /// 0 to 100 for the whole import; only 100 means finished.
  package var progress: Int64?
  /// The conversations.
  package var threads: [HistoryThread]

  /// Creates a chunk.
  package init(phase: Int64?, order: Int64?, progress: Int64?, threads: [HistoryThread]) {
    self.phase = phase
    self.order = order
    self.progress = progress
    self.threads = threads
  }
}

/// An imported conversation with one customer.
package struct HistoryThread: Sendable, Hashable {
  /// The customer's phone number in digits; nil when Meta withholds it.
  package var waID: String?
  /// The customer's BSUID.
  package var userID: String?
  /// The customer's parent BSUID.
  package var parentUserID: String?
  /// The customer's username, for display only.
  package var username: String?
  /// The messages, in no particular order.
  package var messages: [HistoryMessage]

  /// Creates a conversation.
  package init(
    waID: String?,
    userID: String? = nil,
    parentUserID: String? = nil,
    username: String? = nil,
    messages: [HistoryMessage]
  ) {
    self.waID = waID
    self.userID = userID
    self.parentUserID = parentUserID
    self.username = username
    self.messages = messages
  }
}

/// An imported message.
package struct HistoryMessage: Sendable, Hashable {
  /// The message id (wamid).
  package var id: String
  /// Who wrote it, in digits; nil when Meta withholds a customer's number.
  package var from: String?
  /// The customer's BSUID, if the customer wrote it.
  package var fromUserID: String?
  /// The customer's parent BSUID, if the customer wrote it.
  package var fromParentUserID: String?
  /// The customer's phone number, if the business wrote it.
  package var to: String?
  /// The customer's BSUID, if the business wrote it.
  package var toUserID: String?
  /// True if the business wrote it.
  package var isFromBusiness: Bool
  /// Seconds since 1970; nil if unreadable.
  package var timestamp: Int64?
  /// Meta's word for the kind; empty if it was missing.
  package var type: String
  /// What the message holds.
  package var content: MessageContent
  /// Which message it answers.
  package var context: MessageContext?
  /// `DELIVERED`, `ERROR`, `PENDING`, `PLAYED`, `READ` or `SENT`: in upper case, unlike live.
  package var status: String?
  /// The message as Meta wrote it.
  package var raw: JSON

  /// Creates a message whose `raw` is what Meta would write.
  package init(
    id: String,
    from: String?,
    fromUserID: String? = nil,
    fromParentUserID: String? = nil,
    to: String? = nil,
    toUserID: String? = nil,
    isFromBusiness: Bool,
    timestamp: Int64?,
    content: MessageContent,
    type: String? = nil,
    context: MessageContext? = nil,
    status: String? = nil
  ) {
    self.id = id
    self.from = from
    self.fromUserID = fromUserID
    self.fromParentUserID = fromParentUserID
    self.to = to
    self.toUserID = toUserID
    self.isFromBusiness = isFromBusiness
    self.timestamp = timestamp
    self.type = type ?? content.typeName
    self.content = content
    self.context = context
    self.status = status
    raw = .null
    raw = encoded
  }
}

extension HistoryMessage {
  private var encoded: JSON {
    var json = JSON.present([
      "from": from.map(JSON.string),
      "from_user_id": fromUserID.map(JSON.string),
      "from_parent_user_id": fromParentUserID.map(JSON.string),
      "to": to.map(JSON.string),
      "to_user_id": toUserID.map(JSON.string),
      "id": .string(id),
      "timestamp": timestamp.map { .string(String($0)) },
      "type": .string(type),
      "context": context?.json,
      "history_context": status.map { ["status": .string($0)] },
    ])
    if let member = content.member { json.set(member.key, to: member.value) }
    return json
  }
}

extension HistoryValue {
  init(_ json: JSON, businessNumber: String?, _ reader: inout WireReader) {
    let items: [Item] = reader.eachObject("history", of: json) { item, reader in
      Item(
        chunk: item["threads"] == nil && item["metadata"] == nil
          ? nil : HistoryChunk(item, businessNumber: businessNumber, &reader),
        errors: reader.errors(of: item)
      )
    }
    chunks = items.compactMap(\.chunk)
    errors = items.flatMap(\.errors) + reader.errors(of: json)
    mediaMessages = reader.eachObject("messages", of: json) { InboundMessage($0, &$1) }
    mediaEchoes = reader.eachObject("message_echoes", of: json) { MessageEcho($0, &$1) }
    contacts = reader.contacts(of: json)
  }

  private struct Item {
    let chunk: HistoryChunk?
    let errors: [ReportedError]
  }

  var members: [JSONMember] {
    let declined = errors.isEmpty ? [] : [JSON.present(["errors": .array(errors.map(\.json))])]
    let items = chunks.map(\.json) + declined
    return JSON.present([
      "contacts": contacts.isEmpty ? nil : .array(contacts.map(\.json)),
      "history": items.isEmpty ? nil : .array(items),
      "messages": mediaMessages.isEmpty ? nil : .array(mediaMessages.map(\.raw)),
      "message_echoes": mediaEchoes.isEmpty ? nil : .array(mediaEchoes.map(\.raw)),
    ]).members
  }
}

extension HistoryChunk {
  fileprivate init(_ json: JSON, businessNumber: String?, _ reader: inout WireReader) {
    let metadata = json["metadata"]
    phase = metadata?["phase"]?.integer
    order = metadata?["chunk_order"]?.integer
    progress = metadata?["progress"]?.integer
    threads = reader.eachObject("threads", of: json) {
      HistoryThread($0, businessNumber: businessNumber, &$1)
    }
  }

  fileprivate var json: JSON {
    [
      "metadata": .present([
        "phase": phase.map(JSON.integer),
        "chunk_order": order.map(JSON.integer),
        "progress": progress.map(JSON.integer),
      ]),
      "threads": .array(threads.map(\.json)),
    ]
  }
}

extension HistoryThread {
  fileprivate init(_ json: JSON, businessNumber: String?, _ reader: inout WireReader) {
    let context = reader.object("context", of: json)
    let id = reader.text("id", of: json)
    let isUserID = id.map(BusinessScopedUserID.isValid) ?? false
    waID = context?["wa_id"]?.text ?? (isUserID ? nil : id)
    userID = context?["user_id"]?.text ?? (isUserID ? id : nil)
    parentUserID = context?["parent_user_id"]?.text
    username = context?["username"]?.text
    messages = reader.eachObject("messages", of: json) {
      HistoryMessage($0, businessNumber: businessNumber, &$1)
    }
  }

  fileprivate var json: JSON {
    let context = JSON.present([
      "wa_id": waID.map(JSON.string),
      "user_id": userID.map(JSON.string),
      "parent_user_id": parentUserID.map(JSON.string),
      "username": username.map(JSON.string),
    ])
    return .present([
      "id": waID.map(JSON.string), "context": context, "messages": .array(messages.map(\.raw)),
    ])
  }
}

extension HistoryMessage {
  fileprivate init?(_ json: JSON, businessNumber: String?, _ reader: inout WireReader) {
    guard let id = reader.requiredText("id", of: json) else { return nil }
    self.id = id
    from = reader.text("from", of: json)
    fromUserID = reader.text("from_user_id", of: json)
    fromParentUserID = reader.text("from_parent_user_id", of: json)
    to = reader.text("to", of: json)
    toUserID = reader.text("to_user_id", of: json)
    // A recipient is named only on what the business wrote; older bodies tell by the sender alone.
    isFromBusiness =
      to != nil || toUserID != nil || (from != nil && from?.decimalDigits == businessNumber)
    timestamp = reader.seconds("timestamp", of: json, isRequired: true)
    type = reader.requiredText("type", of: json) ?? ""
    content = MessageContent(type: type, of: json, &reader)
    context = reader.object("context", of: json).map(MessageContext.init)
    status = json["history_context"]?["status"]?.text
    raw = json
  }
}
