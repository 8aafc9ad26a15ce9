import CustomerCare
import Logging
import Storage

/// The third step of a webhook: appended, and on disk before it is answered.
struct Journaling: Sendable {
  let engine: any SQLEngine
  let wake: Wake

  /// Appends a body.
  ///
  /// - Returns: `.stored` once the engine says that the unit is durable; `.notStored` when it could not be.
  func append(_ body: [UInt8], at now: Instant) async -> IntakeAnswer {
    do {
      _ = try await engine.write(.journal) { unit in
        try Journal.append(body, receivedAt: now, in: unit)
      }
      wake.signal()
      return .stored
    } catch {
      Logger(label: "carewindow.intake").error(
        "A webhook could not be stored; Meta was asked to send it again",
        metadata: ["store.error": "\(error)", "webhook.bytes": "\(body.count)"]
      )
      return .notStored
    }
  }
}
