import CustomerCare
import Storage

/// What was accepted at the commit and nobody carries: after a crash, a shutdown, or a pause of the network.
///
/// Level-triggered: it asks what waits and may go now, and hands it to the same gate as everything else.
struct Release: Sendable {
  let engine: any SQLEngine
  let outbox: Outbox
  let time: any TimeSource

  /// Hands over what waits.
  func round() async throws(StoreError) {
    let now = time.now
    let records = try await engine.read { unit in
      try Wait.dispatchable(now: now, limit: Due.batchMax, in: unit).compactMap {
        try Requests.find($0, in: unit)
      }
    }
    for record in records { outbox.resume(record) }
  }
}
