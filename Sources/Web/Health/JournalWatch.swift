import Gateway
import Synchronization

/// Whether the last webhook found room on the disk; shared by the door of the webhooks and `/readyz`.
final class JournalWatch: Sendable {
  private let fails = Mutex(false)

  /// Whether the last webhook that was to be stored could not be.
  var isFailing: Bool { fails.withLock { $0 } }

  /// Notes what a webhook was told; only whether it is on disk matters here.
  func note(_ answer: IntakeAnswer) {
    switch answer {
    case .stored: noteStored()
    case .notStored: fails.withLock { $0 = true }
    case .badSignature, .tooLarge, .tooSlow, .overloaded: break
    }
  }

  /// Notes that something is on disk again.
  func noteStored() { fails.withLock { $0 = false } }
}
