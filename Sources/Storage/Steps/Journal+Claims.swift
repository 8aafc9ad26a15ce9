package import CustomerCare

/// Which entries a node has in hand, where several nodes apply one journal.
///
/// - Why: two nodes that fold the same entries come to the same state, at twice the work and in each other's way.
/// - How: a claim is a range of entries, until an instant; entries in a range that holds are left out.
/// - Otherwise: a node that dies with a claim delays its entries until the claim ends, and nothing more.
extension Journal {
  private static let isFree = """
    NOT EXISTS (SELECT 1 FROM journal_claim
      WHERE until_at > CAST($now AS BIGINT) AND first_entry <= entry AND last_entry >= entry)
    """

  /// Takes entries that wait and nobody has in hand, oldest first: at most `limit`, and after the first
  /// of them no more than `bytesMax` of bodies.
  package static func claim(
    _ lease: Claim.Lease,
    now: Instant,
    limit: Int,
    bytesMax: Int = .max,
    in unit: any SQLUnit
  ) throws -> [JournalEntry] {
    let present: SQLParameters = ["now": .instant(now)]
    try unit.run("DELETE FROM journal_claim WHERE until_at <= $now", present)
    var parameters = present
    parameters.append("limit", .integer(limit))
    let sizes = try unit.rows(
      "SELECT entry, bytes FROM journal_pending WHERE \(isFree) ORDER BY entry LIMIT $limit",
      parameters
    ) { row in (id: try row.integer("entry"), bytes: try row.integer("bytes")) }
    guard let range = range(sizes, bytesMax: bytesMax) else { return [] }
    parameters = present
    parameters.append("first", .integer(range.lowerBound))
    parameters.append("last", .integer(range.upperBound))
    let entries = try unit.rows(
      """
      SELECT id, received_at, source, body, late FROM journal_pending JOIN journal ON id = entry
      WHERE entry >= $first AND entry <= $last AND \(isFree) ORDER BY entry
      """,
      parameters,
      JournalEntry.init(row:)
    )
    try unit.run(
      """
      INSERT INTO journal_claim (owner, first_entry, last_entry, until_at)
      VALUES ($owner, $first, $last, $until)
      """,
      [
        "owner": .text(lease.owner), "first": .integer(range.lowerBound),
        "last": .integer(range.upperBound), "until": .instant(lease.until),
      ]
    )
    return entries
  }

  /// Gives back what was claimed from an entry on.
  package static func release(
    from first: JournalEntryID,
    of owner: String,
    in unit: any SQLUnit
  ) throws(StoreError) {
    try unit.run(
      "DELETE FROM journal_claim WHERE owner = $owner AND first_entry = $first",
      ["owner": .text(owner), "first": .integer(first.rawValue)]
    )
  }

  /// The first and the last of the entries that fit; the first always does.
  static func range(
    _ sizes: [(id: Int64, bytes: Int64)],
    bytesMax: Int
  ) -> ClosedRange<Int64>? {
    guard let first = sizes.first else { return nil }
    var left = Int64(clamping: bytesMax) - first.bytes
    let rest = sizes.dropFirst().prefix { entry in
      left -= entry.bytes
      return left >= 0
    }
    return first.id...(rest.last ?? first).id
  }
}
