/// What a message holds, in Meta's kinds: inbound, echoed from the phone, and imported.
package enum MessageContent: Sendable, Hashable {
  /// Words.
  case text(TextContent)
  /// A picture.
  case image(MediaContent)
  /// A video.
  case video(MediaContent)
  /// A voice note or an audio file.
  case audio(MediaContent)
  /// A file.
  case document(MediaContent)
  /// A sticker.
  case sticker(MediaContent)
  /// A place.
  case location(LocationContent)
  /// Address cards.
  case contacts([SharedContact])
  /// An emoji put on a message, or taken off it.
  case reaction(ReactionContent)
  /// The answer to an interactive message.
  case interactive(InteractiveReply)
  /// A tap on a template's quick-reply button.
  case button(ButtonTap)
  /// A cart that was sent.
  case order(OrderContent)
  /// Something happened to the customer's account.
  case system(SystemNotice)
  /// A kind that Meta does not pass on, or not yet.
  case unsupported(UnsupportedContent)
  /// A new version of an earlier message.
  indirect case edit(EditContent)
  /// An earlier message was deleted.
  case revoke(RevokeContent)
  /// The customer opened an empty chat; Meta stopped sending it on 2026-03-27.
  case requestWelcome
  /// An imported message whose media may follow in a second webhook.
  case mediaPlaceholder
  /// A kind we know whose payload is missing or has a shape we cannot read.
  case unreadable
  /// A kind we do not know; see `raw` of the message.
  case unknown
}
