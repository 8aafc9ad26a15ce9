/// A message of a conversation, in either direction.
///
/// It can be reported several times: as a placeholder first, by the app's history, by the answer to
/// our own send and by a webhook that overtakes it. `merging` makes one message of the reports.
package struct StoredMessage: Hashable, Sendable {
  /// Meta's id of the message.
  package let id: MessageID
  /// The business number.
  package let number: PhoneNumberID
  /// The customer who wrote it or to whom it went; in a group, the member, or the group itself.
  package let alias: Alias
  /// The group it was written in; nil for a conversation of two.
  package let groupID: GroupID?
  /// Who spoke.
  package let origin: Origin
  /// What it says.
  package let content: Content
  /// Meta's timestamp; for a message of ours, when its dispatch began.
  package let at: Instant
  /// When the first report of it reached us.
  package let receivedAt: Instant
  /// The message it answers; nil if none.
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
  ///
  /// Content displaces a placeholder, whoever knows best who spoke is believed, and of two reports
  /// that say the same thing differently the first received counts.
  package func merging(_ report: StoredMessage) -> StoredMessage {
    precondition(id == report.id, "Only reports of the same message can be merged.")
    let fuller = says(moreThan: report) ? self : report
    return StoredMessage(
      id: id,
      number: min(number, report.number),
      alias: min(alias, report.alias),
      groupID: [groupID, report.groupID].compactMap { $0 }.min(),
      origin: origin.knowledge >= report.origin.knowledge ? origin : report.origin,
      content: fuller.content,
      at: min(at, report.at),
      receivedAt: min(receivedAt, report.receivedAt),
      inReplyTo: [inReplyTo, report.inReplyTo].compactMap { $0 }.min()
    )
  }

  private func says(moreThan other: StoredMessage) -> Bool {
    if content.substance != other.content.substance {
      return content.substance > other.content.substance
    }
    // Two real contents for one id are not expected; they are ordered by text so that whichever
    // report comes last, the same one stays.
    return String(describing: content) <= String(describing: other.content)
  }
}

extension Content {
  /// How much it says: a placeholder nothing, what cannot be shown little.
  fileprivate var substance: Int {
    switch self {
    case .unsupported: isPlaceholder ? 0 : 1
    case .unknown: 1
    default: 2
    }
  }
}
