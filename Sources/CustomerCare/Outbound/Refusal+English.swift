extension Refusal {
  var english: String {
    switch self {
    case .unknownNumber(let number):
      """
      Messages can only be sent from a business number that was added here, and \(number) was not. \
      Add it with `carewindow number add`.
      """
    case .numberDisconnected(let number, let restriction):
      """
      Messages can only be sent from a number that is connected to Cloud API, and \(number) is not: \
      \(restriction.english). Connect it again in Meta's Business settings.
      """
    case .numberRestricted(let number, let restriction):
      """
      Meta restricts what the number \(number) may send: \(restriction.english). See the Account \
      Quality page of WhatsApp Manager for how long, and appeal there.
      """
    case .windowClosed(let since, let because, let coexistence):
      "\(Self.ruleInEnglish) \(because.closingInEnglish(since)) \(Self.next(coexistence))"
    case .neverOpened(let coexistence):
      """
      \(Self.ruleInEnglish) This customer has not written to or called this number yet. \
      \(Self.next(coexistence))
      """
    case .uncertain(let doubt, let until, let coexistence):
      """
      \(Self.ruleInEnglish) Whether the window is open until \(until.rfc3339) is not certain: \
      \(doubt.english). An employee may try\(doubt.retryInEnglish). \(Self.next(coexistence))
      """
    case .insideSafetyMargin(let closesAt, let margin, let coexistence):
      """
      \(Self.ruleInEnglish) The window ends at \(closesAt.rfc3339), in less than the safety margin \
      of \(margin.components.seconds) seconds, and Meta might count the message as late. \
      \(Self.next(coexistence))
      """
    case .kindNotAllowed(let kind, let refusal):
      "\(kind.english) cannot wait for the customer's next message. \(refusal.english)"
    case .templateNeededButNoneChosen(let shortfall, let refusal):
      "\(shortfall.sentence(in: .english)) \(refusal.english)"
    case .tooManyParked(let max, let refusal):
      """
      \(max) messages wait for this customer's answer already, and more than that are never kept. \
      Withdraw some of them first. \(refusal.english)
      """
    case .expiresBeforeItsTime(let expiresAt, let sendAt):
      """
      The message is to go out at \(sendAt.rfc3339), but would expire at \(expiresAt.rfc3339) already. \
      Choose a later expiry, or an earlier time.
      """
    case .scheduledInPast(let sendAt, let now):
      """
      A message can be scheduled for the future only, and \(sendAt.rfc3339) was over at \
      \(now.rfc3339). Choose a later time, or leave it out to send at once.
      """
    case .expired(let at, let now):
      """
      The message was to be sent before \(at.rfc3339), and it is \(now.rfc3339). Send it again with \
      a later expiry if it still matters.
      """
    }
  }

  private static let ruleInEnglish = """
    Meta takes free-form messages only within 24 hours of the customer's last message or call.
    """

  private static func next(_ coexistence: Bool) -> String {
    """
    Send an approved template now, or write freely once the customer has written or \
    called\(coexistence ? "; a reply from the WhatsApp Business app on the phone is free and allowed at any time" : "").
    """
  }
}

extension LedgerEntry {
  fileprivate func closingInEnglish(_ since: Instant) -> String {
    guard let kind = openingKind else {
      return """
        Meta refused a message begun at \(at.rfc3339) with error 131047, so the window counts as \
        closed since \(since.rfc3339).
        """
    }
    return """
      The last was \(kind.english) at \(at.rfc3339), so the window is closed since \(since.rfc3339).
      """
  }
}

extension CareWindow.Doubt {
  fileprivate var english: String {
    let event = opening.map { "\($0.openingKind?.english ?? "") at \($0.at.rfc3339)" } ?? ""
    switch reason {
    case .reaction, .callPermissionReply, .unsupported, .unavailable, .standby, .unknownKind:
      return "Meta does not say whether the last event, \(event), opens it"
    case .connectionDay:
      return """
        the number was connected less than 24 hours ago, and what the customer did before is not known
        """
    case .inherited:
      return """
        the last event, \(event), came before the customer's number changed, and Meta does not say \
        whether the window moves along
        """
    case .reported131047:
      let refused = report.map { " begun at \($0.at.rfc3339)" } ?? ""
      return "\(event) opened it, and yet Meta refused a message\(refused) with error 131047"
    }
  }

  fileprivate var retryInEnglish: String {
    retryNotBefore.map { " from \($0.rfc3339)" } ?? ""
  }
}

extension MessageKind {
  fileprivate var english: String {
    switch self {
    case .freeForm(let type): "A message of type \(type)"
    case .template(let name, _): "The template \(name)"
    case .reaction: "A reaction"
    case .pin: "A pin"
    case .callPermissionRequest: "A request for permission to call"
    case .readReceipt: "A read receipt"
    case .typing: "A typing sign"
    }
  }
}

extension Restriction {
  fileprivate var english: String {
    switch self {
    case .disconnected: "its connection was removed"
    case .offboarded: "it is moving to another device"
    case .disabled: "the account is locked"
    case .noTemplates: "templates are blocked"
    case .noReplies: "replies to customers are blocked"
    }
  }
}

extension OpeningKind {
  /// The event in a few words, with its article.
  fileprivate var english: String {
    switch self {
    case .text: "a text message"
    case .image: "an image"
    case .video: "a video"
    case .audio: "a voice or audio message"
    case .document: "a document"
    case .sticker: "a sticker"
    case .location: "a location"
    case .contacts: "a shared contact"
    case .order: "an order"
    case .buttonReply, .templateButton: "a tap on a button"
    case .listReply: "a choice from a list"
    case .productReply: "a choice of a product"
    case .flowReply: "a completed form"
    case .welcome: "the opening of the chat"
    case .userCall: "a call of the customer"
    case .acceptedCall: "a call the customer took"
    case .reaction: "a reaction"
    case .callPermissionReply: "an answer to a request to call"
    case .unsupported: "a message of a kind that Meta does not hand over"
    case .unavailable: "a message that Meta could not hand over"
    case .standby: "a message handled by another application"
    case .unknown: "a message of a new kind"
    default: "an event of the kind \(rawValue)"
    }
  }
}
