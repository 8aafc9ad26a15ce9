package import CustomerCare

/// The only way time and chance come into the gateway.
package protocol TimeSource: Sendable {
  /// Wall-clock time: what Meta's timestamps are compared with.
  var now: Instant { get }

  /// Time that has passed since some moment: it never stands, and nobody sets it.
  var elapsed: Duration { get }

  /// Waits for a duration of elapsed time.
  ///
  /// - Throws: `CancellationError` when the task is cancelled.
  func sleep(for duration: Duration) async throws
}

/// Where new ids and nonces come from.
package protocol Chance: Sendable {
  /// Unpredictable bytes.
  func bytes(_ count: Int) -> [UInt8]
}

extension Chance {
  /// A new id of 128 random bits, in 26 characters that are safe in URLs, headers and logs.
  package func identifier() -> String {
    let alphabet = Array("0123456789abcdefghjkmnpqrstvwxyz".utf8)
    var bits: UInt64 = 0
    var held = 0
    var characters: [UInt8] = []
    for byte in bytes(16) {
      bits = bits << 8 | UInt64(byte)
      held += 8
      while held >= 5 {
        held -= 5
        characters.append(alphabet[Int(bits >> UInt64(held) & 31)])
      }
    }
    characters.append(alphabet[Int(bits << UInt64(5 - held) & 31)])
    return String(decoding: characters, as: UTF8.self)
  }
}
