import CloudAPI
import CustomerCare
import Storage

extension Told {
  /// Field `messages`: what customers wrote, and what became of what we sent.
  mutating func messages(_ value: MessagesValue) {
    let cards = Cards(value.contacts)
    for message in value.messages {
      inbound(message, cards: cards, kind: OpeningKind(message))
    }
    for status in value.statuses { self.status(status) }
    for status in value.callStatuses { callStatus(status) }
    let newest = (value.messages.map(\.timestamp) + value.statuses.map(\.timestamp))
      .compactMap { $0 }.max()
    profiles(value.contacts, at: instant(newest))
  }

  /// Field `standby`: what customers wrote while another app answers them.
  mutating func standby(_ value: StandbyValue) {
    let cards = Cards(value.messages.contacts)
    for message in value.messages.messages {
      let kind = OpeningKind(message)
      inbound(
        message,
        cards: cards,
        kind: kind.qualification == .opens ? .standby : kind
      )
    }
    for status in value.messages.statuses { self.status(status) }
    for echo in value.echoes { self.echo(echo, cards: cards) }
  }

  /// One live message of a customer's.
  private mutating func inbound(
    _ message: InboundMessage,
    cards: Cards,
    kind: OpeningKind
  ) {
    let at = instant(message.timestamp)
    if case .system(let notice) = message.content {
      system(notice, of: message, at: at)
      return
    }
    let names = names(
      phone: message.from,
      userID: message.fromUserID,
      parentUserID: message.fromParentUserID,
      cards: cards
    )
    together(names, at: at)
    sharedNumber(message, names: names, at: at)
    let group = message.groupID.map { GroupID($0) }
    guard let alias = names.first ?? group.map(Alias.group) else { return }
    if amendment(message.content, id: message.id, at: at) { return }
    if message.timestamp != nil {
      ledger(kind, id: message.id, alias: alias, group: group, at: at)
    }
    guard let number else { return }
    media(message.content, of: message.id)
    facts.append(
      .message(
        MessageFact(
          message: StoredMessage(
            id: MessageID(message.id),
            number: number,
            alias: alias,
            groupID: group,
            origin: .customer,
            content: Content(message.content, type: message.type, errors: message.errors),
            at: at,
            receivedAt: receivedAt,
            inReplyTo: message.context?.id.map { MessageID($0) }
          ),
          direction: .inbound,
          type: message.type,
          raw: message.raw.serialized()
        )
      )
    )
  }

  /// The customer answered our request for the phone number: the card is their own.
  ///
  /// A card of any other origin may be somebody else's and links nobody (coexistence.md 12.2, read 2026-11-21).
  private mutating func sharedNumber(_ message: InboundMessage, names: [Alias], at instant: Instant)
  {
    guard case .contacts(let cards) = message.content, let own = names.first else { return }
    for card in cards where card.origin == "contact_request" {
      for phone in card.phones {
        guard let digits = phone.waID else { continue }
        together([own, .phone(digits)], at: instant)
      }
    }
  }

  /// An edit or a revocation becomes a row of its own; true if the content is one.
  mutating func amendment(_ content: MessageContent, id: String, at instant: Instant) -> Bool {
    switch content {
    case .edit(let edit):
      guard let target = edit.originalMessageID else { return true }
      media(edit.content, of: target)
      facts.append(
        .amendment(
          Amendment(
            id: MessageID(id),
            target: MessageID(target),
            change: .edited(Content(edit.content, type: edit.type ?? "")),
            at: instant
          )
        )
      )
    case .revoke(let revoke):
      guard let target = revoke.originalMessageID else { return true }
      facts.append(
        .amendment(
          Amendment(id: MessageID(id), target: MessageID(target), change: .revoked, at: instant)
        )
      )
    default: return false
    }
    return true
  }

  /// Meta tells that a customer goes by another name now.
  private mutating func system(_ notice: SystemNotice, of message: InboundMessage, at: Instant) {
    func changed(_ old: Alias?, _ new: Alias?) {
      guard let old, let new, old != new else { return }
      facts.append(.identity(.changed(from: old, to: new, at: at)))
    }
    switch notice.kind {
    case .changedNumber, .changedUserID:
      let oldPhone = message.from ?? notice.customer
      changed(
        (notice.previousUserID ?? message.fromUserID).map(Alias.bsuid),
        notice.userID.map(Alias.bsuid)
      )
      changed(
        notice.previousParentUserID.map(Alias.parentBSUID),
        notice.parentUserID.map(Alias.parentBSUID)
      )
      changed(oldPhone.map(Alias.phone), notice.waID.map(Alias.phone))
      together(
        Alias.names(
          phone: notice.waID,
          userID: notice.userID,
          parentUserID: notice.parentUserID
        ),
        at: at
      )
    case .changedIdentity, .other: break
    }
  }

  /// What became of a message of ours.
  private mutating func status(_ status: MessageStatus) {
    guard status.type == nil, let delivery = Delivery(status.kind) else { return }
    let at = instant(status.timestamp)
    let isGroup = status.recipientType == "group"
    let names =
      isGroup
      ? status.recipientID.map { [Alias.group(GroupID($0))] } ?? []
      : Alias.names(
        phone: status.recipientID,
        userID: status.recipientUserID,
        parentUserID: status.recipientParentUserID
      )
    let participants = Alias.names(
      phone: status.participantID,
      userID: status.participantUserID,
      parentUserID: status.participantParentUserID
    )
    together(names, at: at)
    together(participants, at: at)
    facts.append(
      .status(
        StatusFact(
          message: MessageID(status.id),
          alias: names.first,
          participant: participants.first,
          delivery: delivery,
          at: at,
          errors: status.errors.compactMap { MetaRefusal($0) },
          pricing: status.raw["pricing"]?.serialized(),
          reference: status.callbackData.flatMap(AttemptReference.init(text:))
        )
      )
    )
  }
}

extension Delivery {
  /// How far a message came; `nil` for a status Meta introduced after this was written.
  fileprivate init?(_ kind: MessageStatus.Kind) {
    switch kind {
    case .sent: self = .sent
    case .delivered: self = .delivered
    case .read: self = .read
    case .played: self = .played
    case .failed: self = .failed
    case .other: return nil
    }
  }
}

extension MetaRefusal {
  /// Meta's words about a failure; `nil` when it has no code.
  init?(_ error: ReportedError) {
    guard let code = error.code else { return nil }
    self.init(code: code, title: error.title ?? error.message ?? "", details: error.details ?? "")
  }
}
