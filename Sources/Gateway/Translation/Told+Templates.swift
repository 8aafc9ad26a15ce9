import CloudAPI
import CustomerCare
import Storage

extension Told {
  /// Field `message_template_status_update`: a template was approved, rejected, paused or the like.
  mutating func template(_ update: TemplateStatusUpdate, at instant: Instant) {
    if let status = update.newStatus {
      template(
        update.template,
        .status(status, reason: update.otherTitle ?? update.reason),
        at: instant
      )
    }
    if let category = update.category {
      template(update.template, .category(TemplateCategory(category)), at: instant)
    }
  }

  /// Field `message_template_quality_update`: customers think better or worse of a template.
  mutating func template(_ update: TemplateQualityUpdate, at instant: Instant) {
    guard let score = update.newScore else { return }
    template(update.template, .quality(TemplateQuality(score)), at: instant)
  }

  /// Field `template_category_update`: Meta takes a template for something else, or will.
  ///
  /// What Meta merely suggests (`template_correct_category_detection`) has no date, and changes nothing yet.
  mutating func template(_ update: TemplateCategoryUpdate, at instant: Instant) {
    if let category = update.newCategory {
      template(update.template, .category(TemplateCategory(category)), at: instant)
    }
    if let coming = update.correctCategory, let from = update.changesAt {
      template(
        update.template,
        .coming(TemplateCategory(coming), from: Instant(seconds: from)),
        at: instant
      )
    }
  }

  /// Field `message_template_components_update`: a template was edited.
  ///
  /// The notice has only the texts, so the template has to be read again.
  mutating func template(_ update: TemplateComponentsUpdate, at instant: Instant) {
    template(update.template, .edited, at: instant)
  }

  private mutating func template(
    _ reference: TemplateReference,
    _ word: TemplateFact.Word,
    at instant: Instant
  ) {
    // Meta names all three. What lacks one cannot be told from others, and the next listing has it.
    guard let id = reference.id, let name = reference.name, let language = reference.language
    else { return }
    facts.append(
      .template(
        TemplateFact(id: TemplateID(id), name: name, language: language, word: word, at: instant)
      )
    )
  }
}

extension TemplateStatusUpdate {
  /// What the template's status is now; nil where the event does not say.
  ///
  /// Some events only say that something about the template changed; what it is now has to be read. A pause befalls approved
  /// templates only, so its end is an approval.
  /// Source: …/whatsapp/webhooks/reference/message_template_status_update, 2026-09-11.
  fileprivate var newStatus: TemplateStatus? {
    switch event.uppercased() {
    case "FLAGGED", "REINSTATED", "LOCKED", "UNARCHIVED": nil
    case "UNPAUSE", "UNPAUSED": .approved
    default: TemplateStatus(event)
    }
  }
}
