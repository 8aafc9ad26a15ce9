import Synchronization

/// A door that holds back whoever comes, until a test opens it; and lets the test see that somebody came.
package final class Latch: Sendable {
  private struct State {
    var isOpen = false
    var arrived = 0
    var held: [CheckedContinuation<Void, Never>] = []
    var watchers: [(count: Int, continuation: CheckedContinuation<Void, Never>)] = []
  }

  private let state = Mutex(State())

  /// Makes a closed door.
  package init() {}

  /// Waits until the door is open.
  package func pass() async {
    await withCheckedContinuation { continuation in
      let woken = state.withLock { state in
        state.arrived += 1
        var woken = state.watchers.filter { $0.count <= state.arrived }.map(\.continuation)
        state.watchers.removeAll { $0.count <= state.arrived }
        if state.isOpen { woken.append(continuation) } else { state.held.append(continuation) }
        return woken
      }
      for waiter in woken { waiter.resume() }
    }
  }

  /// Returns once so many have come to the door.
  package func arrivals(_ count: Int = 1) async {
    await withCheckedContinuation { continuation in
      let isThere = state.withLock { state in
        if state.arrived >= count { return true }
        state.watchers.append((count, continuation))
        return false
      }
      if isThere { continuation.resume() }
    }
  }

  /// Lets everybody through, now and later.
  package func open() {
    let held = state.withLock { state in
      state.isOpen = true
      defer { state.held = [] }
      return state.held
    }
    for waiter in held { waiter.resume() }
  }
}

/// A count that somebody can wait for.
package final class Tally: Sendable {
  private struct State {
    var count = 0
    var waiters: [(count: Int, continuation: CheckedContinuation<Void, Never>)] = []
  }

  private let state = Mutex(State())

  /// Begins at 0.
  package init() {}

  /// How often it was raised.
  package var count: Int { state.withLock { $0.count } }

  /// Counts one more.
  package func raise() {
    let due = state.withLock { state in
      state.count += 1
      let due = state.waiters.filter { $0.count <= state.count }
      state.waiters.removeAll { $0.count <= state.count }
      return due
    }
    for waiter in due { waiter.continuation.resume() }
  }

  /// Returns once it was raised so often.
  package func reaches(_ count: Int) async {
    await withCheckedContinuation { continuation in
      let isReached = state.withLock { state in
        if state.count >= count { return true }
        state.waiters.append((count, continuation))
        return false
      }
      if isReached { continuation.resume() }
    }
  }
}
