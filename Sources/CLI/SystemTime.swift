import CustomerCare
import Foundation
import Gateway

/// The machine's clock and the system's randomness: the only place where either is asked.
struct SystemTime: TimeSource {
  var now: Instant {
    Instant(milliseconds: Int64((Date().timeIntervalSince1970 * 1000).rounded(.down)))
  }

  var elapsed: Duration { Self.began.duration(to: ContinuousClock().now) }

  private static let began = ContinuousClock().now

  func sleep(for duration: Duration) async throws {
    try await Task.sleep(for: duration)
  }
}

/// The operating system's random numbers.
struct SystemChance: Chance {
  func bytes(_ count: Int) -> [UInt8] {
    // The system is asked for eight bytes at a time.
    var generator = SystemRandomNumberGenerator()
    var bytes: [UInt8] = []
    while bytes.count < count {
      withUnsafeBytes(of: generator.next()) { bytes += $0.prefix(count - bytes.count) }
    }
    return bytes
  }
}
