import CloudAPI
import CustomerCare
import Storage

extension Told {
  /// Field `smb_message_echoes`: somebody wrote in the WhatsApp Business app.
  mutating func echoes(_ value: EchoesValue) {
    let cards = Cards(value.contacts)
    for echo in value.echoes { self.echo(echo, cards: cards) }
    profiles(value.contacts, at: instant(value.echoes.compactMap(\.timestamp).max()))
  }

  /// One echo; never a window, never a conversation with the business itself.
  mutating func echo(
    _ echo: MessageEcho,
    cards: Cards,
    origin: Origin = .phone
  ) {
    let at = instant(echo.timestamp)
    let names = names(
      phone: echo.to,
      userID: echo.toUserID,
      parentUserID: echo.toParentUserID,
      cards: cards
    )
    together(names, at: at)
    if amendment(echo.content, id: echo.id, at: at) { return }
    guard let number, let alias = names.first else { return }
    media(echo.content, of: echo.id)
    facts.append(
      .message(
        MessageFact(
          message: StoredMessage(
            id: MessageID(echo.id),
            number: number,
            alias: alias,
            origin: origin,
            content: Content(echo.content, type: echo.type, errors: echo.errors),
            at: at,
            receivedAt: receivedAt,
            inReplyTo: echo.context?.id.map { MessageID($0) }
          ),
          direction: .outbound,
          type: echo.type,
          raw: echo.raw.serialized()
        )
      )
    )
  }

  /// Field `history`: chats from before, in three shapes; none of them opens a window.
  mutating func history(_ value: HistoryValue) {
    for chunk in value.chunks {
      for thread in chunk.threads { self.thread(thread) }
    }
    let cards = Cards(value.contacts)
    for message in value.mediaMessages { media(message, cards: cards) }
    for echo in value.mediaEchoes { self.echo(echo, cards: cards, origin: .history) }
  }

  private mutating func thread(_ thread: HistoryThread) {
    let owner = Alias.names(
      phone: thread.waID,
      userID: thread.userID,
      parentUserID: thread.parentUserID
    )
    together(owner, at: instant(thread.messages.compactMap(\.timestamp).max()))
    for message in thread.messages {
      let names =
        owner.isEmpty
        ? Alias.names(
          phone: message.isFromBusiness ? message.to : message.from,
          userID: message.isFromBusiness ? message.toUserID : message.fromUserID,
          parentUserID: message.isFromBusiness ? nil : message.fromParentUserID
        )
        : owner
      let at = instant(message.timestamp)
      if amendment(message.content, id: message.id, at: at) { continue }
      guard let number, let alias = names.first else { continue }
      media(message.content, of: message.id)
      facts.append(
        .message(
          MessageFact(
            message: StoredMessage(
              id: MessageID(message.id),
              number: number,
              alias: alias,
              origin: .history,
              content: Content(message.content, type: message.type),
              at: at,
              receivedAt: receivedAt,
              inReplyTo: message.context?.id.map { MessageID($0) }
            ),
            direction: message.isFromBusiness ? .outbound : .inbound,
            type: message.type,
            raw: message.raw.serialized()
          )
        )
      )
    }
  }

  /// The file of a placeholder, sent after it in the shape of a live message.
  private mutating func media(_ message: InboundMessage, cards: Cards) {
    let at = instant(message.timestamp)
    let names = names(
      phone: message.from,
      userID: message.fromUserID,
      parentUserID: message.fromParentUserID,
      cards: cards
    )
    together(names, at: at)
    guard let number, let alias = names.first else { return }
    self.media(message.content, of: message.id)
    facts.append(
      .message(
        MessageFact(
          message: StoredMessage(
            id: MessageID(message.id),
            number: number,
            alias: alias,
            origin: .history,
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

  /// Field `smb_app_state_sync`: the phone's address book joins numbers and user ids.
  mutating func contactSync(_ value: ContactSyncValue) {
    for entry in value.entries {
      together(
        Alias.names(
          phone: entry.phoneNumber,
          userID: entry.userID,
          parentUserID: entry.parentUserID
        ),
        at: instant(entry.timestamp)
      )
    }
  }
}
