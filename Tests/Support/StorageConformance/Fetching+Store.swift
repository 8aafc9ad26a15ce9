import CustomerCare
import Storage

/// Files, in few words.
extension Store {
  func media(_ id: MediaID) async throws -> MediaView? {
    try await read { try MediaViews.find(id, of: Self.number, in: $0) }
  }

  /// The file of the newest message.
  func shown() async throws -> MediaView? {
    try await read { unit in
      try Conversations.messages(
        number: Self.number,
        customer: "491700000042",
        limit: 1,
        in: unit
      )?.items.first?.media
    }
  }

  func dueMedia(at now: Instant) async throws -> [Fetch.Key] {
    try await read { try Fetch.due(now: now, limit: 10, busy: [:], after: nil, in: $0) }
  }

  func claimMedia(at now: Instant) async throws -> [Fetch.Claimed] {
    let due = try await dueMedia(at: now)
    return try await write { unit in
      try Fetch.claim(due, now: now, until: now + .seconds(90), in: unit)
    }
  }

  func append(
    _ bytes: [UInt8],
    _ number: Int = 0,
    to place: MediaBytes.Place?,
    of claimed: Fetch.Claimed,
    until: Instant
  ) async throws -> MediaBytes.Place? {
    try await write { unit in
      try MediaBytes.append(bytes, number: number, to: place, of: claimed, until: until, in: unit)
    }
  }

  @discardableResult
  func keep(
    _ claimed: Fetch.Claimed,
    _ last: [UInt8],
    size: Int? = nil,
    hash: MediaHash? = nil,
    in place: MediaBytes.Place? = nil
  ) async throws -> Bool {
    let whole = MediaBytes.Whole(
      hash: try need(hash ?? MediaHash(Array(repeating: 99, count: 32))),
      size: size ?? last.count,
      mimeType: nil,
      place: place,
      last: last
    )
    return try await write { unit in
      try MediaBytes.keep(whole, for: claimed, now: Self.start, in: unit)
    }
  }

  func discardAll(at now: Instant) async throws {
    while try await write({ try MediaRetention.discard(now: now, in: $0) }) {}
  }

  func blobs() async throws -> String {
    try await need(
      read { unit in
        try unit.first(
          """
          SELECT (SELECT COUNT(*) FROM media_blob) AS blobs,
            (SELECT COUNT(*) FROM media_chunk) AS chunks
          """
        ) { "\(try $0.integer("blobs")) blobs, \(try $0.integer("chunks")) chunks" }
      }
    )
  }
}
