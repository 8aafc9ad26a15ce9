/// What a template consists of: what decides whether it can be filled in.
package struct TemplateForm: Hashable, Sendable {
  /// How its parameters are named.
  package enum Format: String, Sendable {
    /// `{{1}}`, `{{2}}`, counted in each part for itself.
    case positional = "POSITIONAL"
    /// `{{first_name}}`.
    case named = "NAMED"
  }

  /// What stands above the body.
  package enum Header: Hashable, Sendable {
    /// A line of text, with one parameter at most.
    case text(String)
    /// A file, which is chosen anew at each send.
    case media(Media)
    /// A place, which is chosen anew at each send.
    case location
    /// Something new, or a product.
    case other(String)
  }

  /// What sort of file a header has; the raw values are what is stored.
  package enum Media: String, CaseIterable, Sendable {
    case image, video, document
    /// A short film without sound.
    case animation
  }

  /// Something to tap.
  package struct Button: Hashable, Sendable {
    /// What a tap does; the raw values are what is stored.
    package enum Kind: String, CaseIterable, Sendable {
      /// Answers with the button's text, which opens the window.
      case quickReply = "quick_reply"
      /// Opens an address.
      case url
      /// Calls a phone number.
      case phoneNumber = "phone_number"
      /// Calls the business on WhatsApp.
      case voiceCall = "voice_call"
      /// Asks for the customer's contact card.
      case contactInfo = "contact_info"
      /// Opens the catalogue.
      case catalogue
      /// Copies a code, which is chosen at each send.
      case copyCode = "copy_code"
      /// Opens a form, which is begun anew at each send.
      case flow
      /// Something whose needs are not known here.
      case other
    }

    /// What a tap does.
    package var kind: Kind
    /// What stands on it.
    package var text: String?
    /// The address; with a parameter at its end where one is filled in.
    package var url: String?

    /// Makes a button.
    package init(_ kind: Kind, text: String? = nil, url: String? = nil) {
      self.kind = kind
      self.text = text
      self.url = url
    }
  }

  /// How its parameters are named.
  package var format: Format
  /// What stands above the body; nil for nothing.
  package var header: Header?
  /// The text; nil where Meta writes it (one-time codes).
  package var body: String?
  /// The small print; it has no parameters.
  package var footer: String?
  /// What can be tapped, in order.
  package var buttons: [Button]
  /// Parts that are not understood here, by Meta's word: `CAROUSEL`, `LIMITED_TIME_OFFER`.
  package var otherParts: [String]

  /// Makes a form.
  package init(
    format: Format = .positional,
    header: Header? = nil,
    body: String?,
    footer: String? = nil,
    buttons: [Button] = [],
    otherParts: [String] = []
  ) {
    self.format = format
    self.header = header
    self.body = body
    self.footer = footer
    self.buttons = buttons
    self.otherParts = otherParts
  }

  /// Whether it invites an answer with one tap.
  package var invitesAnswer: Bool { buttons.contains { $0.kind == .quickReply } }

  /// What has to be filled in, in the order in which Meta wants it.
  package var parameters: [TemplateParameter] {
    func found(_ text: String?, _ place: TemplateParameter.Place) -> [TemplateParameter] {
      TemplateParameter.names(in: text ?? "").map { TemplateParameter(place: place, name: $0) }
    }
    var all: [TemplateParameter] = []
    if case .text(let text) = header { all += found(text, .header) }
    all += found(body, .body)
    for (index, button) in buttons.enumerated() where button.kind == .url {
      all += found(button.url, .button(index))
    }
    return all
  }
}

/// A place in a template where a value goes.
package struct TemplateParameter: Hashable, Sendable {
  /// The part it stands in.
  package enum Place: Hashable, Sendable {
    case header
    case body
    /// The address of a button, counted from 0.
    case button(Int)
  }

  /// The part it stands in.
  package var place: Place
  /// What stands between the braces: `first_name`, or `1`.
  package var name: String

  /// Makes a parameter.
  package init(place: Place, name: String) {
    self.place = place
    self.name = name
  }

  /// The names between double braces, each once, in order.
  ///
  /// Positional ones in Meta's order are in the text's order too: Meta refuses gaps and disorder.
  /// Source: …/whatsapp/templates/template-review, 2026-09-11.
  package static func names(in text: String) -> [String] {
    pieces(of: text).reduce(into: []) { names, piece in
      if case .parameter(let name) = piece, !names.contains(name) { names.append(name) }
    }
  }

  /// The text with values in the places of parameters; one without a value stays as it is.
  package static func filling(_ text: String, _ value: (String) -> String?) -> String {
    pieces(of: text).map { piece in
      switch piece {
      case .words(let words): words
      case .parameter(let name): value(name) ?? "{{\(name)}}"
      }
    }.joined()
  }

  private enum Piece {
    case words(String)
    case parameter(String)
  }

  /// The longest name that is looked for, in bytes: a hostile text of braces is read once, not once per brace.
  private static let nameBytesMax = 256

  /// By bytes, so that a text of a thousand letters costs nothing much; braces are ASCII.
  private static func pieces(of text: String) -> [Piece] {
    let bytes = Array(text.utf8)
    let (open, close) = (UInt8(ascii: "{"), UInt8(ascii: "}"))
    var pieces: [Piece] = []
    var (start, index) = (0, 0)
    func words(_ range: Range<Int>) -> String { String(decoding: bytes[range], as: UTF8.self) }
    while index + 1 < bytes.count {
      guard bytes[index] == open, bytes[index + 1] == open,
        let end = (index + 2..<min(bytes.count, index + 2 + nameBytesMax)).first(where: {
          bytes[$0] == close
        }),
        end + 1 < bytes.count, bytes[end + 1] == close
      else {
        index += 1
        continue
      }
      if start < index { pieces.append(.words(words(start..<index))) }
      let name = String(decoding: bytes[index + 2..<end].filter { $0 != 0x20 }, as: UTF8.self)
      pieces.append(.parameter(name))
      index = end + 2
      start = index
    }
    if start < bytes.count { pieces.append(.words(words(start..<bytes.count))) }
    return pieces
  }
}
