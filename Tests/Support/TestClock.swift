package import CustomerCare
import Gateway
import Synchronization

/// Time that only moves when a test moves it.
///
/// Sleepers wake in the order of their instants when the clock passes them. A test waits with
/// `sleepers(_:)` until what it drives has gone to sleep, and moves the clock then.
package final class TestClock: TimeSource {
  private struct Sleeper {
    let id: Int
    let wakesAt: Instant
    let continuation: CheckedContinuation<Void, any Error>
  }

  private struct State {
    var now: Instant
    var made = 0
    var sleepers: [Sleeper] = []
    var cancelled: Set<Int> = []
    var watchers: [(count: Int, continuation: CheckedContinuation<Void, Never>)] = []

    /// Who waited for as many sleepers as there are now.
    mutating func satisfied() -> [CheckedContinuation<Void, Never>] {
      let done = watchers.filter { $0.count <= sleepers.count }.map(\.continuation)
      watchers.removeAll { $0.count <= sleepers.count }
      return done
    }
  }

  private let state: Mutex<State>
  private let start: Instant

  /// Makes a clock that stands at an instant.
  package init(_ now: Instant) {
    state = Mutex(State(now: now))
    start = now
  }

  /// Where the clock stands.
  package var now: Instant { state.withLock { $0.now } }

  /// How far it was moved.
  package var elapsed: Duration { now.since(start) }

  /// Returns when the clock was moved that far; throws when cancelled.
  package func sleep(for duration: Duration) async throws {
    let id = state.withLock { state in
      state.made += 1
      return state.made
    }
    try await withTaskCancellationHandler {
      try await withCheckedThrowingContinuation { register($0, id, duration) }
    } onCancel: {
      cancel(id)
    }
  }

  /// Moves the clock on; whoever sleeps until then or earlier wakes.
  package func advance(by duration: Duration) {
    let woken = state.withLock { state in
      state.now = state.now + duration
      let now = state.now
      let due = state.sleepers.filter { $0.wakesAt <= now }.sorted { $0.wakesAt < $1.wakesAt }
      state.sleepers.removeAll { $0.wakesAt <= now }
      return due
    }
    for sleeper in woken { sleeper.continuation.resume() }
  }

  /// Moves the clock on to an instant; an earlier one than now changes nothing.
  package func advance(to instant: Instant) {
    advance(by: max(instant.since(now), .zero))
  }

  /// Returns once at least so many sleepers sleep.
  package func sleepers(_ count: Int = 1) async {
    await withCheckedContinuation { continuation in
      let done = state.withLock { state in
        state.watchers.append((count, continuation))
        return state.satisfied()
      }
      for watcher in done { watcher.resume() }
    }
  }

  private func register(
    _ continuation: CheckedContinuation<Void, any Error>,
    _ id: Int,
    _ duration: Duration
  ) {
    enum Entry { case cancelled, over, asleep }
    let (entry, done) = state.withLock { state -> (Entry, [CheckedContinuation<Void, Never>]) in
      if state.cancelled.remove(id) != nil { return (.cancelled, []) }
      guard duration > .zero else { return (.over, []) }
      state.sleepers.append(
        Sleeper(id: id, wakesAt: state.now + duration, continuation: continuation)
      )
      return (.asleep, state.satisfied())
    }
    switch entry {
    case .cancelled: continuation.resume(throwing: CancellationError())
    case .over: continuation.resume()
    case .asleep: for watcher in done { watcher.resume() }
    }
  }

  private func cancel(_ id: Int) {
    let sleeper = state.withLock { state in
      guard let index = state.sleepers.firstIndex(where: { $0.id == id }) else {
        state.cancelled.insert(id)
        return Sleeper?.none
      }
      return state.sleepers.remove(at: index)
    }
    sleeper?.continuation.resume(throwing: CancellationError())
  }
}
