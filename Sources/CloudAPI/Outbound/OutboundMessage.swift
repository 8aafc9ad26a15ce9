/// What a client posts to `/{phone-number-id}/messages`, read and checked.
///
/// Source: developers.facebook.com/documentation/business-messaging/whatsapp/messages/send-messages, read 2026-11-21.
package struct OutboundMessage: Sendable, Hashable {
  /// Whom it is for; nil only for a receipt, which names a message instead.
  package var recipient: OutboundRecipient?
  /// Meta's word for the kind; `receipt` for a read receipt, which has none.
  package var type: String
  /// What it holds.
  package var content: OutboundContent
  /// The message that it answers.
  package var contextMessageID: String?
  /// What the client wants back in statuses (`biz_opaque_callback_data`).
  package var callbackData: String?
  /// Send only if the customer's identity is still this one.
  package var recipientIdentityKeyHash: String?
  /// The body as the client wrote it, without members that have no meaning in it.
  package var raw: JSON
}

/// Whom a message is for.
package enum OutboundRecipient: Sendable, Hashable {
  /// A phone number: in digits with country code, and as the client wrote it.
  case phone(digits: String, written: String)
  /// A BSUID or parent BSUID.
  case user(String)
  /// A group.
  case group(String)
}

/// What an outbound message holds, as far as it must be known to judge it.
package enum OutboundContent: Sendable, Hashable {
  /// Words.
  case text(body: String, showsPreview: Bool)
  /// A picture, video, audio, file or sticker; its kind is the message's type.
  case media(OutboundMedia)
  /// A place.
  case location(LocationContent)
  /// Address cards.
  case contacts([SharedContact])
  /// An emoji on a customer's message; nil takes it off.
  case reaction(messageID: String, emoji: String?)
  /// A message is pinned in a group, or no longer.
  case pin(messageID: String, isPinned: Bool, days: Int64?)
  /// Buttons, lists, flows and the like, with Meta's word for the kind.
  case interactive(kind: String, bodyText: String?)
  /// An approved template.
  case template(OutboundTemplate)
  /// A read receipt, perhaps with the typing indicator.
  case receipt(messageID: String, showsTyping: Bool)
}

/// Media to send: from an upload or from an address.
package struct OutboundMedia: Sendable, Hashable {
  /// Where the bytes are.
  package enum Source: Sendable, Hashable {
    /// An upload.
    case id(String)
    /// A public address.
    case link(String)
  }

  /// Where the bytes are.
  package var source: Source
  /// Words beside it.
  package var caption: String?
  /// The file's name.
  package var filename: String?
  /// Sent as a voice note.
  package var isVoice: Bool

  /// Creates media.
  package init(
    source: Source,
    caption: String? = nil,
    filename: String? = nil,
    isVoice: Bool = false
  ) {
    self.source = source
    self.caption = caption
    self.filename = filename
    self.isVoice = isVoice
  }
}

/// A template to send.
package struct OutboundTemplate: Sendable, Hashable {
  /// Its name.
  package var name: String
  /// Its language, as the client wrote it.
  package var language: String
  /// The parameters, as the client wrote them.
  package var components: [JSON]

  /// Creates a template.
  package init(name: String, language: String, components: [JSON] = []) {
    self.name = name
    self.language = language
    self.components = components
  }
}

extension OutboundMessage {
  /// The body with another `biz_opaque_callback_data`, or without one.
  package func rewritten(callbackData: String?) -> JSON {
    var json = raw
    json.set("biz_opaque_callback_data", to: callbackData.map(JSON.string))
    return json
  }

  /// The bytes to send: the judged body with another `biz_opaque_callback_data`, or without one.
  package func serialized(callbackData: String?) -> [UInt8] {
    rewritten(callbackData: callbackData).serialized()
  }
}
