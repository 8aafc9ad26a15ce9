extension Schema {
  /// A table, and how it is copied.
  struct Table: Sendable {
    let name: String
    /// The columns of its primary key.
    let key: [String]
    /// How many rows are read at a time; few where one row may be large.
    var pageMax = 500
    /// Whether its key counts upwards by itself.
    var isCounting = false
  }

  /// All tables but the list of migrations, each after those it refers to.
  static let tables: [Table] = [
    Table(name: "business_number", key: ["phone_number_id"]),
    Table(name: "restriction", key: ["holder", "restriction"]),
    Table(name: "api_token", key: ["id"]),
    Table(name: "setting", key: ["name"]),
    // Ten cards of a carousel have some tens of kilobytes.
    Table(name: "template", key: ["template_id", "waba_id"], pageMax: 100),
    // A body has up to 4 MiB.
    Table(name: "journal", key: ["id"], pageMax: 16, isCounting: true),
    Table(name: "journal_pending", key: ["entry"]),
    Table(name: "journal_claim", key: ["first_entry", "owner"]),
    Table(name: "journal_unclaimed", key: ["phone_number_id", "entry"]),
    Table(name: "identity_fact", key: ["one", "other", "kind", "scope"]),
    Table(name: "holding", key: ["alias", "scope", "customer_id", "from_at"]),
    Table(name: "ledger", key: ["event_id", "phone_number_id"]),
    Table(name: "conversation", key: ["customer_id", "phone_number_id"]),
    Table(name: "profile", key: ["alias", "scope"]),
    Table(name: "preference", key: ["alias", "phone_number_id", "category"]),
    Table(name: "message", key: ["wamid", "phone_number_id"]),
    Table(name: "amendment", key: ["id", "phone_number_id"]),
    Table(name: "delivery", key: ["wamid", "phone_number_id", "participant", "status"]),
    Table(name: "media_blob", key: ["id"], isCounting: true),
    // A chunk has 256 KiB.
    Table(name: "media_chunk", key: ["blob", "number"], pageMax: 16),
    Table(name: "media", key: ["media_id", "phone_number_id"]),
    Table(name: "request", key: ["id"]),
    Table(name: "attempt", key: ["id"]),
    Table(name: "request_line", key: ["request_id", "line"]),
    Table(name: "idempotency", key: ["key", "token_id", "phone_number_id"]),
    Table(name: "lease", key: ["phone_number_id", "customer_id"]),
    Table(name: "second_try", key: ["report", "phone_number_id"]),
    Table(name: "reengagement", key: ["customer_id", "phone_number_id"]),
    Table(name: "pace", key: ["customer_id", "phone_number_id"]),
    Table(name: "event", key: ["at", "id"]),
    Table(name: "event_consumer", key: ["name"]),
    Table(name: "event_pending", key: ["consumer", "at", "event_id"]),
    Table(name: "callback", key: ["id"]),
    Table(name: "callback_delivery", key: ["id"], isCounting: true),
    Table(name: "media_upload", key: ["media_id", "phone_number_id"]),
  ]
}
