/// What Meta's rules and ours say about files that customers send.
package enum MediaRule {
  /// How long Meta hands out a file that came by webhook, under the id the webhook gave.
  ///
  /// Source: …/business-phone-numbers/media (2025-12-02), read 2026-11-21.
  package static var idLifetime: Duration { .seconds(7 * 24 * 60 * 60) }

  /// The longest id that is looked after; Meta's have 15 to 17 digits.
  package static var idBytesMax: Int { 64 }

  /// The most bytes of one file, by its kind: as many as Meta takes of each.
  ///
  /// Meta counts binary megabytes.
  ///
  /// Source: …/business-phone-numbers/media (2025-12-02), read 2026-11-21.
  package static func bytesMax(_ kind: Content.Media.Kind) -> Int {
    switch kind {
    case .image: 5 << 20
    case .video, .audio, .voice: 16 << 20
    case .document: 100 << 20
    case .sticker: 500 << 10
    }
  }

  /// The pauses after the first failures; the last one stays.
  ///
  /// Seconds for a network that stumbles, minutes for one that is down, an hour for a token that
  /// somebody has to renew: what a customer sent is there at most an hour after that.
  package static var pauses: [Duration] { [5, 30, 120, 600, 1_800, 3_600].map { .seconds($0) } }

  /// How often a file is asked for that is not there before it is believed.
  ///
  /// Graph says the same (100, subcode 33) of what is gone and of what it does not know yet.
  package static var goneAttemptsMax: Int { 3 }

  /// How often bytes are fetched that do not have the hash Meta told, before they are given up:
  /// each time costs the whole file.
  package static var spoiltAttemptsMax: Int { 5 }

  /// When to try again after a failure.
  ///
  /// The last attempt is made when the id's life ends exactly.
  ///
  /// - Parameters:
  ///   - attempts: How many were made, this one included; at least 1.
  ///   - seenAt: When we heard of the file.
  ///   - now: When the last one failed.
  /// - Returns: The instant of the next attempt; `nil`: never, the id is dead.
  package static func next(after attempts: Int, seenAt: Instant, now: Instant) -> Instant? {
    let end = seenAt + idLifetime
    guard now < end else { return nil }
    let pause = pauses[min(max(attempts, 1), pauses.count) - 1]
    return min(now + pause, end)
  }
}
