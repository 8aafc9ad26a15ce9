package import CustomerCare

/// The templates of the accounts: what Meta's listing and its webhooks say, whichever is newer.
package enum Templates {
  /// The most templates that are written in one unit of work: some 200 KiB.
  package static let writtenMax = 100

  /// Writes what a webhook said, unless something newer is known.
  ///
  /// Of two words of the same instant the greater stays, so that order and repetition do not matter.
  static func record(_ fact: TemplateFact, of account: WABAID, in unit: any SQLUnit) throws {
    var row = Row(account, fact.id, fact.name, fact.language)
    // What nobody ever said counts as said in 1970.
    let at = max(fact.at, Instant(milliseconds: 1))
    switch fact.word {
    case .status(let status, let reason):
      (row.status, row.statusReason, row.statusAt) = (status.word, reason, at)
    case .category(let category): (row.category, row.categoryAt) = (category.word, at)
    case .coming(let category, let from):
      (row.comingCategory, row.comingFrom, row.comingAt) = (category.word, from, at)
    case .quality(let quality): (row.quality, row.qualityAt) = (quality.rawValue, at)
    case .edited: row.editedAt = at
    }
    try row.write(in: unit)
  }

  /// The instant for which a listing counts that was asked for at another.
  ///
  /// Meta's webhooks have whole seconds, cut off. One of the same second may be newer than the listing, and if it is
  /// older the listing says the same: so it is the one that counts.
  static func listingInstant(_ askedAt: Instant) -> Instant {
    Instant(milliseconds: askedAt.seconds * 1_000 - 1)
  }

  /// Writes a part of Meta's listing; `askedAt` is when the first page was asked for.
  package static func record(
    _ listed: [ListedTemplateRecord],
    of account: WABAID,
    askedAt: Instant,
    in unit: any SQLUnit
  ) throws {
    let at = listingInstant(askedAt)
    for template in listed {
      var row = Row(account, template.id, template.name, template.language)
      (row.status, row.statusReason, row.statusAt) =
        (template.status.word, template.statusReason, at)
      if let category = template.category {
        (row.category, row.categoryAt) = (category.word, at)
      }
      if let quality = template.quality { (row.quality, row.qualityAt) = (quality.rawValue, at) }
      (row.components, row.form, row.formAt) =
        (template.components, template.form.stored.string, at)
      row.checkedAt = askedAt
      try row.write(in: unit)
    }
  }

  /// Takes for deleted what a whole listing did not have; returns how many those are.
  package static func forget(
    notListedAt askedAt: Instant,
    of account: WABAID,
    in unit: any SQLUnit
  ) throws -> Int {
    try unit.run(
      """
      UPDATE template SET status = $deleted, status_reason = NULL, status_at = $at
      WHERE waba_id = $waba AND COALESCE(checked_at, 0) < $asked AND COALESCE(status_at, 0) < $at
        AND COALESCE(status, '') <> $deleted
      """,
      [
        "waba": .id(account), "at": .instant(listingInstant(askedAt)),
        "asked": .instant(askedAt),
        "deleted": .text(TemplateStatus.deleted.word),
      ]
    )
  }

  /// A row as one report tells it: what the report does not say is `nil`.
  private struct Row {
    let account: WABAID
    let id: TemplateID
    let name: String
    let language: String
    var status, statusReason: String?
    var statusAt: Instant?
    var category: String?
    var categoryAt: Instant?
    var comingCategory: String?
    var comingFrom, comingAt: Instant?
    var quality: String?
    var qualityAt: Instant?
    var components, form: String?
    var formAt: Instant?
    var editedAt, checkedAt: Instant?

    init(_ account: WABAID, _ id: TemplateID, _ name: String, _ language: String) {
      self.account = account
      self.id = id
      self.name = name
      self.language = language
    }

    func write(in unit: any SQLUnit) throws {
      try unit.run(
        Self.upsert,
        [
          "waba": .id(account), "id": .id(id), "name": .text(name), "language": .text(language),
          "status": .text(status), "status_reason": .text(statusReason),
          "status_at": .instant(statusAt), "category": .text(category),
          "category_at": .instant(categoryAt), "coming_category": .text(comingCategory),
          "coming_from": .instant(comingFrom), "coming_at": .instant(comingAt),
          "quality": .text(quality), "quality_at": .instant(qualityAt),
          "components": .text(components), "form": .text(form), "form_at": .instant(formAt),
          "edited_at": .instant(editedAt), "checked_at": .instant(checkedAt),
        ]
      )
    }

    /// Columns that are told together, and the instant of the word.
    private static let registers: [(at: String, texts: [String], instants: [String])] = [
      ("status_at", ["status", "status_reason"], []), ("category_at", ["category"], []),
      ("coming_at", ["coming_category"], ["coming_from"]), ("quality_at", ["quality"], []),
      ("form_at", ["components", "form"], []), ("edited_at", [], []), ("checked_at", [], []),
    ]

    private static let upsert: String = {
      let columns = registers.flatMap { $0.texts + $0.instants + [$0.at] }
      let changes = registers.flatMap { register -> [String] in
        let newer = isNewer(register.at, register.texts, register.instants)
        return (register.texts + register.instants + [register.at]).map { column in
          "\(column) = CASE WHEN \(newer) THEN excluded.\(column) ELSE template.\(column) END"
        }
      }
      // Of two spellings of what never changes the greater stays.
      let fixed = ["name", "language"].map { column in
        """
        \(column) = CASE WHEN excluded.\(column) > template.\(column)
          THEN excluded.\(column) ELSE template.\(column) END
        """
      }
      return """
        INSERT INTO template (waba_id, template_id, name, language, \(columns.joined(separator: ", ")))
        VALUES ($waba, $id, $name, $language, \(columns.map { "$\($0)" }.joined(separator: ", ")))
        ON CONFLICT (template_id, waba_id) DO UPDATE SET
          \((fixed + changes).joined(separator: ",\n  "))
        """
    }()

    /// Whether the new row's word is the newer one, or the greater of two of the same instant.
    private static func isNewer(_ at: String, _ texts: [String], _ instants: [String]) -> String {
      let pairs =
        instants.map { ("COALESCE(excluded.\($0), 0)", "COALESCE(template.\($0), 0)") }
        + texts.map { ("COALESCE(excluded.\($0), '')", "COALESCE(template.\($0), '')") }
      var equal = "COALESCE(excluded.\(at), 0) = COALESCE(template.\(at), 0)"
      var newer = "COALESCE(excluded.\(at), 0) > COALESCE(template.\(at), 0)"
      for (new, old) in pairs {
        newer += " OR (\(equal) AND \(new) > \(old))"
        equal += " AND \(new) = \(old)"
      }
      return newer
    }
  }
}
