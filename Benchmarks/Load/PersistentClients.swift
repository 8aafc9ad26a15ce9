import NIOCore
import Synchronization

/// Clients that send each webhook until it is acknowledged, at the next node after every failure: in little, and
/// with less patience, what Meta does through a proxy.
final class PersistentClients: Sendable {
  /// What they met with.
  struct Record: Sendable {
    /// When each acknowledgement came, in nanoseconds of the monotonic clock.
    var acknowledged: [Int64] = []
    /// The longest that one webhook waited for its acknowledgement, from its first attempt, in nanoseconds.
    var longestWait: Int64 = 0
    /// Attempts that were not answered with 200.
    var failures = 0
    /// Webhooks that were given up.
    var givenUp = 0
  }

  private struct State {
    var next = 0
    var isOver = false
    var record = Record()
  }

  /// How many there are.
  static let count = 16
  /// How long each rests between two webhooks: some hundred a second together, which leaves the machine time.
  private static let rest: Duration = .milliseconds(20)
  /// How long each rests after a failure.
  private static let restAfterFailure: Duration = .milliseconds(10)
  /// How long a webhook is tried.
  private static let patienceNanoseconds: Int64 = 60_000_000_000

  private let supply: RequestSupply
  private let ports: [Int]
  private let state = Mutex(State())

  init(_ supply: RequestSupply, ports: [Int]) {
    self.supply = supply
    self.ports = ports
  }

  /// Sends until `finish`, or until the supply ends; each client ends the webhook it has in hand.
  func run() async -> Record {
    await withTaskGroup { group in
      for client in 0..<Self.count { group.addTask { await self.run(client) } }
    }
    return state.withLock(\.record)
  }

  /// Has no more webhooks begun.
  func finish() { state.withLock { $0.isOver = true } }

  /// Whether an acknowledgement came after an instant.
  func hasAcknowledged(since instant: Int64) -> Bool {
    state.withLock { state in state.record.acknowledged.last.map { $0 > instant } ?? false }
  }

  /// Now, on the clock of the record.
  static var now: Int64 { Int64(NIODeadline.now().uptimeNanoseconds) }

  private func run(_ client: Int) async {
    var turn = client
    var caller: Caller?
    while let index = begin() {
      let since = Self.now
      var isAcknowledged = false
      while !isAcknowledged, Self.now - since < Self.patienceNanoseconds, !Task.isCancelled {
        do {
          let open: Caller
          if let caller {
            open = caller
          } else {
            open = try await Caller.connect(port: ports[turn % ports.count])
          }
          caller = open
          isAcknowledged = try await open.ask(supply[index]).status == 200
        } catch {
          // The node is gone, or lets go: whatever it was, the next attempt is made elsewhere.
          isAcknowledged = false
        }
        guard !isAcknowledged else { break }
        caller?.close()
        caller = nil
        turn += 1
        state.withLock { $0.record.failures += 1 }
        try? await Task.sleep(for: Self.restAfterFailure)
      }
      end(isAcknowledged: isAcknowledged, since: since)
      try? await Task.sleep(for: Self.rest)
    }
    caller?.close()
  }

  private func begin() -> Int? {
    state.withLock { state in
      guard !state.isOver, state.next < supply.count else { return nil }
      defer { state.next += 1 }
      return state.next
    }
  }

  private func end(isAcknowledged: Bool, since: Int64) {
    let now = Self.now
    state.withLock { state in
      if isAcknowledged {
        state.record.acknowledged.append(now)
      } else {
        state.record.givenUp += 1
      }
      state.record.longestWait = max(state.record.longestWait, now - since)
    }
  }
}
