import CustomerCare
import Logging
import Storage

/// What time itself does: windows closing and closed, leases ended, waits lapsed.
struct Announce: Sendable {
  let engine: any SQLEngine
  let time: any TimeSource
  let changed: @Sendable () -> Void
  let logger = Logger(label: "carewindow.due")

  /// One sweep.
  ///
  /// - Returns: Whether it was full, so that another should follow at once.
  func round() async throws(StoreError) -> Bool {
    let now = time.now
    // A look in a snapshot is cheap; the writer is only asked when something is due.
    let next = try await engine.read { unit in
      try Wait.nextDue(closingLead: Due.closingLead, in: unit)
    }
    guard let next, next <= now else { return false }
    let report = try await engine.write(.rest) { unit in
      try Wait.sweep(now: now, closingLead: Due.closingLead, limit: Due.batchMax, in: unit)
    }
    for request in report.unknown {
      logger.warning(
        "A request was found on its way after its owner was gone; its outcome is unknown",
        metadata: ["request.id": "\(request)"]
      )
    }
    if report.unreadable > 0 {
      logger.error(
        "What was due cannot be read; it ended unannounced",
        metadata: ["rows": "\(report.unreadable)"]
      )
    }
    RequestState.unknown.count(report.unknown.count)
    RequestState.failed.count(report.failed.count)
    RequestState.expired.count(report.expired.count)
    RequestState.accepted.count(report.begun.count)
    if report.announced > 0 || !report.expired.isEmpty || !report.unknown.isEmpty
      || !report.failed.isEmpty
    {
      changed()
    }
    return report.announced >= Due.batchMax || report.failed.count >= Due.batchMax
      || report.unknown.count >= Due.batchMax || report.expired.count >= Due.batchMax
      || report.begun.count >= Due.batchMax
  }
}
