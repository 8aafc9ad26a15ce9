import CustomerCare
import Storage

/// Files that were kept long enough, and bytes that nothing refers to: thrown away a little at a time.
struct PruneMedia: Sendable {
  /// How many files one round gives up: each is a row of its own, and a look at who else refers to its bytes.
  private static let batchMax = 64

  let engine: any SQLEngine
  let time: any TimeSource
  let keepFor: Duration

  /// One round.
  ///
  /// - Returns: Whether more may be due.
  func round() async throws(StoreError) -> Bool {
    let (now, keepFor) = (time.now, keepFor)
    let next = try await engine.read { unit in
      try MediaRetention.nextDue(keepFor: keepFor, in: unit)
    }
    guard let next, next <= now else { return false }
    let pruned = try await engine.write(.rest) { unit in
      try MediaRetention.prune(before: now - keepFor, now: now, limit: Self.batchMax, in: unit)
    }
    let isDiscarding = try await engine.write(.rest) { unit in
      try MediaRetention.discard(now: now, in: unit)
    }
    return isDiscarding || pruned == Self.batchMax
  }
}
