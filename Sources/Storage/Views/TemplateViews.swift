package import CustomerCare

/// Templates, read.
package enum TemplateViews {
  /// All templates of some accounts, by account, name and language; `nil`: of all accounts.
  ///
  /// Deleted ones are left out.
  package static func list(
    of accounts: Set<WABAID>? = nil,
    after cursor: Cursor? = nil,
    limit: Int,
    at now: Instant,
    in unit: any SQLUnit
  ) throws -> Page<TemplateRecord> {
    var parameters: SQLParameters = [
      "limit": .integer(limit + 1), "deleted": .text(TemplateStatus.deleted.word),
    ]
    var conditions = ["COALESCE(status, '') <> $deleted"]
    if let accounts {
      guard !accounts.isEmpty else { return Page(items: [], next: nil) }
      let list = parameters.appendList("waba", accounts.sorted().map { .id($0) })
      conditions.append("waba_id IN (\(list))")
    }
    if let cursor {
      guard let keys = cursor.keys(4) else { return Page(items: [], next: nil) }
      let columns = ["waba_id", "name", "language", "template_id"]
      for (column, key) in zip(columns, keys) { parameters.append("after_\(column)", .text(key)) }
      var equal = ""
      let later = columns.map { column in
        defer { equal += "\(column) = $after_\(column) AND " }
        return "(\(equal)\(column) > $after_\(column))"
      }
      conditions.append("(\(later.joined(separator: " OR ")))")
    }
    let rows = try unit.rows(
      """
      SELECT * FROM template WHERE \(conditions.joined(separator: " AND "))
      ORDER BY waba_id, name, language, template_id LIMIT $limit
      """,
      parameters
    ) { row in try TemplateRecord(row: row, at: now) }
    return Page(rows, limit: limit) { record in
      [
        record.account.rawValue, record.template.name, record.template.language,
        record.template.id.rawValue,
      ]
    }
  }

  /// All languages of a name, but those that were deleted.
  static func named(
    _ name: String,
    of account: WABAID,
    at now: Instant,
    in unit: any SQLUnit
  ) throws -> [Template] {
    try unit.rows(
      """
      SELECT * FROM template
      WHERE name = $name AND waba_id = $waba AND COALESCE(status, '') <> $deleted
      ORDER BY language, template_id
      """,
      [
        "name": .text(name), "waba": .id(account), "deleted": .text(TemplateStatus.deleted.word),
      ]
    ) { row in try TemplateRecord(row: row, at: now).template }
  }

  /// The approved templates of an account, at most `limit`: those in one of the languages first, then
  /// utility.
  static func approved(
    of account: WABAID,
    languages: LanguageChain,
    limit: Int,
    at now: Instant,
    in unit: any SQLUnit
  ) throws -> [Template] {
    var parameters: SQLParameters = [
      "waba": .id(account), "approved": .text(TemplateStatus.approved.word),
      "utility": .text(TemplateCategory.utility.word), "limit": .integer(limit),
    ]
    // By two letters: only which are read comes of it, `match` judges.
    let bases = Set(languages.links.map { String($0.language.prefix(2)) }).sorted()
    let list = parameters.appendList("base", (bases.isEmpty ? [""] : bases).map { .text($0) })
    return try unit.rows(
      """
      SELECT * FROM template WHERE waba_id = $waba AND status = $approved
      ORDER BY CASE WHEN SUBSTR(language, 1, 2) IN (\(list)) THEN 0 ELSE 1 END,
        CASE WHEN category = $utility THEN 0 ELSE 1 END, name, language, template_id
      LIMIT $limit
      """,
      parameters
    ) { row in try TemplateRecord(row: row, at: now).template }
  }
}

extension TemplateRecord {
  /// Reads a row as it counts at an instant: an announced category holds from its day on.
  init(row: any SQLRow, at now: Instant) throws {
    let form = try row.textIfAny("form").map { text in
      var reader = StoredJSONReader(text)
      return TemplateForm(stored: try reader.whole())
    }
    let formAt = try row.instantIfAny("form_at")
    let editedAt = try row.instantIfAny("edited_at")
    var category = try row.textIfAny("category")
    if let coming = try row.textIfAny("coming_category"),
      let from = try row.instantIfAny("coming_from"), from <= now,
      // A later word on what it is now knows of the change, or of its end.
      try row.instantIfAny("category_at").map({ $0 < from }) ?? true
    {
      category = coming
    }
    self.init(
      account: try row.id("waba_id"),
      template: Template(
        id: try row.id("template_id"),
        name: try row.text("name"),
        language: try row.text("language"),
        status: TemplateStatus(try row.textIfAny("status") ?? ""),
        statusReason: try row.textIfAny("status_reason"),
        category: category.map { TemplateCategory($0) },
        quality: try row.textIfAny("quality").map { TemplateQuality($0) } ?? .unknown,
        form: form,
        isOutdated: (editedAt ?? .distantPast) > (formAt ?? .distantPast)
      ),
      components: try row.textIfAny("components"),
      checkedAt: try row.instantIfAny("checked_at")
    )
  }
}
