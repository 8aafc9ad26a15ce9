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
