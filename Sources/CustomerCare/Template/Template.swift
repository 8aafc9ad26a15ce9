/// A message template of a WhatsApp Business account, as far as Meta has told.
///
/// Meta knows it by account, name and language; its id never names another one.
package struct Template: Hashable, Sendable {
  /// Meta's id.
  package var id: TemplateID
  /// Its name, the same for all its languages.
  package var name: String
  /// The code of its language, spelt with `_`: `de`, `en_US`.
  package var language: String
  /// Whether Meta lets it out.
  package var status: TemplateStatus
  /// Why it is not approved, in Meta's word: `INVALID_FORMAT`, `FIRST_PAUSE`; nil where Meta says nothing.
  package var statusReason: String?
  /// What Meta takes it for, which decides its price and who may get it; nil until Meta said.
  package var category: TemplateCategory?
  /// What customers think of it; Meta lets it out whatever that is.
  package var quality: TemplateQuality
  /// What it consists of; nil until it was read from Meta's listing.
  package var form: TemplateForm?
  /// Whether it was edited since `form` was read.
  package var isOutdated: Bool

  /// Makes a template.
  package init(
    id: TemplateID,
    name: String,
    language: String,
    status: TemplateStatus,
    statusReason: String? = nil,
    category: TemplateCategory?,
    quality: TemplateQuality = .unknown,
    form: TemplateForm?,
    isOutdated: Bool = false
  ) {
    self.id = id
    self.name = name
    self.language = language
    self.status = status
    self.statusReason = statusReason
    self.category = category
    self.quality = quality
    self.form = form
    self.isOutdated = isOutdated
  }

  /// Why it cannot be sent now, whoever gets it and whatever is known; nil if it can.
  package var obstacle: TemplateObstacle? {
    guard status == .approved else { return .notApproved(status, reason: statusReason) }
    guard form != nil else { return .neverRead }
    return isOutdated ? .edited : nil
  }
}

/// Whether Meta lets a template out: only `approved` goes.
///
/// A template moves among all of these in any order: it is paused for hours when customers block it,
/// edited and reviewed again, recategorised, archived after a year of rest.
/// Source: …/whatsapp/templates/template-quality and …/template-pausing, 2026-09-11.
package enum TemplateStatus: Hashable, Sendable {
  /// It may be sent.
  case approved
  /// Meta reviews it: it is new, or was edited.
  case pending
  /// Meta refused it; it can be edited, or the refusal appealed.
  case rejected
  /// Meta paused it: for 3 or 6 hours for its quality, or until it is unpaused by hand.
  case paused
  /// Meta has ended it.
  case disabled
  /// Meta looks again at what it refused.
  case inAppeal
  /// The account has too many.
  case limitExceeded
  /// It was deleted, and messages are still on their way.
  case pendingDeletion
  /// It is gone.
  case deleted
  /// It rested for a year, and will be deleted.
  case archived
  /// Meta's word for something new; not sendable until it is understood.
  case other(String)

  private static let words: [(TemplateStatus, String)] = [
    (.approved, "APPROVED"), (.pending, "PENDING"), (.rejected, "REJECTED"), (.paused, "PAUSED"),
    (.disabled, "DISABLED"), (.inAppeal, "IN_APPEAL"), (.limitExceeded, "LIMIT_EXCEEDED"),
    (.pendingDeletion, "PENDING_DELETION"), (.deleted, "DELETED"), (.archived, "ARCHIVED"),
  ]

  /// Reads a word, in capitals or not: Meta writes both.
  package init(_ word: String) {
    let word = word.uppercased()
    self = Self.words.first { $0.1 == word }?.0 ?? .other(word)
  }

  /// The word, in capitals.
  package var word: String {
    if case .other(let word) = self { return word }
    return Self.words.first { $0.0 == self }?.1 ?? ""
  }
}

/// What Meta takes a template for.
///
/// Meta decides, and changes its mind: what was filed as utility may be marketing later.
/// Source: …/whatsapp/templates/template-categorization, 2026-09-11.
package enum TemplateCategory: Hashable, Sendable {
  /// Follows up on what the customer did or asked for.
  case utility
  /// Everything else; only with the customer's consent, and not to whoever stopped it.
  case marketing
  /// One-time codes, and nothing but.
  case authentication
  /// Meta's word for something new.
  case other(String)

  /// Reads a word, in capitals or not.
  package init(_ word: String) {
    switch word.uppercased() {
    case "UTILITY": self = .utility
    case "MARKETING": self = .marketing
    case "AUTHENTICATION": self = .authentication
    case let other: self = .other(other)
    }
  }

  /// The word, in capitals.
  package var word: String {
    switch self {
    case .utility: "UTILITY"
    case .marketing: "MARKETING"
    case .authentication: "AUTHENTICATION"
    case .other(let word): word
    }
  }
}

/// What customers think of a template, as Meta sees it; declared from the best to the worst.
package enum TemplateQuality: String, CaseIterable, Sendable {
  /// Few block or report it.
  case green = "GREEN"
  /// Too new to tell, or Meta does not say.
  case unknown = "UNKNOWN"
  /// Some do.
  case yellow = "YELLOW"
  /// Many do: the next step is a pause.
  case red = "RED"

  /// Reads a word, in capitals or not; what is new is unknown.
  package init(_ word: String) {
    self = TemplateQuality(rawValue: word.uppercased()) ?? .unknown
  }

  /// Its place from the best, 0, to the worst.
  var rank: Int { Self.allCases.firstIndex(of: self) ?? 0 }
}
