/// An emoji on a message: `reaction`.
package struct ReactionContent: Sendable, Hashable {
  /// The message it is put on.
  package var messageID: String?
  /// The emoji; nil if the reaction was taken off (Meta leaves the key out or writes `""`).
  package var emoji: String?

  /// Creates a reaction.
  package init(messageID: String?, emoji: String?) {
    self.messageID = messageID
    self.emoji = emoji
  }

  init?(_ json: JSON) {
    guard json.isObject else { return nil }
    messageID = json["message_id"]?.text
    emoji = json["emoji"]?.text
  }

  var json: JSON {
    .present(["message_id": messageID.map(JSON.string), "emoji": emoji.map(JSON.string)])
  }
}
