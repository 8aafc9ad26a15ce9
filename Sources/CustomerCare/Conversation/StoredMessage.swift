/// A message of a conversation, in either direction.
package struct StoredMessage: Hashable, Sendable {
  package let id: MessageID
  package let number: PhoneNumberID
  /// The customer, or the group, it was written by or to.
  package let alias: Alias
  package let groupID: GroupID?
  package let origin: Origin
  package let content: Content
  /// Meta's timestamp.
  package let at: Instant
  package let receivedAt: Instant
  /// The message it answers.
  package let inReplyTo: MessageID?

  /// Creates a message.
  package init(
    id: MessageID,
    number: PhoneNumberID,
    alias: Alias,
    groupID: GroupID? = nil,
    origin: Origin,
    content: Content,
    at: Instant,
    receivedAt: Instant,
    inReplyTo: MessageID? = nil
  ) {
    self.id = id
    self.number = number
    self.alias = alias
    self.groupID = groupID
    self.origin = origin
    self.content = content
    self.at = at
    self.receivedAt = receivedAt
    self.inReplyTo = inReplyTo
  }

  /// The message after another report of it, in whichever order they arrive.
  package func merging(_ report: StoredMessage) -> StoredMessage { self }
}

/// A later change to a message; a row of its own, joined when the message is read.
package struct Amendment: Hashable, Sendable {
  /// What changed.
  package enum Change: Hashable, Sendable {
    case edited(Content)
    case revoked
  }

  /// The id of the change itself.
  package let id: MessageID
  /// The message it changes, which may not have arrived yet.
  package let target: MessageID
  package let change: Change
  /// Meta's timestamp.
  package let at: Instant

  /// Creates a change.
  package init(id: MessageID, target: MessageID, change: Change, at: Instant) {
    self.id = id
    self.target = target
    self.change = change
    self.at = at
  }
}
