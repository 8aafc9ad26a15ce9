package import CloudAPI
import Synchronization

/// The simulated Meta with its clock: what the server, the sender and a demonstration share.
///
/// A shell around values: it locks, asks the clock, and wakes the sender.
package final class SandboxWorld: Sendable {
  /// How many steps one move of the clock takes at most; beyond it the clock jumps and what is due is
  /// delivered at once.
  static let stepsMax = 100_000

  fileprivate struct State {
    var meta: SimulatedMeta
    var waiting: [CheckedContinuation<Void, Never>] = []
    var hasSender = false
  }

  /// The clock.
  package let clock: SandboxClock

  private let state: Mutex<State>
  private let wake: AsyncStream<Void>.Continuation
  let wakeUps: AsyncStream<Void>

  /// Creates a world.
  package init(_ meta: SimulatedMeta, clock: SandboxClock) {
    self.clock = clock
    state = Mutex(State(meta: meta))
    (wakeUps, wake) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
  }

  /// Does something with the simulated Meta at the clock's time, and wakes the sender.
  package func with<Result: Sendable, Failure: Error>(
    _ act: (inout SimulatedMeta, _ now: Int64) throws(Failure) -> sending Result
  ) throws(Failure) -> Result {
    let now = clock.now
    let result = try state.withLock { (state) throws(Failure) -> sending Result in
      try act(&state.meta, now)
    }
    wake.yield()
    return result
  }

  /// A customer writes; see `SimulatedMeta.customerWrites`.
  @discardableResult
  package func customerWrites(_ name: String, _ json: JSON = [:]) throws(MetaError) -> JSON {
    try with { (meta, now) throws(MetaError) in try meta.customerWrites(name, json, now: now) }
  }

  /// A customer calls; see `SimulatedMeta.customerCalls`.
  @discardableResult
  package func customerCalls(_ name: String, _ json: JSON = [:]) throws(MetaError) -> JSON {
    try with { (meta, now) throws(MetaError) in try meta.customerCalls(name, json, now: now) }
  }

  /// A person types in the app; see `SimulatedMeta.appWrites`.
  @discardableResult
  package func appWrites(_ json: JSON) throws(MetaError) -> JSON {
    try with { (meta, now) throws(MetaError) in try meta.appWrites(json, now: now) }
  }

  /// Moves the clock forward and delivers what falls due on the way, in order: the clock stops at
  /// each instant until what is due then was posted and answered.
  ///
  /// - Returns: How many instants there were on the way.
  @discardableResult
  package func advance(milliseconds: Int64) async -> Int {
    let target = clock.now + Swift.min(Swift.max(0, milliseconds), SandboxClock.moveMax)
    var steps = 0
    while steps < Self.stepsMax {
      await quiet()
      guard let next = state.withLock({ $0.meta.nextAt }), next <= target else { break }
      clock.move(to: next)
      wake.yield()
      steps += 1
      with { meta, now in meta.settle(now: now) }
    }
    clock.move(to: target)
    with { meta, now in meta.settle(now: now) }
    await quiet()
    return steps
  }

  /// Waits until nothing is due or under way; at once if nobody sends.
  func quiet() async {
    await withCheckedContinuation { continuation in
      let now = clock.now
      let isQuiet = state.withLock { state in
        state.meta.settle(now: now)
        guard state.hasSender, !state.meta.isQuiet else { return true }
        state.waiting.append(continuation)
        return false
      }
      if isQuiet { continuation.resume() } else { wake.yield() }
    }
  }

  /// Hands out what is to be posted now.
  func takePosts(limit: Int) -> (posts: [WebhookPost], nextAt: Int64?) {
    let now = clock.now
    let out = state.withLock { state in
      let posts = state.meta.takePosts(limit: limit, now: now)
      return (posts: posts, nextAt: state.meta.nextAt, free: state.freeIfQuiet())
    }
    for continuation in out.free { continuation.resume() }
    return (out.posts, out.nextAt)
  }

  /// Notes how a body was answered.
  func post(_ id: Int, answered status: Int?) {
    let now = clock.now
    let free = state.withLock { state in
      state.meta.post(id, answered: status, now: now)
      return state.freeIfQuiet()
    }
    for continuation in free { continuation.resume() }
    wake.yield()
  }

  /// Says whether somebody posts what is due; nobody waits for quiet otherwise.
  func setSender(_ isThere: Bool) {
    let free = state.withLock { state in
      state.hasSender = isThere
      return state.freeIfQuiet()
    }
    for continuation in free { continuation.resume() }
  }

  /// Wakes the sender.
  func wakeSender() { wake.yield() }
}

extension SandboxWorld.State {
  /// Those who wait for quiet, if it is.
  fileprivate mutating func freeIfQuiet() -> [CheckedContinuation<Void, Never>] {
    guard meta.isQuiet || !hasSender else { return [] }
    defer { waiting = [] }
    return waiting
  }
}
