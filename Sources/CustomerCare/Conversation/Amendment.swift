/// A later change to a message; a row of its own, joined when the message is read.
///
/// It may come before the message it changes, and from either side.
package struct Amendment: Hashable, Sendable {
  /// What changed.
  package enum Change: Hashable, Sendable {
    /// The message says this now.
    case edited(Content)
    /// The message was deleted for everybody.
    case revoked
  }

  /// Meta's id of the change itself.
  package let id: MessageID
  /// The message it changes.
  package let target: MessageID
  /// What changed.
  package let change: Change
  /// Meta's timestamp.
  package let at: Instant

  /// Creates a change.
  package init(id: MessageID, target: MessageID, change: Change, at: Instant) {
    self.id = id
    self.target = target
    self.change = change
    self.at = at
  }
}

extension StoredMessage {
  /// What the message says after its amendments, in whichever order they arrived; nil if it was revoked.
  ///
  /// Nothing comes after a revocation; otherwise the newest edit counts.
  package func content(after amendments: [Amendment]) -> Content? {
    let own = amendments.filter { $0.target == id }
    if own.contains(where: { $0.change == .revoked }) { return nil }
    guard let newest = own.max(by: { ($0.at, $0.id) < ($1.at, $1.id) }),
      case .edited(let content) = newest.change
    else { return content }
    return content
  }
}
