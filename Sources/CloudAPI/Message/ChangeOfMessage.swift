/// A new version of an earlier message: `edit`, only on Coexistence numbers.
package struct EditContent: Sendable, Hashable {
  /// The message that was changed; the edit has an id of its own.
  package var originalMessageID: String?
  /// Meta's word for the kind of the new version.
  package var type: String?
  /// The new version.
  package var content: MessageContent
  /// What the new version answers.
  package var contextID: String?

  /// Creates an edit.
  package init(
    originalMessageID: String?,
    content: MessageContent,
    type: String? = nil,
    contextID: String? = nil
  ) {
    self.originalMessageID = originalMessageID
    self.type = type ?? content.typeName
    self.content = content
    self.contextID = contextID
  }
}

/// An earlier message was deleted: `revoke`, only on Coexistence numbers.
package struct RevokeContent: Sendable, Hashable {
  /// The message that was deleted; the deletion has an id of its own.
  package var originalMessageID: String?

  /// Creates a deletion.
  package init(originalMessageID: String?) { self.originalMessageID = originalMessageID }
}

/// A kind that Meta does not pass on: `unsupported`.
package struct UnsupportedContent: Sendable, Hashable {
  /// Which kind, such as `poll_creation` (the list is open); nil if Meta does not say.
  package var type: String?

  /// Creates it.
  package init(type: String?) { self.type = type }
}

extension EditContent {
  init?(_ json: JSON, _ reader: inout WireReader) {
    guard json.isObject else { return nil }
    originalMessageID = json["original_message_id"]?.text
    guard let message = json["message"], message.isObject else { return nil }
    let type = message["type"]?.text
    self.type = type
    content = reader.inside("message") { MessageContent(type: type ?? "", of: message, &$0) }
    contextID = message["context"]?["id"]?.text
  }

  var json: JSON {
    var message = JSON.present([
      "context": contextID.map { ["id": .string($0)] },
      "type": type.map(JSON.string),
    ])
    if let member = content.member { message.set(member.key, to: member.value) }
    return .present([
      "original_message_id": originalMessageID.map(JSON.string), "message": message,
    ])
  }
}

extension RevokeContent {
  init?(_ json: JSON) {
    guard json.isObject else { return nil }
    originalMessageID = json["original_message_id"]?.text
  }

  var json: JSON { .present(["original_message_id": originalMessageID.map(JSON.string)]) }
}
