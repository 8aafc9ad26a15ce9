package import CustomerCare

/// How long files are kept, and how their bytes are thrown away: a little at a time.
package enum MediaRetention {
  /// How long bytes stay after nothing refers to them any more: whoever is reading them is done by then.
  package static var grace: Duration { .seconds(60) }

  /// How many chunks are thrown away in one unit: 4 MiB, a few milliseconds of the writer's time.
  package static var chunksMax: Int { 16 }

  /// Gives up files that were seen before an instant, at most `limit`; their bytes go with the last of them.
  ///
  /// - Returns: How many were given up.
  package static func prune(
    before: Instant,
    now: Instant,
    limit: Int,
    in unit: any SQLUnit
  ) throws -> Int {
    let old = try unit.rows(
      """
      SELECT media_id, phone_number_id, blob FROM media
      WHERE state = 'kept' AND seen_at < $before ORDER BY seen_at LIMIT $limit
      """,
      ["before": .instant(before), "limit": .integer(limit)]
    ) { row in
      (
        id: try row.id("media_id", as: MediaID.self),
        number: try row.id("phone_number_id", as: PhoneNumberID.self),
        blob: try row.integer("blob")
      )
    }
    for media in old {
      try unit.run(
        """
        UPDATE media SET state = 'lost', reason = $reason, blob = NULL, settled_at = $now
        WHERE media_id = $id AND phone_number_id = $number
        """,
        [
          "reason": .text(MediaLoss.pruned.rawValue), "now": .instant(now), "id": .id(media.id),
          "number": .id(media.number),
        ]
      )
    }
    for blob in Set(old.map(\.blob)).sorted() { try forsake(blob, now: now, in: unit) }
    return old.count
  }

  /// Sets when a blob goes if nothing refers to it; nobody finds it from now on.
  private static func forsake(_ blob: Int64, now: Instant, in unit: any SQLUnit) throws {
    try unit.run(
      """
      UPDATE media_blob SET discard_at = $at
      WHERE id = $id AND NOT EXISTS (SELECT 1 FROM media WHERE blob = $id)
      """,
      ["id": .integer(blob), "at": .instant(now + grace)]
    )
  }

  /// Throws away bytes that nothing refers to: at most `chunksMax` chunks, of one blob.
  ///
  /// - Returns: Whether there was something to throw away.
  package static func discard(now: Instant, in unit: any SQLUnit) throws -> Bool {
    let blob = try unit.first(
      """
      SELECT id FROM media_blob WHERE discard_at <= $now ORDER BY discard_at, id LIMIT 1
      """,
      ["now": .instant(now)]
    ) { row in try row.integer("id") }
    guard let blob else { return false }
    let gone = try unit.run(
      """
      DELETE FROM media_chunk WHERE blob = $blob AND number IN (
        SELECT number FROM media_chunk WHERE blob = $blob ORDER BY number LIMIT $limit)
      """,
      ["blob": .integer(blob), "limit": .integer(chunksMax)]
    )
    if gone < chunksMax {
      try unit.run("DELETE FROM media_blob WHERE id = $id", ["id": .integer(blob)])
    }
    return true
  }

  /// When `prune` or `discard` has something to do next, with files kept for `keepFor`; `nil`: nothing is known.
  package static func nextDue(keepFor: Duration, in unit: any SQLUnit) throws -> Instant? {
    let old = try unit.first("SELECT MIN(seen_at) AS at FROM media WHERE state = 'kept'") { row in
      try row.instantIfAny("at")
    }
    let forsaken = try unit.first(
      "SELECT MIN(discard_at) AS at FROM media_blob WHERE discard_at IS NOT NULL"
    ) { row in try row.instantIfAny("at") }
    return [old.flatMap { $0 }.map { $0 + keepFor + .milliseconds(1) }, forsaken.flatMap { $0 }]
      .compactMap { $0 }.min()
  }
}
