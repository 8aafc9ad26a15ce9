package import CustomerCare

/// What Meta told us, as it came: the memory everything else can be made from again.
package enum Journal {
  /// What somebody told us, on its way into the journal.
  package struct Arrival: Sendable {
    /// The bytes as they came.
    package let body: [UInt8]
    /// When they came: the only clock of apply.
    package let receivedAt: Instant

    /// Bytes that came at an instant.
    package init(_ body: [UInt8], at receivedAt: Instant) {
      self.body = body
      self.receivedAt = receivedAt
    }
  }

  /// Remembers a webhook's raw body: nothing is decoded before it is on disk.
  package static func append(
    _ body: [UInt8],
    receivedAt: Instant,
    source: JournalEntry.Source = .webhook,
    in unit: any SQLUnit
  ) throws {
    try append([Arrival(body, at: receivedAt)], source: source, in: unit)
  }

  /// Remembers several bodies.
  package static func append(
    _ arrivals: [Arrival],
    source: JournalEntry.Source = .webhook,
    in unit: any SQLUnit
  ) throws {
    var rest = arrivals[...]
    while !rest.isEmpty {
      let rows = rest.prefix(Self.rowsMax)
      rest = rest.dropFirst(rows.count)
      var parameters: SQLParameters = ["source": .text(source.rawValue)]
      for (arrival, names) in zip(rows, Self.names) {
        parameters.append(names.receivedAt, .instant(arrival.receivedAt))
        parameters.append(names.body, .bytes(arrival.body))
      }
      var pending: SQLParameters = [:]
      var names = Self.names.makeIterator()
      try unit.each(Self.appending[rows.count - 1], parameters) { row in
        guard let names = names.next() else { return }
        pending.append(names.entry, .integer(try row.integer("id")))
        pending.append(names.bytes, .integer(try row.integer("bytes")))
      }
      try unit.run(Self.awaiting[rows.count - 1], pending)
    }
  }

  /// How many entries one statement appends, at most: enough that a statement costs nothing beside its rows, and
  /// few enough that all lengths of it can be kept prepared.
  private static let rowsMax = 16

  /// What the parameters of each row are called.
  private static let names = (0..<rowsMax).map { row in
    (
      receivedAt: "received_at\(row)", body: "body\(row)", entry: "entry\(row)",
      bytes: "bytes\(row)"
    )
  }

  /// Appends one row, two, and so on.
  private static let appending = (1...rowsMax).map { count in
    let rows = names.prefix(count).map { "($\($0.receivedAt), $source, $\($0.body))" }
    return """
      INSERT INTO journal (received_at, source, body) VALUES \(rows.joined(separator: ", "))
      RETURNING id, LENGTH(body) AS bytes
      """
  }

  /// Has as many wait to be applied.
  private static let awaiting = (1...rowsMax).map { count in
    let rows = names.prefix(count).map { "($\($0.entry), $\($0.bytes))" }
    return "INSERT INTO journal_pending (entry, bytes) VALUES \(rows.joined(separator: ", "))"
  }

  /// The entries that wait to be applied, oldest first: at most `limit`, and after the first of them
  /// no more than `bytesMax` of bodies.
  ///
  /// `after` leaves out what somebody has in hand already; `nil` leaves out nothing.
  package static func pending(
    after: JournalEntryID? = nil,
    limit: Int,
    bytesMax: Int = .max,
    in unit: any SQLUnit
  ) throws -> [JournalEntry] {
    var parameters: SQLParameters = [
      "after": .integer(after?.rawValue ?? 0), "limit": .integer(limit),
    ]
    let sizes = try unit.rows(
      """
      SELECT entry, bytes FROM journal_pending
      WHERE entry > CAST($after AS BIGINT) ORDER BY entry LIMIT $limit
      """,
      parameters
    ) { row in (id: try row.integer("entry"), bytes: try row.integer("bytes")) }
    guard let range = range(sizes, bytesMax: bytesMax) else { return [] }
    parameters = ["first": .integer(range.lowerBound), "last": .integer(range.upperBound)]
    return try unit.rows(
      """
      SELECT id, received_at, source, body, late FROM journal_pending JOIN journal ON id = entry
      WHERE entry >= $first AND entry <= $last ORDER BY entry
      """,
      parameters,
      JournalEntry.init(row:)
    )
  }

  /// All entries, oldest first, a page at a time: what `replay --into` reads.
  ///
  /// `after` is the last entry of the page before; `nil` for the first page.
  package static func page(
    after: JournalEntryID?,
    limit: Int,
    in unit: any SQLUnit
  ) throws -> [JournalEntry] {
    try unit.rows(
      """
      SELECT id, received_at, source, body, late FROM journal
      WHERE id > CAST($after AS BIGINT) ORDER BY id LIMIT $limit
      """,
      ["after": .integer(after?.rawValue ?? 0), "limit": .integer(limit)],
      JournalEntry.init(row:)
    )
  }

  /// Marks entries as applied, as of their receipt; one whose part was set aside keeps its flag.
  static func markApplied(_ entries: [JournalEntryID], in unit: any SQLUnit) throws(StoreError) {
    var rest = entries.sorted()[...]
    while let first = rest.first {
      // Entries mostly follow each other.
      let run = zip(rest, first.rawValue...).prefix { $0.rawValue == $1 }
      rest = rest.dropFirst(run.count)
      try unit.run(
        "DELETE FROM journal_pending WHERE entry >= $first AND entry <= $last",
        [
          "first": .integer(first.rawValue),
          "last": .integer(first.rawValue + Int64(run.count) - 1),
        ]
      )
    }
  }

  /// Sets an entry aside: it could not be decoded or applied, and is not tried again before
  /// `releaseFlagged`.
  ///
  /// `reason` is a sentence without personal data; an earlier one stays.
  package static func flag(
    _ entry: JournalEntryID,
    reason: String,
    in unit: any SQLUnit
  ) throws(StoreError) {
    try markApplied([entry], in: unit)
    try unit.run(
      "UPDATE journal SET flag = COALESCE(flag, $reason) WHERE id = $id",
      ["id": .integer(entry.rawValue), "reason": .text(reason)]
    )
  }

  /// Lets every flagged entry be tried again; what comes of it is published, marked late.
  ///
  /// - Returns: How many wait now.
  @discardableResult
  package static func releaseFlagged(in unit: any SQLUnit) throws(StoreError) -> Int {
    try unit.run(
      """
      INSERT INTO journal_pending (entry, bytes)
      SELECT id, LENGTH(body) FROM journal WHERE flag IS NOT NULL
      ON CONFLICT (entry) DO NOTHING
      """
    )
    return try unit.run("UPDATE journal SET flag = NULL, late = 1 WHERE flag IS NOT NULL")
  }

  /// How much of the journal needs somebody's attention; read without looking at the rest of it.
  package static func attention(in unit: any SQLUnit) throws -> JournalAttention {
    try unit.first(
      """
      SELECT (SELECT COUNT(*) FROM journal_pending) AS unapplied,
        (SELECT COUNT(*) FROM journal WHERE flag IS NOT NULL) AS flagged,
        (SELECT COUNT(DISTINCT entry) FROM journal_unclaimed) AS unclaimed
      """
    ) { row in
      JournalAttention(
        unapplied: Int(try row.integer("unapplied")),
        flagged: Int(try row.integer("flagged")),
        unclaimed: Int(try row.integer("unclaimed"))
      )
    } ?? JournalAttention(unapplied: 0, flagged: 0, unclaimed: 0)
  }

  /// How much is in the journal; reads all of it.
  package static func counts(in unit: any SQLUnit) throws -> JournalCounts {
    let attention = try attention(in: unit)
    let entries = try unit.first("SELECT COUNT(*) AS entries FROM journal") { row in
      Int(try row.integer("entries"))
    }
    return JournalCounts(
      entries: entries ?? 0,
      unapplied: attention.unapplied,
      flagged: attention.flagged,
      unclaimed: attention.unclaimed
    )
  }

  /// The numbers nobody added for which entries wait, with how many entries each.
  package static func unclaimed(
    in unit: any SQLUnit
  ) throws -> [(number: PhoneNumberID, entries: Int)] {
    try unit.rows(
      """
      SELECT phone_number_id, COUNT(*) AS entries FROM journal_unclaimed
      GROUP BY phone_number_id ORDER BY phone_number_id
      """
    ) { row in (try row.id("phone_number_id"), Int(try row.integer("entries"))) }
  }
}

/// The position of an entry in the journal of one database.
package struct JournalEntryID: Sendable, Hashable, Comparable {
  /// Counts upwards, with gaps.
  package let rawValue: Int64

  /// Wraps a position.
  package init(_ rawValue: Int64) {
    self.rawValue = rawValue
  }

  /// Orders entries by their position.
  package static func < (one: JournalEntryID, other: JournalEntryID) -> Bool {
    one.rawValue < other.rawValue
  }
}

/// One entry of the journal.
package struct JournalEntry: Sendable, Hashable {
  /// How Meta told us.
  package enum Source: String, Sendable {
    /// A webhook; the body is Meta's.
    case webhook
    /// Meta's answer to a send, as far as the state depends on it; the body is written and read by
    /// `AnswerRecord`.
    case answer
  }

  /// Where it stands in the journal.
  package let id: JournalEntryID
  /// When it arrived.
  package let receivedAt: Instant
  /// How Meta told us.
  package let source: Source
  /// The bytes as they came.
  package let body: [UInt8]
  /// True once it had to be set aside: what it publishes is marked late.
  package let isLate: Bool

  init(row: any SQLRow) throws {
    id = JournalEntryID(try row.integer("id"))
    receivedAt = try row.instant("received_at")
    source = Source(rawValue: try row.text("source")) ?? .webhook
    body = try row.bytes("body")
    isLate = try row.flag("late")
  }
}

/// How much of the journal needs somebody's attention.
package struct JournalAttention: Sendable, Hashable {
  /// Waiting to be applied.
  package var unapplied: Int
  /// Set aside because they could not be decoded or applied.
  package var flagged: Int
  /// Kept for numbers nobody added.
  package var unclaimed: Int
}

/// How much is in the journal.
package struct JournalCounts: Sendable, Hashable {
  /// Everything that is kept.
  package var entries: Int
  /// Waiting to be applied.
  package var unapplied: Int
  /// Set aside because they could not be decoded or applied.
  package var flagged: Int
  /// Kept for numbers nobody added.
  package var unclaimed: Int

  /// Counts.
  package init(entries: Int, unapplied: Int, flagged: Int, unclaimed: Int) {
    self.entries = entries
    self.unapplied = unapplied
    self.flagged = flagged
    self.unclaimed = unclaimed
  }
}
