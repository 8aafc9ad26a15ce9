package import CustomerCare

/// The bytes of files, in chunks; the same bytes are kept once, however many messages name them.
///
/// What is being fetched is a blob with an instant at which it is thrown away, moved on with every
/// chunk, and with the name of its fetch; nobody finds it. It becomes content in the unit that settles the fetch. Whatever
/// dies in between leaves a blob whose instant passes.
///
/// An engine may give the place of a blob that is gone to another. So whoever writes says for which fetch, and whoever
/// reads says which hash.
package enum MediaBytes {
  /// How many bytes a chunk has; only the last of a file has fewer.
  ///
  /// A unit of work writes one. 256 KiB are 65 pages of SQLite's and cost the writer well under a
  /// millisecond, so that a webhook waits for no more than that; most pictures have one chunk,
  /// and the largest file, 100 MiB, has 400.
  package static var chunkBytes: Int { 256 * 1024 }

  /// A place in the table of blobs.
  package struct Place: Sendable, Hashable {
    let rawValue: Int64
  }

  /// A file that has come in whole.
  package struct Whole: Sendable {
    /// The hash of all its bytes.
    package var hash: MediaHash
    /// How many bytes it has.
    package var size: Int
    /// Its type, as Meta says; `nil` if it did not say.
    package var mimeType: String?
    /// Where all but the last chunk are; `nil` when there is only one.
    package var place: Place?
    /// The last chunk; never empty unless the file is.
    package var last: [UInt8]

    /// Describes a file.
    package init(
      hash: MediaHash,
      size: Int,
      mimeType: String?,
      place: Place?,
      last: [UInt8]
    ) {
      self.hash = hash
      self.size = size
      self.mimeType = mimeType
      self.place = place
      self.last = last
    }
  }

  /// Writes the next chunk of a file that is being fetched, and prolongs the lease to `until`.
  ///
  /// `place` is where the chunks before are; `nil` for the first, whose number is 0. Returns where the chunk is; `nil` when
  /// the lease was over and somebody else has the file.
  package static func append(
    _ bytes: [UInt8],
    number: Int,
    to place: Place?,
    of claimed: Fetch.Claimed,
    until: Instant,
    in unit: any SQLUnit
  ) throws -> Place? {
    guard try Fetch.prolong(claimed, until: until, in: unit) else { return nil }
    guard let place else {
      let new = try make(for: claimed, discardAt: until, in: unit)
      try write(bytes, number: number, to: new, in: unit)
      return new
    }
    let isThere = try unit.run(
      "UPDATE media_blob SET discard_at = $until WHERE id = $id AND owner = $fetch",
      [
        "id": .integer(place.rawValue), "until": .instant(until), "fetch": .text(claimed.name),
      ]
    )
    guard isThere == 1 else { return nil }
    try write(bytes, number: number, to: place, in: unit)
    return place
  }

  /// Makes a file that has come in whole content, and settles its fetch; what came in is thrown away if we have the same
  /// bytes already.
  ///
  /// Returns false when the lease was over and somebody else has the file. Throws `StoreError` with code `constraint` when
  /// part of the bytes was thrown away meanwhile, or another node made the same bytes content at the same time.
  package static func keep(
    _ whole: Whole,
    for claimed: Fetch.Claimed,
    now: Instant,
    in unit: any SQLUnit
  ) throws -> Bool {
    if try keep(known: whole.hash, mimeType: whole.mimeType, for: claimed, now: now, in: unit) {
      if let place = whole.place { try discard(place, of: claimed, at: now, in: unit) }
      return true
    }
    let place = try whole.place ?? make(for: claimed, discardAt: now, in: unit)
    guard try Fetch.keep(claimed, in: place, mimeType: whole.mimeType, now: now, unit) else {
      return false
    }
    let chunks = (whole.size + chunkBytes - 1) / chunkBytes
    if !whole.last.isEmpty { try write(whole.last, number: chunks - 1, to: place, in: unit) }
    let found = try unit.first(
      "SELECT COUNT(*) AS chunks FROM media_chunk WHERE blob = $blob",
      ["blob": .integer(place.rawValue)]
    ) { row in try row.integer("chunks") }
    let isContent = try unit.run(
      """
      UPDATE media_blob SET hash = $hash, size = $size, discard_at = NULL, owner = NULL
      WHERE id = $id AND owner = $fetch
      """,
      [
        "id": .integer(place.rawValue), "hash": .bytes(whole.hash.bytes),
        "size": .integer(whole.size), "fetch": .text(claimed.name),
      ]
    )
    guard isContent == 1, found == Int64(chunks) else {
      throw StoreError(code: .constraint, message: "Part of a file was thrown away meanwhile")
    }
    return true
  }

  /// Settles a fetch with bytes that we have already; false when we have none with this hash, or the
  /// lease was over.
  package static func keep(
    known hash: MediaHash,
    mimeType: String? = nil,
    for claimed: Fetch.Claimed,
    now: Instant,
    in unit: any SQLUnit
  ) throws -> Bool {
    let place = try unit.first(
      "SELECT id FROM media_blob WHERE hash = $hash AND discard_at IS NULL",
      ["hash": .bytes(hash.bytes)]
    ) { row in Place(rawValue: try row.integer("id")) }
    guard let place else { return false }
    return try Fetch.keep(claimed, in: place, mimeType: mimeType, now: now, unit)
  }

  /// Throws away what is not to become content: at once, by `MediaRetention`.
  package static func discard(
    _ place: Place,
    of claimed: Fetch.Claimed,
    at now: Instant,
    in unit: any SQLUnit
  ) throws {
    try unit.run(
      "UPDATE media_blob SET discard_at = $now WHERE id = $id AND owner = $fetch",
      ["id": .integer(place.rawValue), "now": .instant(now), "fetch": .text(claimed.name)]
    )
  }

  /// One chunk of a file with a hash, the first is 0; `nil` when it is not there (any more).
  package static func chunk(
    _ number: Int,
    of place: Place,
    hash: MediaHash,
    in unit: any SQLUnit
  ) throws -> [UInt8]? {
    try unit.first(
      """
      SELECT c.bytes FROM media_blob b JOIN media_chunk c ON c.blob = b.id AND c.number = $number
      WHERE b.id = $blob AND b.hash = $hash
      """,
      [
        "blob": .integer(place.rawValue), "number": .integer(number),
        "hash": .bytes(hash.bytes),
      ]
    ) { row in try row.bytes("bytes") }
  }

  private static func make(
    for claimed: Fetch.Claimed,
    discardAt: Instant,
    in unit: any SQLUnit
  ) throws(StoreError) -> Place {
    Place(
      rawValue: try unit.insert(
        "INSERT INTO media_blob (discard_at, owner) VALUES ($at, $fetch)",
        ["at": .instant(discardAt), "fetch": .text(claimed.name)]
      )
    )
  }

  private static func write(
    _ bytes: [UInt8],
    number: Int,
    to place: Place,
    in unit: any SQLUnit
  ) throws(StoreError) {
    try unit.run(
      "INSERT INTO media_chunk (blob, number, bytes) VALUES ($blob, $number, $bytes)",
      [
        "blob": .integer(place.rawValue), "number": .integer(number), "bytes": .bytes(bytes),
      ]
    )
  }
}
