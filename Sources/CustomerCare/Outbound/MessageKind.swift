/// What a message is, as far as the window cares.
package enum MessageKind: Hashable, Sendable {
  /// Anything a person or a program words freely: text, media, interactive…; `type` is Meta's word for it.
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
