/// A wish to send one message, whoever has it.
package struct SendRequest: Hashable, Sendable {
  package let id: RequestID
  package let from: PhoneNumberID
  package let to: Recipient
  package let kind: MessageKind
  package let sender: Sender
  /// What the sender wants if the window is closed; nil leaves it to the number.
  package let ifClosed: ClosedWindowPolicy?
  /// When the wish lapses; nil never.
  package let expiresAt: Instant?
  /// When the message is to be sent; nil at once.
  package let sendAt: Instant?
  /// When the wish was uttered.
  package let at: Instant

  /// Creates a request.
  package init(
    id: RequestID,
    from: PhoneNumberID,
    to: Recipient,
    kind: MessageKind,
    sender: Sender,
    ifClosed: ClosedWindowPolicy? = nil,
    expiresAt: Instant? = nil,
    sendAt: Instant? = nil,
    at: Instant
  ) {
    self.id = id
    self.from = from
    self.to = to
    self.kind = kind
    self.sender = sender
    self.ifClosed = ifClosed
    self.expiresAt = expiresAt
    self.sendAt = sendAt
    self.at = at
  }
}

/// To whom a message goes.
package enum Recipient: Hashable, Sendable {
  /// A customer, under the alias the sender used.
  case customer(Alias)
  /// A group.
  case group(GroupID)

  /// The alias of the customer or the group.
  package var alias: Alias {
    switch self {
    case .customer(let alias): alias
    case .group(let id): .group(id)
    }
  }
}

/// Who wants to send.
package enum Sender: Hashable, Sendable {
  /// A person in the team inbox.
  case employee
  /// A program with a token of ours.
  case program(TokenID)
  /// The AI assistant.
  case assistant
  /// A rule of our own, such as an automatic answer.
  case automation
}
