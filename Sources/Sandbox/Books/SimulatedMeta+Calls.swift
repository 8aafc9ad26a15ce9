package import CloudAPI

/// One step of a call.
struct CallStep: Sendable {
  /// What happens.
  enum Kind: Sendable {
    /// The customer's phone rings.
    case ringing
    /// The customer picks up.
    case accepted
    /// The customer declines.
    case rejected
    /// It ends; since when they spoke, or nil if nobody picked up.
    case ends(answeredAt: Int64?)
  }

  let id: String
  let kind: Kind
  let phoneNumberID: String
  let userID: String
  let isByCustomer: Bool
  let callbackData: String?
}

extension SimulatedMeta {
  /// The longest call that is played: a day.
  private static let callSecondsMax: Int64 = 86_400

  /// How long a call rings that nobody answers; Meta's is between 30 and 60 seconds.
  private static let ringing: Int64 = 45_000

  /// A customer calls, or is called.
  ///
  /// `json` holds `answered` (false if missing), `seconds` (30), `direction` (`customer` or
  ///   `business`), `answered_after_ms` (0), `phone_number_id`, and what `customerWrites` takes about
  ///   the profile.
  package mutating func customerCalls(
    _ name: String,
    _ json: JSON,
    now: Int64
  ) throws(MetaError) -> JSON {
    settle(now: now)
    let number = try number(json)
    guard !number.isOnBusinessApp else {
      throw .invalidParameter("Calls to a number in the WhatsApp Business app stay in the app.")
    }
    let person = try person(name, json)
    let key = MetaWindows.Key(phoneNumberID: number.phoneNumberID, party: person.userID)
    let isByCustomer = json["direction"]?.text != "business"
    let isAnswered = json["answered"]?.flag ?? false
    let seconds = Swift.min(Swift.max(json["seconds"]?.integer ?? 30, 1), Self.callSecondsMax)
    let wait = Swift.min(Swift.max(json["answered_after_ms"]?.integer ?? 0, 0), Self.ringing)
    let id = newID("wacid")
    func step(_ kind: CallStep.Kind, at instant: Int64) {
      agenda.add(
        .call(
          CallStep(
            id: id,
            kind: kind,
            phoneNumberID: number.phoneNumberID,
            userID: person.userID,
            isByCustomer: isByCustomer,
            callbackData: json["biz_opaque_callback_data"]?.text
          )
        ),
        at: instant
      )
    }
    let answeredAt = isAnswered ? latest + wait : nil
    let end = answeredAt.map { $0 + seconds * 1000 } ?? latest + Self.ringing
    if isByCustomer {
      open(key, by: .called, number)
      announceConnect(id, person, number, at: latest)
    } else {
      step(.ringing, at: latest)
      step(isAnswered ? .accepted : .rejected, at: answeredAt ?? end)
    }
    step(.ends(answeredAt: answeredAt), at: end)
    settle(now: now)
    return ["id": .string(id), "user_id": .string(person.userID), "window": window(key)]
  }

  /// A call goes on; picking up a call of the business opens the window.
  mutating func carryOut(_ step: CallStep, at instant: Int64) {
    guard let number = roster.numbers[step.phoneNumberID],
      let person = people.person(userID: step.userID)
    else { return }
    switch step.kind {
    case .ringing: announceStatus("RINGING", step, person, number, at: instant)
    case .rejected: announceStatus("REJECTED", step, person, number, at: instant)
    case .accepted:
      windows.note(
        .tookCall,
        key: MetaWindows.Key(phoneNumberID: step.phoneNumberID, party: step.userID),
        at: instant,
        lenient: settings.isLenient
      )
      announceStatus("ACCEPTED", step, person, number, at: instant)
    case .ends(let answeredAt): announceEnd(step, person, number, answeredAt, at: instant)
    }
  }

  private mutating func announceConnect(
    _ id: String,
    _ person: Person,
    _ number: SandboxNumber,
    at instant: Int64
  ) {
    let item: JSON = .present([
      "id": .string(id), "from": person.shownPhone, "from_user_id": .string(person.userID),
      "to": .string(number.displayPhoneNumber), "event": "connect",
      "timestamp": .string(String(instant / 1000)), "direction": "USER_INITIATED",
      "session": ["sdp_type": "offer", "sdp": "v=0\r\n"],
    ])
    announceCall("calls", item, person, number, at: instant)
  }

  private mutating func announceStatus(
    _ status: String,
    _ step: CallStep,
    _ person: Person,
    _ number: SandboxNumber,
    at instant: Int64
  ) {
    let item: JSON = .present([
      "id": .string(step.id), "type": "call", "status": .string(status),
      "timestamp": .string(String(instant / 1000)), "recipient_id": person.shownPhone,
      "recipient_user_id": .string(person.userID),
      "biz_opaque_callback_data": step.callbackData.map { .string($0) },
    ])
    announceCall("statuses", item, person, number, at: instant)
  }

  private mutating func announceEnd(
    _ step: CallStep,
    _ person: Person,
    _ number: SandboxNumber,
    _ answeredAt: Int64?,
    at instant: Int64
  ) {
    let display = JSON.string(number.displayPhoneNumber)
    let userID = JSON.string(person.userID)
    let isByCustomer = step.isByCustomer
    let second = { (instant: Int64) -> JSON in .string(String(instant / 1000)) }
    let item: JSON = .present([
      "id": .string(step.id), "from": isByCustomer ? person.shownPhone : display,
      "from_user_id": userID.when(isByCustomer),
      "to": isByCustomer ? display : person.shownPhone, "to_user_id": userID.when(!isByCustomer),
      "event": "terminate", "direction": isByCustomer ? "USER_INITIATED" : "BUSINESS_INITIATED",
      "timestamp": second(instant), "status": answeredAt == nil ? "FAILED" : "COMPLETED",
      "start_time": answeredAt.map(second),
      "end_time": answeredAt.map { _ in second(instant) },
      "duration": answeredAt.map { .integer((instant - $0) / 1000) },
      "biz_opaque_callback_data": step.callbackData.map { .string($0) },
    ])
    announceCall("calls", item, person, number, at: instant)
  }

  private mutating func announceCall(
    _ list: String,
    _ item: JSON,
    _ person: Person,
    _ number: SandboxNumber,
    at instant: Int64
  ) {
    announce(
      .list(list, [item], field: "calls", number: number, contacts: [person.contact()]),
      at: instant
    )
  }
}
