import CloudAPI

extension SimulatedMeta {
  /// A message of the business reaches its next state: priced when sent, billed when delivered.
  mutating func progress(_ id: String, to state: SentMessage.State, at instant: Int64) {
    guard var message = messages[id], message.state < state,
      let number = roster.numbers[message.phoneNumberID]
    else { return }
    message.state = state
    if state == .sent { price(&message, at: instant) }
    messages[id] = message
    if state == .delivered { charge(message, at: instant) }
    for item in statuses(message, at: instant) {
      let contacts = people.person(userID: message.party).map { [$0.contact()] } ?? []
      announce(
        .list("statuses", [item], field: "messages", number: number, contacts: contacts),
        at: instant
      )
    }
  }

  /// Meta gives a message up; nothing that was delivered fails.
  mutating func fail(_ id: String, _ error: MetaError, at instant: Int64) {
    guard var message = messages[id], message.state < .delivered,
      let number = roster.numbers[message.phoneNumberID]
    else { return }
    if message.usesAllowance { bill.giveBack(number: message.phoneNumberID, at: message.at) }
    message.state = .failed
    message.error = error
    messages[id] = message
    // Meta leaves contacts out here; pywa 4.5 cannot read a failed status without them.
    let person = settings.hasFailedContacts ? people.person(userID: message.party) : nil
    announce(
      .list(
        "statuses",
        statuses(message, at: instant),
        field: "messages",
        number: number,
        contacts: person.map { [$0.contact()] } ?? []
      ),
      at: instant
    )
  }

  private mutating func price(_ message: inout SentMessage, at instant: Int64) {
    let key = MetaWindows.Key(phoneNumberID: message.phoneNumberID, party: message.party)
    let entryID = chance.word()
    message.freeEntry = freeEntries.answer(key, at: instant, id: entryID)
    guard message.type != "reaction" else { return }  // Free, and not counted.
    let priced = bill.price(
      category: message.category,
      isOpen: windows.isOpen(key, now: instant),
      isFreeEntry: message.freeEntry != nil,
      isGroup: message.isGroup,
      number: message.phoneNumberID,
      allowance: settings.allowance,
      now: instant
    )
    message.price = priced.price
    message.usesAllowance = priced.usesAllowance
  }

  /// One line on the bill; in a group one for each member.
  private mutating func charge(_ message: SentMessage, at instant: Int64) {
    guard let price = message.price else { return }
    let members = message.isGroup ? (groups[message.party] ?? []).sorted() : [message.party]
    for member in members {
      let country = String(member.prefix(2))
      bill.deliver(
        Bill.Line(
          messageID: message.id,
          at: instant,
          phoneNumberID: message.phoneNumberID,
          country: country,
          price: price,
          micros: Bill.micros(price, country: country)
        )
      )
    }
  }

  private func statuses(_ message: SentMessage, at instant: Int64) -> [JSON] {
    guard message.isGroup, message.state == .delivered || message.state == .read else {
      return [status(message, member: nil, at: instant)]
    }
    return (groups[message.party] ?? []).sorted().map {
      status(message, member: people.person(userID: $0), at: instant)
    }
  }

  private func status(_ message: SentMessage, member: Person?, at instant: Int64) -> JSON {
    let person = message.isGroup ? nil : people.person(userID: message.party)
    let hasFailed = message.state == .failed
    let showsUserID = !hasFailed || message.isByUserID
    let showsPrice = message.state == .sent || message.state == .delivered
    return .present([
      "id": .string(message.id),
      "status": .string(message.state.rawValue),
      "timestamp": .string(String(instant / 1000)),
      "recipient_id": message.isGroup ? .string(message.party) : person?.shownPhone,
      "recipient_user_id": person.flatMap { .string($0.userID).when(showsUserID) },
      "recipient_type": JSON.string("group").when(message.isGroup),
      "recipient_participant_id": member?.shownPhone,
      "recipient_participant_user_id": member.map { .string($0.userID) },
      "biz_opaque_callback_data": message.callbackData.map { .string($0) },
      "conversation": conversation(message)?.when(message.state == .sent),
      "pricing": message.price?.json().when(showsPrice),
      "errors": message.error.map { [$0.item()] },
    ])
  }

  /// The only `conversation` object that v24 still sends: that of a free entry point.
  private func conversation(_ message: SentMessage) -> JSON? {
    message.freeEntry.map { entry in
      [
        "id": .string(entry.id), "expiration_timestamp": .string(String(entry.until / 1000)),
        "origin": ["type": "referral_conversion"],
      ]
    }
  }
}
