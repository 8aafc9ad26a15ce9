/// A picture, video, audio, file or sticker.
package struct MediaContent: Sendable, Hashable {
  /// The media id, valid for seven days when it came by webhook; nil if the media is gone.
  package var id: String?
  /// The MIME type, with parameters.
  package var mimeType: String?
  /// The hash of the file in base64.
  package var sha256: String?
  /// Words beside it.
  package var caption: String?
  /// The file's name; never to be trusted.
  package var filename: String?
  /// Where it can be fetched with the token for five minutes; often missing.
  package var url: String?
  /// Recorded as a voice note; nil unless audio said so.
  package var isVoice: Bool?
  /// A moving sticker; nil unless a sticker said so.
  package var isAnimated: Bool?

  /// Creates media.
  package init(
    id: String?,
    mimeType: String? = nil,
    sha256: String? = nil,
    caption: String? = nil,
    filename: String? = nil,
    url: String? = nil,
    isVoice: Bool? = nil,
    isAnimated: Bool? = nil
  ) {
    self.id = id
    self.mimeType = mimeType
    self.sha256 = sha256
    self.caption = caption
    self.filename = filename
    self.url = url
    self.isVoice = isVoice
    self.isAnimated = isAnimated
  }

  init?(_ json: JSON) {
    guard json.isObject else { return nil }
    id = json["id"]?.text
    mimeType = json["mime_type"]?.text
    sha256 = json["sha256"]?.text
    caption = json["caption"]?.text
    filename = json["filename"]?.text
    url = (json["url"] ?? json["link"])?.text
    isVoice = json["voice"]?.flag
    isAnimated = json["animated"]?.flag
  }

  var json: JSON {
    .present([
      "caption": caption.map(JSON.string),
      "filename": filename.map(JSON.string),
      "mime_type": mimeType.map(JSON.string),
      "sha256": sha256.map(JSON.string),
      "id": id.map(JSON.string),
      "url": url.map(JSON.string),
      "voice": isVoice.map(JSON.bool),
      "animated": isAnimated.map(JSON.bool),
    ])
  }
}
