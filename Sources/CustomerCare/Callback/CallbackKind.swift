/// What a program can ask to be called for.
package enum CallbackKind: String, Sendable, CaseIterable {
  /// Meta's own webhooks, nearly as they came.
  case metaRaw = "meta.raw"
  /// A customer wrote.
  case messageReceived = "message.received"
  /// A message of ours got further, or failed.
  case messageState = "message.state"
  /// A window opened.
  case windowOpened = "window.opened"
  /// A window closes soon.
  case windowClosing = "window.closing"
  /// A window closed.
  case windowClosed = "window.closed"

  /// Whether it is made of events, which are only written while somebody listens.
  package var isEvent: Bool { self != .metaRaw }
}
