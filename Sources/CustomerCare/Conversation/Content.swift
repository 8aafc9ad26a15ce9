/// What a message says, as far as needed to decide and to show.
///
/// Meta's own payload stays beside it as bytes, and is what is sent.
package enum Content: Hashable, Sendable {
  case text(String)
  case media(Media)
  case location(Location)
  case contacts([ContactCard])
  /// Buttons, lists, flows and the like that we sent; `body` is the visible text.
  case interactive(type: String, body: String)
  /// A tap on a button, a list row or a template's quick reply, or a completed flow.
  case reply(Reply)
  case order(Order)
  /// An emoji on another message; nil takes it back.
  case reaction(emoji: String?, to: MessageID)
  case template(name: String, language: String, text: String)
  case system(type: String, text: String)
  /// The customer sent something that Meta does not hand over, or not yet.
  case unsupported(type: String, code: Int?)
  /// A kind that Meta introduced after this was written.
  case unknown(type: String)

  /// A file.
  package struct Media: Hashable, Sendable {
    package enum Kind: String, CaseIterable, Sendable {
      case image, video, audio, voice, document, sticker
    }
    package let kind: Kind
    /// Meta's media id; nil if the file was sent by link.
    package let id: String?
    package let mimeType: String?
    package let caption: String?
    package let filename: String?

    /// Creates a file's description.
    package init(
      kind: Kind,
      id: String?,
      mimeType: String? = nil,
      caption: String? = nil,
      filename: String? = nil
    ) {
      self.kind = kind
      self.id = id
      self.mimeType = mimeType
      self.caption = caption
      self.filename = filename
    }
  }

  /// A place; coordinates as the text Meta wrote.
  package struct Location: Hashable, Sendable {
    package let latitude: String
    package let longitude: String
    package let name: String?
    package let address: String?

    /// Creates a place.
    package init(latitude: String, longitude: String, name: String? = nil, address: String? = nil) {
      self.latitude = latitude
      self.longitude = longitude
      self.name = name
      self.address = address
    }
  }

  /// A contact somebody shared.
  package struct ContactCard: Hashable, Sendable {
    package let name: String
    package let phones: [String]

    /// Creates a card.
    package init(name: String, phones: [String]) {
      self.name = name
      self.phones = phones
    }
  }

  /// An answer the customer chose instead of typing.
  package struct Reply: Hashable, Sendable {
    package let kind: OpeningKind
    /// What the sender of the buttons put behind it: an id or a payload.
    package let id: String?
    package let title: String

    /// Creates an answer.
    package init(kind: OpeningKind, id: String?, title: String) {
      self.kind = kind
      self.id = id
      self.title = title
    }
  }

  /// A cart the customer sent.
  package struct Order: Hashable, Sendable {
    package let catalogID: String?
    package let text: String?
    package let items: [Item]

    /// One line of the cart; the price is the customer's phone's word for it.
    package struct Item: Hashable, Sendable {
      package let retailerID: String
      package let quantity: Int64
      package let price: String
      package let currency: String

      /// Creates a line.
      package init(retailerID: String, quantity: Int64, price: String, currency: String) {
        self.retailerID = retailerID
        self.quantity = quantity
        self.price = price
        self.currency = currency
      }
    }

    /// Creates a cart.
    package init(catalogID: String?, text: String?, items: [Item]) {
      self.catalogID = catalogID
      self.text = text
      self.items = items
    }
  }
}
