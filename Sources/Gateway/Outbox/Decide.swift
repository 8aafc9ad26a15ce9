import CustomerCare
import Storage

/// The second step of a send: the gate, on facts read in one snapshot.
///
/// Reserve and Dispatch run the same `decide` inside their transactions. Here it is asked alone: for a preview, and for receipts,
/// which are not remembered.
struct Decide: Sendable {
  let engine: any SQLEngine
  let margin: Duration
  let time: any TimeSource

  /// What the gate would say now, and what it looked at.
  func verdict(on request: SendRequest) async throws(StoreError) -> (Verdict, SendFacts) {
    let now = time.now
    let facts = try await engine.read { unit in
      try Reserve.facts(for: request, now: now, margin: margin, in: unit)
    }
    return (decide(request, given: facts), facts)
  }
}
