package import CustomerCare

/// Something Meta says of a template between two listings.
package struct TemplateFact: Sendable, Hashable {
  /// What Meta says; of each kind the newest word by Meta's timestamp counts.
  package enum Word: Sendable, Hashable {
    /// What the status is now, and why.
    case status(TemplateStatus, reason: String?)
    /// What Meta takes it for now.
    case category(TemplateCategory)
    /// What Meta will take it for, from an instant on.
    case coming(TemplateCategory, from: Instant)
    /// What customers think of it.
    case quality(TemplateQuality)
    /// It was edited, and has to be read again.
    case edited
  }

  /// The template.
  package var id: TemplateID
  /// Its name, which never changes.
  package var name: String
  /// Its language, which never changes.
  package var language: String
  /// What Meta says.
  package var word: Word
  /// Meta's timestamp.
  package var at: Instant

  /// Makes a fact.
  package init(id: TemplateID, name: String, language: String, word: Word, at: Instant) {
    self.id = id
    self.name = name
    self.language = language
    self.word = word
    self.at = at
  }
}

/// A template as Meta's listing has it.
package struct ListedTemplateRecord: Sendable, Hashable {
  /// The template.
  package var id: TemplateID
  /// Its name.
  package var name: String
  /// Its language.
  package var language: String
  /// Whether Meta lets it out.
  package var status: TemplateStatus
  /// Why not.
  package var statusReason: String?
  /// What Meta takes it for; nil where the listing does not say.
  package var category: TemplateCategory?
  /// What customers think of it; nil where the listing does not say.
  package var quality: TemplateQuality?
  /// Its components as JSON text, as Meta wrote them.
  package var components: String
  /// The same in our words.
  package var form: TemplateForm

  /// Makes a record.
  package init(
    id: TemplateID,
    name: String,
    language: String,
    status: TemplateStatus,
    statusReason: String? = nil,
    category: TemplateCategory?,
    quality: TemplateQuality? = nil,
    components: String,
    form: TemplateForm
  ) {
    self.id = id
    self.name = name
    self.language = language
    self.status = status
    self.statusReason = statusReason
    self.category = category
    self.quality = quality
    self.components = components
    self.form = form
  }
}

/// Everything kept about a template.
package struct TemplateRecord: Sendable, Hashable {
  /// The account that owns it.
  package var account: WABAID
  /// The template, as it is at the instant for which it was read.
  package var template: Template
  /// Its components as JSON text, as Meta wrote them; nil until the listing was read.
  package var components: String?
  /// When the listing was asked for in which it was last seen; nil if never.
  package var checkedAt: Instant?
}
