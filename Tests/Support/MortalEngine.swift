import Dispatch
package import Storage
import Synchronization

/// An engine whose process can die, or whose disk can fail, at a chosen write.
///
/// What was committed before stays: reopen the file with another engine and go on.
package final class MortalEngine: SQLEngine {
  private struct State {
    var plan: (priority: WritePriority, writesLeft: Int, event: @Sendable () -> Void)?
    var isDead = false
    var failures: [WritePriority: [Bool]] = [:]
  }

  private let engine: any SQLEngine
  private let state = Mutex(State())
  /// Raised after each of the other nodes' news was handed on.
  package let heard = Tally()

  /// Wraps an engine that lives for now.
  package init(_ engine: any SQLEngine) {
    self.engine = engine
  }

  /// The engine's own.
  package var dialect: SQLDialect { engine.dialect }
  /// The engine's own.
  package var isShared: Bool { engine.isShared }

  /// The process dies: nothing is read or written any more.
  package func die() {
    state.withLock { $0.isDead = true }
  }

  /// The process dies right after so many more writes of a priority have been committed.
  package func die(after priority: WritePriority, count: Int = 1) {
    after(priority, count: count) { [self] in die() }
  }

  /// Something happens right after so many more writes of a priority have been committed.
  package func after(
    _ priority: WritePriority,
    count: Int = 1,
    _ event: @escaping @Sendable () -> Void
  ) {
    state.withLock { $0.plan = (priority, count, event) }
  }

  /// The process hangs right after so many more writes of a priority have been committed, as one that is stopped does: who
  /// wrote hears of it only when `goOn` is called.
  ///
  /// - Parameters:
  ///   - priority: Of what is written.
  ///   - count: How many writes.
  ///   - hangs: Raised when it does.
  /// - Returns: What lets it go on.
  package func hang(
    after priority: WritePriority,
    count: Int = 1,
    _ hangs: Tally
  ) -> @Sendable () -> Void {
    let semaphore = DispatchSemaphore(value: 0)
    after(priority, count: count) {
      hangs.raise()
      // On a thread of the engine's, which has others.
      semaphore.wait()
    }
    return { semaphore.signal() }
  }

  /// The disk is full for one write of a priority, the next or the one after `skipping` others.
  package func failOnce(_ priority: WritePriority, skipping: Int = 0) {
    state.withLock { state in
      state.failures[priority] = Array(repeating: false, count: skipping) + [true]
    }
  }

  /// Writes, unless the process is dead or the disk full.
  package func write<Answer: Sendable>(
    _ priority: WritePriority,
    _ unit: @escaping @Sendable (any SQLUnit) throws -> Answer,
    answered: @escaping @Sendable (Result<Answer, StoreError>) -> Void
  ) {
    do {
      try checkPulse()
    } catch {
      return answered(.failure(error))
    }
    let fails = state.withLock { state in
      guard let next = state.failures[priority]?.first else { return false }
      state.failures[priority]?.removeFirst()
      return next
    }
    if fails {
      return answered(.failure(StoreError(code: .notStored, message: "The disk is full")))
    }
    engine.write(priority, unit) { [self] result in
      if case .success = result { noteCommit(of: priority) }
      answered(result)
    }
  }

  private func noteCommit(of priority: WritePriority) {
    let event: (@Sendable () -> Void)? = state.withLock { state in
      guard let plan = state.plan, plan.priority == priority else { return nil }
      state.plan?.writesLeft -= 1
      guard plan.writesLeft <= 1 else { return nil }
      state.plan = nil
      return plan.event
    }
    event?()
  }

  /// Writes as every other unit: the process of a test is alone.
  package func writeAlone<Answer: Sendable>(
    _ unit: @escaping @Sendable (any SQLUnit) throws -> Answer
  ) async throws(StoreError) -> Answer {
    try await write(.rest, unit)
  }

  /// Reads, unless the process is dead.
  package func read<Answer: Sendable>(
    _ unit: @escaping @Sendable (any SQLUnit) throws -> Answer
  ) async throws(StoreError) -> Answer {
    try checkPulse()
    return try await engine.read(unit)
  }

  /// The engine's own.
  package func changeToken() async throws(StoreError) -> Int64 {
    try await engine.changeToken()
  }

  /// The engine's own.
  package func tell(_ news: News) { engine.tell(news) }

  /// The engine's own.
  package func listen(_ heard: @escaping @Sendable (News) -> Void) {
    engine.listen { [tally = self.heard] news in
      heard(news)
      tally.raise()
    }
  }

  /// Closes the engine, dead or not.
  package func close() async throws(StoreError) {
    try await engine.close()
  }

  private func checkPulse() throws(StoreError) {
    if state.withLock({ $0.isDead }) {
      throw StoreError(code: .closed, message: "The process is dead")
    }
  }
}
