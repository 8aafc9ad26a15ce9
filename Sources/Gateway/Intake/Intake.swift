import CustomerCare
import Logging
import Metrics
package import Storage

/// What a webhook is told.
///
/// Meta sees a status code; nothing else is said to whoever has no signature.
package enum IntakeAnswer: Sendable, Hashable, CaseIterable {
  /// On disk. 200.
  case stored
  /// No signature, or one that fits none of the app secrets. 401.
  case badSignature
  /// More than `IntakeLimits.bodyBytesMax`. 413.
  case tooLarge
  /// Did not arrive within `IntakeLimits.bodyTime`. 408.
  case tooSlow
  /// Too many bytes in flight: Meta will try again. 503.
  case overloaded
  /// The journal could not store it: Meta will try again. 503.
  case notStored
}

extension IntakeAnswer {
  /// The answer in one stable word, for the metric.
  var word: String {
    switch self {
    case .stored: "stored"
    case .badSignature: "bad_signature"
    case .tooLarge: "too_large"
    case .tooSlow: "too_slow"
    case .overloaded: "overloaded"
    case .notStored: "not_stored"
    }
  }
}

/// How much a webhook may ask of us.
package struct IntakeLimits: Sendable {
  /// The largest body, in bytes.
  ///
  /// Meta's own limit is 3 MB (webhooks overview, read 2026-11-21); one third on top.
  package var bodyBytesMax = 4 * 1024 * 1024
  /// All bodies in flight together, in bytes: 64 of the largest, or a quarter of a million usual ones.
  package var inFlightBytesMax = 256 * 1024 * 1024
  /// How long a body may take to arrive.
  ///
  /// Meta gives up after about 20 s.
  package var bodyTime: Duration = .seconds(20)

  /// The defaults.
  package init() {}
}

/// The flow of a webhook as far as its 200: receive, verify, journal.
package struct Intake: Sendable {
  let keys: Verify.Keys
  let inFlight: InFlight
  let journal: Journaling
  let time: any TimeSource
  /// Made once: looking one up by its labels costs more than counting.
  private let counters: [IntakeAnswer: Counter]

  /// The limits this intake keeps.
  package let limits: IntakeLimits

  /// Makes an intake.
  ///
  /// - Parameters:
  ///   - engine: Where the journal is.
  ///   - secrets: The Meta app secrets, any of which may have signed.
  ///   - limits: How much a webhook may ask.
  ///   - wake: Signalled after each entry, so that apply starts at once.
  ///   - time: Stamps the receipt.
  package init(
    engine: any SQLEngine,
    secrets: [String],
    limits: IntakeLimits = IntakeLimits(),
    wake: Wake,
    time: any TimeSource
  ) {
    self.limits = limits
    self.time = time
    counters = Dictionary(
      uniqueKeysWithValues: IntakeAnswer.allCases.map {
        ($0, Counter(label: "carewindow_webhooks_total", dimensions: [("result", $0.word)]))
      }
    )
    keys = Verify.Keys(secrets)
    inFlight = InFlight(bytesMax: limits.inFlightBytesMax)
    journal = Journaling(engine: engine, wake: wake)
  }

  /// Begins to receive a webhook.
  ///
  /// - Parameter signature: The value of `X-Hub-Signature-256`, if there is one.
  /// - Returns: What takes its bytes; one for each webhook.
  package func begin(signature: String?) -> Reception {
    Reception(self, signature: signature)
  }

  /// Counts what a webhook was told, once for each.
  package func count(_ answer: IntakeAnswer) {
    counters[answer]?.increment()
  }
}
