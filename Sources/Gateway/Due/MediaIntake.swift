import Crypto
import CustomerCare
import Storage

/// One file while it comes in: hashed, counted, and written chunk by chunk.
///
/// It holds one chunk at most; the last waits until the file is whole, and is written with the settlement, so that most
/// pictures are one unit of work.
struct MediaIntake {
  /// Why no more is taken.
  enum Failure: Error {
    /// There is more than there may be.
    case tooLarge
    /// Somebody else has the file by now.
    case overtaken
    /// The bytes do not have the hash that Meta told.
    case spoilt
  }

  let claimed: Fetch.Claimed
  let bytesMax: Int
  let lease: Duration

  private var digest = SHA256()
  private var size = 0
  private var chunks = 0
  private var place: MediaBytes.Place?
  private var held: [UInt8] = []

  init(claimed: Fetch.Claimed, bytesMax: Int, lease: Duration) {
    self.claimed = claimed
    self.bytesMax = bytesMax
    self.lease = lease
  }

  /// The hash of what came in.
  var hash: MediaHash {
    guard let hash = MediaHash([UInt8](digest.finalize())) else {
      preconditionFailure("SHA-256 has 32 bytes")
    }
    return hash
  }

  /// Takes the next piece, and writes every chunk that another byte follows.
  ///
  /// - Throws: `Failure` or `StoreError`.
  mutating func take(
    _ piece: [UInt8],
    at now: Instant,
    on engine: any SQLEngine
  ) async throws {
    size += piece.count
    guard size <= bytesMax else { throw Failure.tooLarge }
    digest.update(data: piece)
    var rest = piece[...]
    while !rest.isEmpty {
      if held.count == MediaBytes.chunkBytes { try await write(at: now, on: engine) }
      let taken = rest.prefix(MediaBytes.chunkBytes - held.count)
      held += taken
      rest = rest.dropFirst(taken.count)
    }
  }

  /// Makes what came in content; false when somebody else has the file.
  func keep(mimeType: String?, at now: Instant, on engine: any SQLEngine) async throws -> Bool {
    let whole = MediaBytes.Whole(
      hash: hash,
      size: size,
      mimeType: mimeType,
      place: place,
      last: held
    )
    let claimed = claimed
    @Sendable func keep() async throws -> Bool {
      try await engine.write(.rest) { unit in
        try MediaBytes.keep(whole, for: claimed, now: now, in: unit)
      }
    }
    do {
      return try await keep()
    } catch let error as StoreError where error.code == .constraint {
      // Another node made the same bytes content between our look and our commit: now they are found.
      return try await keep()
    }
  }

  /// Lets what came in be thrown away at once.
  func discard(at now: Instant, on engine: any SQLEngine) async throws {
    guard let place else { return }
    let claimed = claimed
    try await engine.write(.rest) { unit in
      try MediaBytes.discard(place, of: claimed, at: now, in: unit)
    }
  }

  private mutating func write(at now: Instant, on engine: any SQLEngine) async throws {
    let (bytes, number, before, claimed) = (held, chunks, place, claimed)
    let until = now + lease
    place = try await engine.write(.rest) { unit in
      try MediaBytes.append(bytes, number: number, to: before, of: claimed, until: until, in: unit)
    }
    guard place != nil else { throw Failure.overtaken }
    chunks += 1
    held.removeAll(keepingCapacity: true)
  }
}
