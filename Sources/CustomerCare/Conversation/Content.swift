/// What a message says, as far as needed to decide and to show.
///
/// No mirror of Meta's kinds: Meta's own payload stays beside it as bytes, and is what is sent.
package enum Content: Hashable, Sendable {
  /// Plain text, with WhatsApp's own marks for bold and the like left in.
  case text(String)
  /// A file.
  case media(Media)
  /// A place.
  case location(Location)
  /// Contacts somebody shared.
  case contacts([ContactCard])
  /// Buttons, a list, a form and the like, as offered; `type` is Meta's word, `body` the visible text.
  case interactive(type: String, body: String)
  /// What the customer chose instead of typing.
  case reply(Reply)
  /// A cart the customer sent.
  case order(Order)
  /// An emoji on another message; nil takes it back.
  case reaction(emoji: String?, to: MessageID)
  /// A template; `text` is what the customer saw, nil if it is not known.
  case template(name: String, language: String, text: String?)
  /// A notice of Meta's, such as a changed number.
  case system(type: String, text: String)
  /// Something Meta does not hand over; `code` 131060 may be followed by the message itself.
  case unsupported(type: String?, code: Int?)
  /// A kind that Meta introduced after this was written.
  case unknown(type: String)

  /// Meta's code for a message that is unavailable for now.
  ///
  /// Source: …/webhooks/reference/messages/unsupported, 2026-06-26.
  package static let placeholderCode = 131060

  /// Whether it only stands for a message that is unavailable for now.
  package var isPlaceholder: Bool {
    if case .unsupported(_, let code) = self { code == Self.placeholderCode } else { false }
  }
}

extension Content {
  /// A file.
  package struct Media: Hashable, Sendable {
    /// How WhatsApp shows it.
    package enum Kind: String, CaseIterable, Sendable {
      /// A picture.
      case image
      /// A film.
      case video
      /// Sound from a file.
      case audio
      /// A voice message.
      case voice
      /// Anything else.
      case document
      /// A sticker.
      case sticker
    }

    /// How WhatsApp shows it.
    package let kind: Kind
    /// Meta's media id; nil if the file was sent by link.
    package let id: String?
    /// Its type, as its sender says; nil if unknown.
    package let mimeType: String?
    /// The text below it; nil if none.
    package let caption: String?
    /// Its name, as its sender says: never to be trusted as a path.
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

  /// A place.
  package struct Location: Hashable, Sendable {
    /// Degrees, in the digits Meta wrote.
    package let latitude: String
    /// Degrees, in the digits Meta wrote.
    package let longitude: String
    /// The place's name; nil unless one was picked.
    package let name: String?
    /// The place's address; nil unless one was picked.
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
    /// The name as it is shown.
    package let name: String
    /// Phone numbers as written.
    package let phones: [String]

    /// Creates a contact.
    package init(name: String, phones: [String] = []) {
      self.name = name
      self.phones = phones
    }
  }

  /// What the customer chose instead of typing.
  package struct Reply: Hashable, Sendable {
    /// Where it was chosen: a button, a list, a form.
    package let kind: OpeningKind
    /// What its offerer put behind it, an id or a payload; nil if nothing.
    package let id: String?
    /// The text the customer saw.
    package let title: String

    /// Creates a choice.
    package init(kind: OpeningKind, id: String?, title: String) {
      self.kind = kind
      self.id = id
      self.title = title
    }
  }

  /// A cart the customer sent.
  package struct Order: Hashable, Sendable {
    /// One line of the cart.
    package struct Item: Hashable, Sendable {
      /// The seller's own id of the product.
      package let retailerID: String
      /// How many.
      package let quantity: Int64
      /// The price of one, in the digits Meta wrote: the customer's phone's word for it.
      package let price: String
      /// ISO 4217.
      package let currency: String

      /// Creates a line.
      package init(retailerID: String, quantity: Int64, price: String, currency: String) {
        self.retailerID = retailerID
        self.quantity = quantity
        self.price = price
        self.currency = currency
      }
    }

    /// Meta's id of the catalogue; nil if missing.
    package let catalogID: String?
    /// What the customer wrote with it; nil if nothing.
    package let text: String?
    /// What is in it.
    package let items: [Item]

    /// Creates a cart.
    package init(catalogID: String?, text: String?, items: [Item]) {
      self.catalogID = catalogID
      self.text = text
      self.items = items
    }
  }
}
