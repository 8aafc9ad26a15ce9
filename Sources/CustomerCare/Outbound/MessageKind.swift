/// What a message is, as far as the window cares.
package enum MessageKind: Hashable, Sendable {
  /// Anything worded freely: text, media, interactive…; `type` is Meta's word for it.
  case freeForm(type: String)
  /// A template that Meta has approved.
  case template(name: String, language: String)
  /// An emoji on a customer's message.
  case reaction
  /// A message pinned in a group.
  case pin
  /// The question whether we may call.
  case callPermissionRequest
  /// The mark that a customer's message was read.
  case readReceipt
  /// The sign that an answer is being typed.
  case typing
}

extension MessageKind {
  /// Whether Meta takes it only inside the window.
  ///
  /// Meta refuses every non-template outside; whether pins need the window it does not say, so they
  /// do. Receipts and typing signs are no messages.
  /// Source: …/whatsapp/messages/send-messages, 2026-05-21; …/support/error-codes, 2026-06-18.
  package var needsOpenWindow: Bool {
    switch self {
    case .freeForm, .reaction, .pin, .callPermissionRequest: true
    case .template, .readReceipt, .typing: false
    }
  }

  /// Whether it still means something when the customer writes next.
  ///
  /// A text does. A reaction, a pin or the question whether we may call would come out of nowhere.
  package var mayWait: Bool {
    if case .freeForm = self { true } else { false }
  }

  /// What a number must be allowed to do to send it.
  fileprivate var isTemplate: Bool {
    if case .template = self { true } else { false }
  }
}

extension Restriction {
  /// Whether it keeps messages of this kind from being sent.
  package func bars(_ kind: MessageKind) -> Bool {
    switch self {
    case .disconnected, .offboarded, .disabled: true
    case .noTemplates: kind.isTemplate
    case .noReplies: kind.needsOpenWindow
    }
  }
}
