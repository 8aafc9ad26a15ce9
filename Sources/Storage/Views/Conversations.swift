package import CustomerCare

/// What is read about conversations.
package enum Conversations {
  /// Conversations, the one with the newest message first.
  ///
  /// - Parameter numbers: Only these numbers; `nil`: all.
  package static func list(
    numbers: Set<PhoneNumberID>?,
    now: Instant,
    after cursor: Cursor? = nil,
    limit: Int,
    in unit: any SQLUnit
  ) throws -> Page<ConversationSummary> {
    Page(items: [], next: nil)
  }

  /// The messages of a conversation, newest first, with edits and revokes joined.
  ///
  /// - Returns: `nil` when nobody added the number.
  package static func messages(
    number: PhoneNumberID,
    customer: String,
    after cursor: Cursor? = nil,
    limit: Int,
    in unit: any SQLUnit
  ) throws -> Page<MessageView>? {
    nil
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
  /// Meta's object as JSON text in UTF-8; `nil` where there is none.
  package var raw: [UInt8]?
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
