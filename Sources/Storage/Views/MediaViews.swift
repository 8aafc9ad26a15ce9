package import CustomerCare

/// What is read about files.
package enum MediaViews {
  /// A file that a number's webhooks named; `nil` for one that nobody told of.
  package static func find(
    _ id: MediaID,
    of number: PhoneNumberID,
    in unit: any SQLUnit
  ) throws -> MediaView? {
    try unit.first(
      """
      SELECT m.*, b.hash, b.size FROM media m LEFT JOIN media_blob b ON b.id = m.blob
      WHERE m.media_id = $id AND m.phone_number_id = $number
      """,
      ["id": .id(id), "number": .id(number)],
      MediaView.init(row:)
    )
  }

  /// How many files there are, and how much room they take.
  package static func counts(in unit: any SQLUnit) throws -> MediaCounts {
    try unit.first(
      """
      SELECT (SELECT COUNT(*) FROM media WHERE state = 'pending') AS pending,
        (SELECT COUNT(*) FROM media WHERE state = 'kept') AS kept,
        (SELECT CAST(COALESCE(SUM(size), 0) AS BIGINT) FROM media_blob
          WHERE discard_at IS NULL) AS bytes
      """
    ) { row in
      MediaCounts(
        pending: Int(try row.integer("pending")),
        kept: Int(try row.integer("kept")),
        bytes: try row.integer("bytes")
      )
    } ?? MediaCounts(pending: 0, kept: 0, bytes: 0)
  }

  /// After how many attempts a file is a trouble: ten minutes after the first.
  private static let patience = 4

  /// Why files wait that have failed again and again, and how many for each reason.
  package static func troubles(in unit: any SQLUnit) throws -> [(reason: String, count: Int)] {
    try unit.rows(
      """
      SELECT reason, COUNT(*) AS held FROM media
      WHERE state = 'pending' AND reason IS NOT NULL AND attempts >= $patience
      GROUP BY reason ORDER BY reason
      """,
      ["patience": .integer(patience)]
    ) { row in (try row.text("reason"), Int(try row.integer("held"))) }
  }
}

/// How many files there are, and how much room they take.
package struct MediaCounts: Sendable, Hashable {
  /// Files that Meta has and we have not yet.
  package var pending: Int
  /// Files that we have.
  package var kept: Int
  /// The bytes of all content; what several messages name counts once.
  package var bytes: Int64
}

/// A file as it is shown.
package struct MediaView: Sendable, Hashable {
  /// Bytes that are there.
  package struct Content: Sendable, Hashable {
    /// Where they are.
    package let place: MediaBytes.Place
    /// Their hash.
    package let hash: MediaHash
    /// How many they are.
    package let size: Int
  }

  /// What Meta told of it; its type as Meta says now, where the message said none.
  package let fact: MediaFact
  /// Where it is.
  package let state: MediaState
  /// Why it is lost; `nil` unless it is.
  package let loss: MediaLoss?
  /// Its bytes; `nil` unless they are kept.
  package let content: Content?

  /// Reads a row of the table `media` with its blob.
  init(row: any SQLRow) throws {
    var fact = try MediaFact(row: row)
    fact.mimeType = try fact.mimeType ?? row.textIfAny("found_type")
    self.fact = fact
    let state = MediaState(rawValue: try row.text("state")) ?? .lost
    self.state = state
    let reason = try row.textIfAny("reason")
    loss = state == .lost ? reason.flatMap(MediaLoss.init(rawValue:)) ?? .gone : nil
    let hash = try row.bytesIfAny("hash").flatMap(MediaHash.init)
    if let place = try row.integerIfAny("blob"), let hash, let size = try row.integerIfAny("size") {
      content = Content(place: MediaBytes.Place(rawValue: place), hash: hash, size: Int(size))
    } else {
      content = nil
    }
  }
}
