// In every key the column that tells rows apart comes first: SQLite keeps no statistics of ours, and
// takes any first column for selective, the scope and the business number included.
extension Schema.Migration {
  /// What the first release remembers: what Meta told us, what follows from it, and what we sent.
  static let createWhatTheFirstReleaseRemembers = Schema.Migration(
    name: "create what the first release remembers",
    needs: 1
  ) { dialect in
    desk(dialect) + journal(dialect) + customers(dialect) + messages(dialect) + media(dialect)
      + requests(dialect) + requestIndexes + events(dialect) + callbacks(dialect) + uploads(dialect)
  }

  private static func desk(_ dialect: SQLDialect) -> [String] {
    [
      """
      CREATE TABLE business_number (
        phone_number_id TEXT PRIMARY KEY, waba_id TEXT NOT NULL, scope TEXT NOT NULL,
        display_phone_number TEXT NOT NULL, added_at BIGINT NOT NULL,
        in_use BIGINT NOT NULL, coexistence BIGINT NOT NULL, onboarded_at BIGINT,
        if_closed TEXT NOT NULL, time_zone TEXT, currency TEXT,
        fallback_name TEXT, fallback_language TEXT, access_token \(dialect.bytesColumn),
        throughput BIGINT, pair_burst BIGINT)
      """,
      """
      CREATE TABLE restriction (
        holder TEXT NOT NULL, restriction TEXT NOT NULL, imposed BIGINT NOT NULL,
        at BIGINT NOT NULL, until_at BIGINT, PRIMARY KEY (holder, restriction))
      """,
      """
      CREATE TABLE api_token (
        id TEXT PRIMARY KEY, name TEXT NOT NULL, hash \(dialect.bytesColumn) NOT NULL UNIQUE,
        scopes TEXT NOT NULL, numbers TEXT, created_at BIGINT NOT NULL, revoked_at BIGINT,
        last_used_at BIGINT)
      """,
      "CREATE UNIQUE INDEX api_token_name ON api_token (name) WHERE revoked_at IS NULL",
      "CREATE TABLE setting (name TEXT PRIMARY KEY, value TEXT NOT NULL)",
    ] + templates(dialect)
  }

  // Columns that are told together have one instant, and only a newer word changes them.
  private static func templates(_ dialect: SQLDialect) -> [String] {
    [
      """
      CREATE TABLE template (
        waba_id TEXT NOT NULL, template_id TEXT NOT NULL, name TEXT NOT NULL,
        language TEXT NOT NULL, status TEXT, status_reason TEXT, status_at BIGINT,
        category TEXT, category_at BIGINT, coming_category TEXT, coming_from BIGINT,
        coming_at BIGINT, quality TEXT, quality_at BIGINT, components TEXT, form TEXT,
        form_at BIGINT, edited_at BIGINT, checked_at BIGINT,
        PRIMARY KEY (template_id, waba_id)) \(dialect.keyedTable)
      """,
      "CREATE INDEX template_name ON template (name, waba_id)",
      "CREATE INDEX template_account ON template (waba_id, status)",
    ]
  }

  private static func journal(_ dialect: SQLDialect) -> [String] {
    [
      """
      CREATE TABLE journal (
        id \(dialect.identityColumn), received_at BIGINT NOT NULL, source TEXT NOT NULL,
        body \(dialect.bytesColumn) NOT NULL, late BIGINT NOT NULL DEFAULT 0, flag TEXT)
      """,
      """
      CREATE TABLE journal_pending (entry BIGINT PRIMARY KEY, bytes BIGINT NOT NULL)
        \(dialect.keyedTable)
      """,
      """
      CREATE TABLE journal_claim (
        owner TEXT NOT NULL, first_entry BIGINT NOT NULL, last_entry BIGINT NOT NULL,
        until_at BIGINT NOT NULL, PRIMARY KEY (first_entry, owner)) \(dialect.keyedTable)
      """,
      "CREATE INDEX journal_flagged ON journal (id) WHERE flag IS NOT NULL",
      """
      CREATE TABLE journal_unclaimed (
        phone_number_id TEXT NOT NULL, entry BIGINT NOT NULL REFERENCES journal (id),
        PRIMARY KEY (phone_number_id, entry))
      """,
      "CREATE INDEX journal_unclaimed_entry ON journal_unclaimed (entry)",
    ]
  }

  private static func customers(_ dialect: SQLDialect) -> [String] {
    [
      """
      CREATE TABLE identity_fact (
        scope TEXT NOT NULL, kind TEXT NOT NULL, one TEXT NOT NULL, other TEXT NOT NULL,
        at BIGINT NOT NULL, PRIMARY KEY (one, other, kind, scope)) \(dialect.keyedTable)
      """,
      "CREATE INDEX identity_fact_other ON identity_fact (other, scope)",
      """
      CREATE TABLE holding (
        scope TEXT NOT NULL, alias TEXT NOT NULL, customer_id TEXT NOT NULL,
        from_at BIGINT NOT NULL, until_at BIGINT NOT NULL, present BIGINT NOT NULL,
        PRIMARY KEY (alias, scope, customer_id, from_at)) \(dialect.keyedTable)
      """,
      "CREATE INDEX holding_customer ON holding (customer_id, scope, until_at, present)",
      """
      CREATE TABLE ledger (
        phone_number_id TEXT NOT NULL, event_id TEXT NOT NULL, subject TEXT NOT NULL,
        kind TEXT NOT NULL, opening_kind TEXT, alias TEXT NOT NULL, group_id TEXT,
        at BIGINT NOT NULL, received_at BIGINT NOT NULL, doubt TEXT, live BIGINT NOT NULL,
        PRIMARY KEY (event_id, phone_number_id)) \(dialect.keyedTable)
      """,
      "CREATE INDEX ledger_subject ON ledger (subject, phone_number_id, at)",
      """
      CREATE TABLE conversation (
        phone_number_id TEXT NOT NULL, customer_id TEXT NOT NULL, state TEXT NOT NULL,
        until_at BIGINT, opening TEXT, as_of BIGINT NOT NULL,
        closing_announced BIGINT NOT NULL, last_message_at BIGINT,
        has_parked BIGINT NOT NULL DEFAULT 0,
        PRIMARY KEY (customer_id, phone_number_id)) \(dialect.keyedTable)
      """,
      "CREATE INDEX conversation_until ON conversation (state, until_at)",
      "CREATE INDEX conversation_last ON conversation (last_message_at)",
      """
      CREATE TABLE profile (
        scope TEXT NOT NULL, alias TEXT NOT NULL, name TEXT, username TEXT, at BIGINT NOT NULL,
        PRIMARY KEY (alias, scope)) \(dialect.keyedTable)
      """,
      """
      CREATE TABLE preference (
        phone_number_id TEXT NOT NULL, alias TEXT NOT NULL, category TEXT NOT NULL,
        value TEXT NOT NULL, at BIGINT NOT NULL, PRIMARY KEY (alias, phone_number_id, category)) \(dialect.keyedTable)
      """,
    ]
  }

  private static func messages(_ dialect: SQLDialect) -> [String] {
    [
      """
      CREATE TABLE message (
        phone_number_id TEXT NOT NULL, wamid TEXT NOT NULL, subject TEXT NOT NULL,
        alias TEXT NOT NULL, group_id TEXT, direction TEXT NOT NULL, origin TEXT NOT NULL,
        type TEXT NOT NULL, content TEXT NOT NULL, raw \(dialect.bytesColumn),
        at BIGINT NOT NULL, received_at BIGINT NOT NULL, in_reply_to TEXT,
        PRIMARY KEY (wamid, phone_number_id))
      """,
      "CREATE INDEX message_subject ON message (subject, phone_number_id, at)",
      """
      CREATE TABLE amendment (
        phone_number_id TEXT NOT NULL, id TEXT NOT NULL, target TEXT NOT NULL,
        content TEXT, at BIGINT NOT NULL, PRIMARY KEY (id, phone_number_id))
      """,
      "CREATE INDEX amendment_target ON amendment (target, phone_number_id)",
      """
      CREATE TABLE delivery (
        phone_number_id TEXT NOT NULL, wamid TEXT NOT NULL, participant TEXT NOT NULL,
        status TEXT NOT NULL, at BIGINT NOT NULL, errors TEXT NOT NULL, pricing TEXT NOT NULL,
        PRIMARY KEY (wamid, phone_number_id, participant, status)) \(dialect.keyedTable)
      """,
    ]
  }

  private static func media(_ dialect: SQLDialect) -> [String] {
    [
      """
      CREATE TABLE media_blob (
        id \(dialect.identityColumn), owner TEXT, hash \(dialect.bytesColumn), size BIGINT,
        discard_at BIGINT)
      """,
      "CREATE UNIQUE INDEX media_blob_hash ON media_blob (hash) WHERE discard_at IS NULL",
      "CREATE INDEX media_blob_discard ON media_blob (discard_at) WHERE discard_at IS NOT NULL",
      """
      CREATE TABLE media_chunk (
        blob BIGINT NOT NULL REFERENCES media_blob (id), number BIGINT NOT NULL,
        bytes \(dialect.bytesColumn) NOT NULL, PRIMARY KEY (blob, number))
      """,
      """
      CREATE TABLE media (
        phone_number_id TEXT NOT NULL, media_id TEXT NOT NULL, wamid TEXT NOT NULL,
        kind TEXT NOT NULL, mime_type TEXT, filename TEXT, told_hash \(dialect.bytesColumn),
        seen_at BIGINT NOT NULL, state TEXT NOT NULL, attempts BIGINT NOT NULL,
        next_at BIGINT NOT NULL, reason TEXT, blob BIGINT REFERENCES media_blob (id),
        found_type TEXT, settled_at BIGINT, PRIMARY KEY (media_id, phone_number_id)) \(dialect.keyedTable)
      """,
      """
      CREATE INDEX media_due ON media (phone_number_id, next_at) WHERE state = 'pending'
      """,
      "CREATE INDEX media_kept ON media (seen_at) WHERE state = 'kept'",
      "CREATE INDEX media_of_blob ON media (blob) WHERE blob IS NOT NULL",
    ]
  }

  private static let requestIndexes = [
    "CREATE INDEX request_open ON request (state, state_at) WHERE is_open = 1",
    """
    CREATE INDEX request_expiry ON request (expires_at)
      WHERE state IN ('accepted', 'scheduled', 'parked') AND expires_at IS NOT NULL
    """,
    """
    CREATE INDEX request_parked ON request (not_before)
      WHERE state = 'parked' AND not_before IS NOT NULL
    """,
    "CREATE INDEX request_scheduled ON request (send_at) WHERE state = 'scheduled'",
    """
    CREATE INDEX request_next ON request (customer_id, phone_number_id, created_at, id)
      WHERE is_open = 1
    """,
    "CREATE INDEX request_in_place ON request (in_place_of) WHERE in_place_of IS NOT NULL",
  ]

  private static func requests(_ dialect: SQLDialect) -> [String] {
    [
      """
      CREATE TABLE request (
        id TEXT PRIMARY KEY, phone_number_id TEXT NOT NULL, alias TEXT NOT NULL,
        customer_id TEXT NOT NULL, kind TEXT NOT NULL, sender TEXT NOT NULL, if_closed TEXT,
        expires_at BIGINT, send_at BIGINT, created_at BIGINT NOT NULL,
        payload \(dialect.bytesColumn) NOT NULL, content TEXT NOT NULL, type TEXT NOT NULL,
        road TEXT NOT NULL, version TEXT, client_reference TEXT, durable BIGINT NOT NULL,
        claim_by BIGINT NOT NULL, state TEXT NOT NULL, state_at BIGINT NOT NULL,
        is_open BIGINT NOT NULL, waited BIGINT NOT NULL, not_before BIGINT, verdict TEXT NOT NULL, failure TEXT,
        answer_status BIGINT, answer_body \(dialect.bytesColumn), in_place_of TEXT,
        template_reason TEXT)
      """,
      """
      CREATE TABLE attempt (
        id TEXT PRIMARY KEY, request_id TEXT NOT NULL REFERENCES request (id),
        number BIGINT NOT NULL, phone_number_id TEXT NOT NULL, began_at BIGINT NOT NULL,
        outcome TEXT, ended_at BIGINT, wamid TEXT, refusal_code BIGINT, refusal_title TEXT,
        refusal_details TEXT, reason TEXT) \(dialect.keyedTable)
      """,
      "CREATE UNIQUE INDEX attempt_request ON attempt (request_id, number)",
      """
      CREATE UNIQUE INDEX attempt_wamid ON attempt (wamid, phone_number_id)
        WHERE wamid IS NOT NULL
      """,
      """
      CREATE TABLE request_line (
        request_id TEXT NOT NULL REFERENCES request (id), line BIGINT NOT NULL,
        at BIGINT NOT NULL, event TEXT NOT NULL, detail TEXT,
        PRIMARY KEY (request_id, line)) \(dialect.keyedTable)
      """,
      """
      CREATE TABLE idempotency (
        token_id TEXT NOT NULL, phone_number_id TEXT NOT NULL, key TEXT NOT NULL,
        digest \(dialect.bytesColumn) NOT NULL, request_id TEXT NOT NULL REFERENCES request (id),
        created_at BIGINT NOT NULL, PRIMARY KEY (key, token_id, phone_number_id))
      """,
      "CREATE INDEX idempotency_age ON idempotency (created_at)",
      "CREATE INDEX idempotency_request ON idempotency (request_id)",
      """
      CREATE TABLE lease (
        phone_number_id TEXT NOT NULL, customer_id TEXT NOT NULL, owner TEXT NOT NULL,
        request_id TEXT NOT NULL REFERENCES request (id), until_at BIGINT NOT NULL,
        PRIMARY KEY (phone_number_id, customer_id)) \(dialect.keyedTable)
      """,
      "CREATE INDEX lease_request ON lease (request_id)",
      """
      CREATE TABLE second_try (
        phone_number_id TEXT NOT NULL, report TEXT NOT NULL,
        request_id TEXT NOT NULL REFERENCES request (id), PRIMARY KEY (report, phone_number_id))
      """,
      "CREATE INDEX second_try_request ON second_try (request_id)",
      """
      CREATE TABLE reengagement (
        phone_number_id TEXT NOT NULL, customer_id TEXT NOT NULL,
        request_id TEXT NOT NULL REFERENCES request (id), alias TEXT NOT NULL,
        began_at BIGINT NOT NULL, PRIMARY KEY (customer_id, phone_number_id)) \(dialect.keyedTable)
      """,
      "CREATE INDEX reengagement_request ON reengagement (request_id)",
      // The row of the number itself has no customer.
      """
      CREATE TABLE pace (
        phone_number_id TEXT NOT NULL, customer_id TEXT NOT NULL, paid_microseconds BIGINT NOT NULL,
        PRIMARY KEY (customer_id, phone_number_id)) \(dialect.keyedTable)
      """,
    ]
  }

  private static func events(_ dialect: SQLDialect) -> [String] {
    [
      """
      CREATE TABLE event (
        at BIGINT NOT NULL, id TEXT NOT NULL, kind TEXT NOT NULL, phone_number_id TEXT NOT NULL,
        customer_id TEXT NOT NULL, late BIGINT NOT NULL, body TEXT NOT NULL,
        PRIMARY KEY (at, id)) \(dialect.keyedTable)
      """,
      "CREATE TABLE event_consumer (name TEXT PRIMARY KEY)",
      """
      CREATE TABLE event_pending (
        consumer TEXT NOT NULL, at BIGINT NOT NULL, event_id TEXT NOT NULL,
        PRIMARY KEY (consumer, at, event_id)) \(dialect.keyedTable)
      """,
    ]
  }

  private static func callbacks(_ dialect: SQLDialect) -> [String] {
    [
      """
      CREATE TABLE callback (
        id TEXT PRIMARY KEY, url TEXT NOT NULL, kinds TEXT NOT NULL, numbers TEXT,
        secret \(dialect.bytesColumn) NOT NULL, created_at BIGINT NOT NULL)
      """,
      """
      CREATE TABLE callback_delivery (
        id \(dialect.identityColumn), callback_id TEXT NOT NULL, delivery_id TEXT NOT NULL,
        kind TEXT NOT NULL, lane TEXT NOT NULL, entry BIGINT REFERENCES journal (id),
        subject TEXT, request_id TEXT REFERENCES request (id), body \(dialect.bytesColumn), created_at BIGINT NOT NULL,
        since_at BIGINT NOT NULL, state TEXT NOT NULL, attempts BIGINT NOT NULL,
        next_at BIGINT NOT NULL, tried_at BIGINT, result TEXT)
      """,
      """
      CREATE UNIQUE INDEX callback_delivery_promise
        ON callback_delivery (delivery_id, callback_id)
      """,
      """
      CREATE INDEX callback_delivery_due ON callback_delivery (callback_id, next_at)
        WHERE state = 'pending'
      """,
      """
      CREATE INDEX callback_delivery_lane ON callback_delivery (lane, callback_id, id)
        WHERE state = 'pending'
      """,
      "CREATE INDEX callback_delivery_shown ON callback_delivery (callback_id, id)",
      """
      CREATE INDEX callback_delivery_ended ON callback_delivery (state, tried_at)
        WHERE state <> 'pending'
      """,
    ]
  }

  private static func uploads(_ dialect: SQLDialect) -> [String] {
    [
      """
      CREATE TABLE media_upload (
        media_id TEXT NOT NULL, phone_number_id TEXT NOT NULL, at BIGINT NOT NULL,
        PRIMARY KEY (media_id, phone_number_id)) \(dialect.keyedTable)
      """,
      "CREATE INDEX media_upload_age ON media_upload (at)",
    ]
  }
}
