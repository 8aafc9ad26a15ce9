import CustomerCare
import Logging
import Storage

/// What was accepted at the commit and nobody carries: after a crash, a shutdown, or a pause of the network.
///
/// Level-triggered: it asks what waits and may go now, and hands it to the same gate as everything else.
struct Release: Sendable {
  let engine: any SQLEngine
  let outbox: Outbox
  let time: any TimeSource
  let logger = Logger(label: "carewindow.due")

  /// Hands over what waits.
  func round() async throws(StoreError) {
    let now = time.now
    let (records, unreadable) = try await engine.read { unit in
      var records: [RequestRecord] = []
      var unreadable: [RequestID] = []
      for id in try Wait.dispatchable(now: now, limit: Due.batchMax, in: unit) {
        do {
          if let record = try Requests.find(id, in: unit) { records.append(record) }
        } catch let error as StoreError where error.code == .unreadable {
          unreadable.append(id)
        }
      }
      return (records, unreadable)
    }
    for record in records { outbox.resume(record) }
    for id in unreadable {
      logger.error("A request cannot be read; it failed", metadata: ["request.id": "\(id)"])
      try await engine.write(.rest) { unit in try Wait.end(unreadable: id, now: now, in: unit) }
    }
  }
}
