import CustomerCare
import Synchronization

/// The first step of a webhook: raw bytes, within limits, hashed while they are read.
///
/// Nothing is decoded here. The step ends with the whole body in memory and the signature checked, or with the reason
/// why not.
package struct Receive: Sendable {
  private let limits: IntakeLimits
  private let keys: Verify.Keys
  private let inFlight: InFlight

  init(limits: IntakeLimits, secrets: [String]) {
    self.limits = limits
    keys = Verify.Keys(secrets)
    inFlight = InFlight(bytesMax: limits.inFlightBytesMax)
  }

  /// Reads a body to its end and verifies its signature.
  ///
  /// - Parameters:
  ///   - chunks: The body as it arrives.
  ///   - signature: The value of `X-Hub-Signature-256`; `nil` when the header is missing.
  ///   - store: Takes a body whose signature is right; its bytes count as in flight until then.
  /// - Returns: What `store` answered, or the answer that ends the webhook here.
  /// - Throws: What `chunks` throws.
  func read<Chunks: AsyncSequence>(
    _ chunks: Chunks,
    signature: String?,
    store: ([UInt8]) async -> IntakeAnswer
  ) async throws -> IntakeAnswer where Chunks.Element == ArraySlice<UInt8> {
    guard let signature else { return .badSignature }
    var verify = Verify(keys)
    var body: [UInt8] = []
    var claimed = 0
    defer { inFlight.give(back: claimed) }
    for try await chunk in chunks {
      guard body.count + chunk.count <= limits.bodyBytesMax else { return .tooLarge }
      guard inFlight.take(chunk.count) else { return .overloaded }
      claimed += chunk.count
      verify.update(chunk)
      body += chunk
    }
    guard verify.matches(signature) else { return .badSignature }
    return await store(body)
  }
}

/// The bytes of all bodies that are being read and stored, bounded together.
private final class InFlight: Sendable {
  private let bytesMax: Int
  private let bytes = Mutex(0)

  init(bytesMax: Int) {
    self.bytesMax = bytesMax
  }

  func take(_ count: Int) -> Bool {
    bytes.withLock { held in
      guard held + count <= bytesMax else { return false }
      held += count
      return true
    }
  }

  func give(back count: Int) {
    bytes.withLock { $0 -= count }
  }
}
