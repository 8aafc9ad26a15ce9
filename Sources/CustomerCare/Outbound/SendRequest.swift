/// A wish to send one message: the same for people, programs, the assistant and time.
package struct SendRequest: Hashable, Sendable {
  /// Our id of the wish; travels with the message, so that a status webhook can bring it back.
  package let id: RequestID
  /// The business number it goes out from.
  package let from: PhoneNumberID
  /// To whom it goes.
  package let to: Recipient
  /// What it is.
  package let kind: MessageKind
  /// Who wants it.
  package let sender: Sender
  /// What the sender wants if the window is closed; nil leaves it to the number.
  package let ifClosed: ClosedWindowPolicy?
  /// From when on it is not to be sent any more; nil never.
  package var expiresAt: Instant?
  /// When it is to be sent; nil at once.
  package let sendAt: Instant?
  /// When it was asked for; once reserved, later than all that waited in its conversation then.
  package var at: Instant

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
