import Synchronization

/// The real clock, brought in from outside: the sandbox itself never asks the system.
package protocol SandboxTime: Sendable {
  /// Milliseconds since 1970.
  func now() -> Int64

  /// Waits; throws when cancelled.
  func sleep(milliseconds: Int64) async throws
}

/// The time at the simulated Meta, which may be moved forward.
package final class SandboxClock: Sendable {
  /// Whether time passes by itself.
  package enum Mode: String, Sendable {
    /// Time passes as the real clock's does, and can be moved forward beside that (`--clock real`).
    case flowing
    /// Time stands still until it is moved (`--clock manual`).
    case standing
  }

  /// The furthest a single move goes: 400 days.
  package static let moveMax: Int64 = 400 * 86_400_000

  private struct State {
    /// The time itself while it stands; what is added to the real clock while it flows.
    var offset: Int64
    var listeners: [Int: AsyncStream<Int64>.Continuation] = [:]
    var made = 0
  }

  /// Whether time passes by itself.
  package let mode: Mode

  private let time: any SandboxTime
  private let state: Mutex<State>

  /// Creates a clock.
  ///
  /// - Parameters:
  ///   - mode: Whether time passes by itself.
  ///   - time: The real clock.
  ///   - start: What the clock shows at first, in milliseconds since 1970; nil for the real time.
  package init(_ mode: Mode, time: any SandboxTime, start: Int64? = nil) {
    self.mode = mode
    self.time = time
    let real = time.now()
    state = Mutex(State(offset: mode == .standing ? start ?? real : (start ?? real) - real))
  }

  /// What the clock shows, in milliseconds since 1970.
  package var now: Int64 {
    let offset = state.withLock { $0.offset }
    return mode == .standing ? offset : offset + time.now()
  }

  /// Moves the clock forward to an instant; does nothing if it is past that already.
  package func move(to instant: Int64) {
    let shown = now
    guard instant > shown else { return }
    let listeners = state.withLock { state in
      state.offset += instant - shown
      return Array(state.listeners.values)
    }
    for listener in listeners { listener.yield(instant) }
  }

  /// Every move from now on, as the instant that the clock shows after it; of several moves that
  /// nobody has looked at yet the last stays.
  package func moves() -> AsyncStream<Int64> {
    let (stream, continuation) = AsyncStream.makeStream(
      of: Int64.self,
      bufferingPolicy: .bufferingNewest(1)
    )
    let id = state.withLock { state in
      state.made += 1
      state.listeners[state.made] = continuation
      return state.made
    }
    continuation.onTermination = { [weak self] _ in
      self?.state.withLock { $0.listeners[id] = nil }
    }
    return stream
  }

  /// Waits until the real clock has gone on by so many milliseconds.
  func sleep(milliseconds: Int64) async throws {
    try await time.sleep(milliseconds: milliseconds)
  }
}
