import Synchronization

/// The first step of a webhook: raw bytes, within limits, hashed while they arrive.
///
/// Nothing is decoded here. The step ends with the whole body in memory and the signature checked, or with the reason
/// why not. It belongs to one connection, and suspends nowhere: a webhook costs no task.
package final class Reception {
  private let intake: Intake
  private let signature: String?
  private var verify: Verify
  private var body: [UInt8] = []
  private var count = 0
  private var claimed = 0

  init(_ intake: Intake, signature: String?) {
    self.intake = intake
    self.signature = signature
    verify = Verify(intake.keys)
  }

  deinit { intake.inFlight.give(back: claimed) }

  /// Takes the next bytes of the body.
  ///
  /// - Returns: `nil` to go on, or the answer that ends the webhook here.
  package func take(_ bytes: some Collection<UInt8>) -> IntakeAnswer? {
    guard count + bytes.count <= intake.limits.bodyBytesMax else { return .tooLarge }
    count += bytes.count
    // Nobody can sign this any more: it is read only so that the connection can go on.
    guard signature != nil else { return nil }
    guard intake.inFlight.take(bytes.count) else { return .overloaded }
    claimed += bytes.count
    verify.update(bytes)
    body.append(contentsOf: bytes)
    return nil
  }

  /// Ends the body: it is verified and stored.
  ///
  /// - Parameter answered: Told once what Meta is told, on any thread, which it must not hold up.
  package func end(_ answered: @escaping @Sendable (IntakeAnswer) -> Void) {
    guard let signature, verify.matches(signature) else { return answered(.badSignature) }
    // The bytes count as in flight until they are on disk, whatever becomes of the connection.
    let (inFlight, claimed) = (intake.inFlight, claimed)
    self.claimed = 0
    intake.journal.append(body, at: intake.time.now) { answer in
      inFlight.give(back: claimed)
      answered(answer)
    }
  }
}

/// The bytes of all bodies that are being read and stored, bounded together.
final class InFlight: Sendable {
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
