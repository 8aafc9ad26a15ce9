package import CustomerCare

/// Who fetches which file: claimed, prolonged, settled.
///
/// A claim is a lease without a column of its own: it moves the file's next instant behind the lease's
/// end, so that a file whose fetcher died is due again. The count of attempts tells claims apart.
package enum Fetch {
  /// A file of a number.
  package struct Key: Sendable, Hashable {
    /// The number whose webhook named it.
    package let number: PhoneNumberID
    /// Meta's id of it.
    package let id: MediaID

    /// Names a file.
    package init(number: PhoneNumberID, id: MediaID) {
      self.number = number
      self.id = id
    }
  }

  /// A file that is ours to fetch, for as long as the lease lasts.
  package struct Claimed: Sendable, Hashable {
    /// Which file.
    package let key: Key
    /// What Meta told of it.
    package let fact: MediaFact
    /// Which attempt this is; the first is 1.
    package let attempt: Int
    /// When we heard of it.
    package let seenAt: Instant

    /// What tells this attempt from all others.
    var name: String { "\(key.number)/\(key.id)/\(attempt)" }
  }

  /// Files that are due, at most `limit` of a number and less those under way (`busy`): one of each
  /// number, then another of each, and so on.
  ///
  /// Newest first: what a customer has just sent does not wait behind an import of thousands. `after` is
  /// the number that was last served, so that every number comes first in its turn.
  package static func due(
    now: Instant,
    limit: Int,
    busy: [PhoneNumberID: Int],
    after last: PhoneNumberID?,
    in unit: any SQLUnit
  ) throws -> [Key] {
    var numbers: [PhoneNumberID] = []
    while let next = try nextNumber(after: numbers.last, in: unit) { numbers.append(next) }
    if let last {
      let turn = numbers.firstIndex { $0 > last } ?? 0
      numbers = Array(numbers[turn...] + numbers[..<turn])
    }
    let queues = try numbers.map { number in
      try due(number, now: now, limit: limit - busy[number, default: 0], in: unit)
    }
    return (0..<limit).flatMap { place in
      queues.compactMap { place < $0.count ? $0[place] : nil }
    }
  }

  /// The numbers with files to fetch, one after the other: a step in the index each.
  private static func nextNumber(
    after last: PhoneNumberID?,
    in unit: any SQLUnit
  ) throws -> PhoneNumberID? {
    try unit.first(
      """
      SELECT MIN(phone_number_id) AS number FROM media
      WHERE state = 'pending' AND phone_number_id > CAST($last AS TEXT)
      """,
      ["last": .text(last?.rawValue ?? "")]
    ) { row in try row.idIfAny("number") } ?? nil
  }

  private static func due(
    _ number: PhoneNumberID,
    now: Instant,
    limit: Int,
    in unit: any SQLUnit
  ) throws -> [Key] {
    guard limit > 0 else { return [] }
    return try unit.rows(
      """
      SELECT media_id FROM media
      WHERE state = 'pending' AND phone_number_id = $number AND next_at <= $now
      ORDER BY next_at DESC, media_id LIMIT $limit
      """,
      ["number": .id(number), "now": .instant(now), "limit": .integer(limit)]
    ) { row in Key(number: number, id: try row.id("media_id")) }
  }

  /// Takes files that are still due, each until `until`; what somebody else took is left out.
  package static func claim(
    _ keys: [Key],
    now: Instant,
    until: Instant,
    in unit: any SQLUnit
  ) throws -> [Claimed] {
    try keys.compactMap { key in
      let taken = try unit.run(
        """
        UPDATE media SET attempts = attempts + 1, next_at = $until
        WHERE media_id = $id AND phone_number_id = $number AND state = 'pending'
          AND next_at <= $now
        """,
        [
          "id": .id(key.id), "number": .id(key.number), "now": .instant(now),
          "until": .instant(until),
        ]
      )
      return taken == 1 ? try claimed(key, in: unit) : nil
    }
  }

  private static func claimed(_ key: Key, in unit: any SQLUnit) throws -> Claimed? {
    try unit.first(
      "SELECT * FROM media WHERE media_id = $id AND phone_number_id = $number",
      ["id": .id(key.id), "number": .id(key.number)]
    ) { row in
      Claimed(
        key: key,
        fact: try MediaFact(row: row),
        attempt: Int(try row.integer("attempts")),
        seenAt: try row.instant("seen_at")
      )
    }
  }

  /// Prolongs a lease; false when it was over and somebody else has the file, or it is settled.
  package static func prolong(
    _ claimed: Claimed,
    until: Instant,
    in unit: any SQLUnit
  ) throws -> Bool {
    try settle(claimed, "next_at = $until", ["until": .instant(until)], in: unit)
  }

  /// Lets a file be tried again at an instant; `reason` is a stable word without anything Meta said.
  ///
  /// Returns false when the lease was over and somebody else has the file.
  @discardableResult
  package static func retry(
    _ claimed: Claimed,
    at next: Instant,
    reason: String,
    in unit: any SQLUnit
  ) throws -> Bool {
    try settle(
      claimed,
      "next_at = $next, reason = $reason",
      ["next": .instant(next), "reason": .text(reason)],
      in: unit
    )
  }

  /// Gives a file up.
  ///
  /// Returns false when the lease was over and somebody else has the file.
  @discardableResult
  package static func lose(
    _ claimed: Claimed,
    _ loss: MediaLoss,
    now: Instant,
    in unit: any SQLUnit
  ) throws -> Bool {
    try settle(
      claimed,
      "state = 'lost', reason = $reason, settled_at = $now",
      ["reason": .text(loss.rawValue), "now": .instant(now)],
      in: unit
    )
  }

  /// Says where a file's bytes are.
  static func keep(
    _ claimed: Claimed,
    in blob: MediaBytes.Place,
    mimeType: String?,
    now: Instant,
    _ unit: any SQLUnit
  ) throws -> Bool {
    try settle(
      claimed,
      """
      state = 'kept', reason = NULL, blob = $blob, found_type = $mime, settled_at = $now
      """,
      ["blob": .integer(blob.rawValue), "mime": .text(mimeType), "now": .instant(now)],
      in: unit
    )
  }

  /// Changes the row of a claim that is still good.
  private static func settle(
    _ claimed: Claimed,
    _ changes: String,
    _ parameters: SQLParameters,
    in unit: any SQLUnit
  ) throws -> Bool {
    var parameters = parameters
    parameters.append("id", .id(claimed.key.id))
    parameters.append("number", .id(claimed.key.number))
    parameters.append("attempt", .integer(claimed.attempt))
    return try unit.run(
      """
      UPDATE media SET \(changes)
      WHERE media_id = $id AND phone_number_id = $number AND state = 'pending'
        AND attempts = $attempt
      """,
      parameters
    ) == 1
  }
}

extension MediaFact {
  /// Reads a row of the table `media`.
  init(row: any SQLRow) throws {
    self.init(
      id: try row.id("media_id"),
      message: try row.id("wamid"),
      kind: Content.Media.Kind(rawValue: try row.text("kind")) ?? .document,
      mimeType: try row.textIfAny("mime_type"),
      filename: try row.textIfAny("filename"),
      hash: try row.bytesIfAny("told_hash").flatMap(MediaHash.init)
    )
  }
}
