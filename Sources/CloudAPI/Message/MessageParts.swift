/// Which message another one refers to, or that it was forwarded: `context`.
package struct MessageContext: Sendable, Hashable {
  /// The id of the message that is answered; it may be unknown to us, and may be a call id.
  package var id: String?
  /// Seen as display number, phone number id and customer number: never use it for routing.
  package var from: String?
  /// Forwarded up to five times.
  package var isForwarded: Bool
  /// Forwarded more than five times.
  package var isFrequentlyForwarded: Bool
  /// The catalogue that the customer asks about.
  package var catalogID: String?
  /// The product that the customer asks about.
  package var productRetailerID: String?

  /// Creates a context.
  package init(
    id: String? = nil,
    from: String? = nil,
    isForwarded: Bool = false,
    isFrequentlyForwarded: Bool = false,
    catalogID: String? = nil,
    productRetailerID: String? = nil
  ) {
    self.id = id
    self.from = from
    self.isForwarded = isForwarded
    self.isFrequentlyForwarded = isFrequentlyForwarded
    self.catalogID = catalogID
    self.productRetailerID = productRetailerID
  }

  init(_ json: JSON) {
    id = json["id"]?.text
    from = json["from"]?.text
    isForwarded = json["forwarded"]?.flag ?? false
    isFrequentlyForwarded = json["frequently_forwarded"]?.flag ?? false
    catalogID = json["referred_product"]?["catalog_id"]?.text
    productRetailerID = json["referred_product"]?["product_retailer_id"]?.text
  }

  var json: JSON {
    let product = JSON.present([
      "catalog_id": catalogID.map(JSON.string),
      "product_retailer_id": productRetailerID.map(JSON.string),
    ])
    return .present([
      "from": from.map(JSON.string),
      "id": id.map(JSON.string),
      "forwarded": isForwarded ? true : nil,
      "frequently_forwarded": isFrequentlyForwarded ? true : nil,
      "referred_product": product.members.isEmpty ? nil : product,
    ])
  }
}

/// The advertisement or post behind the first message after a click: `referral`.
package struct Referral: Sendable, Hashable {
  /// `ad` or `post`.
  package var sourceType: String?
  /// The id of the advertisement or post.
  package var sourceID: String?
  /// Its address.
  package var sourceURL: String?
  /// Its headline.
  package var headline: String?
  /// Its text.
  package var body: String?
  /// `image` or `video`.
  package var mediaType: String?
  /// The picture's address.
  package var imageURL: String?
  /// The video's address.
  package var videoURL: String?
  /// The address of the video's preview.
  package var thumbnailURL: String?
  /// Meta's click id; personal data.
  package var clickID: String?
  /// The greeting that the advertisement showed.
  package var welcomeText: String?

  /// Creates a referral.
  package init(
    sourceType: String?,
    sourceID: String? = nil,
    sourceURL: String? = nil,
    headline: String? = nil,
    body: String? = nil,
    mediaType: String? = nil,
    imageURL: String? = nil,
    videoURL: String? = nil,
    thumbnailURL: String? = nil,
    clickID: String? = nil,
    welcomeText: String? = nil
  ) {
    self.sourceType = sourceType
    self.sourceID = sourceID
    self.sourceURL = sourceURL
    self.headline = headline
    self.body = body
    self.mediaType = mediaType
    self.imageURL = imageURL
    self.videoURL = videoURL
    self.thumbnailURL = thumbnailURL
    self.clickID = clickID
    self.welcomeText = welcomeText
  }

  init(_ json: JSON) {
    sourceType = json["source_type"]?.text
    sourceID = json["source_id"]?.text
    sourceURL = json["source_url"]?.text
    headline = json["headline"]?.text
    body = json["body"]?.text
    mediaType = json["media_type"]?.text
    imageURL = json["image_url"]?.text
    videoURL = json["video_url"]?.text
    thumbnailURL = json["thumbnail_url"]?.text
    clickID = json["ctwa_clid"]?.text
    welcomeText = json["welcome_message"]?["text"]?.text
  }

  var json: JSON {
    .present([
      "source_url": sourceURL.map(JSON.string),
      "source_id": sourceID.map(JSON.string),
      "source_type": sourceType.map(JSON.string),
      "headline": headline.map(JSON.string),
      "body": body.map(JSON.string),
      "media_type": mediaType.map(JSON.string),
      "image_url": imageURL.map(JSON.string),
      "video_url": videoURL.map(JSON.string),
      "thumbnail_url": thumbnailURL.map(JSON.string),
      "ctwa_clid": clickID.map(JSON.string),
      "welcome_message": welcomeText.map { ["text": .string($0)] },
    ])
  }
}

/// A change of the customer's encryption identity: `identity`.
package struct IdentityNotice: Sendable, Hashable {
  /// Whether the change was acknowledged.
  package var isAcknowledged: Bool?
  /// When it was noticed, in seconds since 1970.
  package var createdAt: Int64?
  /// What to send as `recipient_identity_key_hash`.
  package var hash: String?

  /// Creates a notice.
  package init(isAcknowledged: Bool?, createdAt: Int64?, hash: String?) {
    self.isAcknowledged = isAcknowledged
    self.createdAt = createdAt
    self.hash = hash
  }

  init(_ json: JSON, _ reader: inout WireReader) {
    isAcknowledged = json["acknowledged"]?.flag
    createdAt = reader.inside("identity") { $0.seconds("created_timestamp", of: json) }
    hash = json["hash"]?.text
  }

  var json: JSON {
    .present([
      "acknowledged": isAcknowledged.map(JSON.bool),
      "created_timestamp": createdAt.map { .string(String($0)) },
      "hash": hash.map(JSON.string),
    ])
  }
}
