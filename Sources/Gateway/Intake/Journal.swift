import CustomerCare
import Logging
import Storage

/// The third step of a webhook: appended, and on disk before it is answered.
struct Journaling: Sendable {
  let engine: any SQLEngine
  let wake: Wake

  /// Appends a body.
  ///
  /// - Parameters:
  ///   - body: The raw bytes.
  ///   - now: When they arrived.
  ///   - answered: Told `.stored` once the engine says that the unit is durable, or `.notStored`
  ///     when it could not be; on a thread of the engine's.
  func append(
    _ body: [UInt8],
    at now: Instant,
    answered: @escaping @Sendable (IntakeAnswer) -> Void
  ) {
    engine.write(.journal) { unit in
      try Journal.append(body, receivedAt: now, in: unit)
    } answered: { [wake] result in
      switch result {
      case .success:
        wake.signal()
        answered(.stored)
      case .failure(let error):
        Logger(label: "carewindow.intake").error(
          "A webhook could not be stored; Meta was asked to send it again",
          metadata: ["store.error": "\(error)", "webhook.bytes": "\(body.count)"]
        )
        answered(.notStored)
      }
    }
  }
}
