import DequeModule
import CustomerCare
import Synchronization

/// Whose turn it is in each conversation, within this process: one message on its way, the next after its answer.
///
/// The lease in the database is what keeps order between processes; this keeps those who would only wait for it in a queue.
final class Turns: Sendable {
  /// A conversation, as the sender named it.
  struct Conversation: Hashable, Sendable {
    var number: PhoneNumberID
    var alias: Alias
  }

  private struct Waiter {
    let id: Int
    /// Resumed with whether the turn came.
    let continuation: CheckedContinuation<Bool, Never>
  }

  private struct State {
    var made = 0
    /// Who waits, by conversation; one that is free has no queue.
    var queues: [Conversation: Deque<Waiter>] = [:]
    /// Whose deadline passed before they could queue.
    var late: Set<Int> = []
  }

  private let state = Mutex(State())

  /// Waits for the conversation, runs the work, and lets the next one in.
  ///
  /// - Returns: What the work gives; `nil` when the turn did not come before the deadline.
  func take<Answer: Sendable>(
    _ conversation: Conversation,
    until deadline: Instant,
    by time: any TimeSource,
    _ work: () async -> Answer
  ) async -> Answer? {
    guard await enter(conversation, until: deadline, by: time) else { return nil }
    defer { leave(conversation) }
    return await work()
  }

  private func enter(
    _ conversation: Conversation,
    until deadline: Instant,
    by time: any TimeSource
  ) async -> Bool {
    let id: Int? = state.withLock { state in
      guard state.queues[conversation] != nil else {
        state.queues[conversation] = []
        return nil
      }
      state.made += 1
      return state.made
    }
    guard let id else { return true }
    let isTaken = await withTaskGroup { group in
      group.addTask {
        let left = max(deadline.since(time.now), .zero)
        if (try? await time.sleep(for: left)) != nil { self.giveUp(id, conversation) }
      }
      let isTaken = await withCheckedContinuation { continuation in
        queue(Waiter(id: id, continuation: continuation), conversation)
      }
      group.cancelAll()
      return isTaken
    }
    state.withLock { _ = $0.late.remove(id) }
    return isTaken
  }

  private func queue(_ waiter: Waiter, _ conversation: Conversation) {
    let isTaken: Bool? = state.withLock { state in
      if state.late.contains(waiter.id) { return false }
      guard state.queues[conversation] != nil else {
        // Who was before has left meanwhile.
        state.queues[conversation] = []
        return true
      }
      state.queues[conversation]?.append(waiter)
      return nil
    }
    if let isTaken { waiter.continuation.resume(returning: isTaken) }
  }

  private func giveUp(_ id: Int, _ conversation: Conversation) {
    let waiter = state.withLock { state in
      guard let index = state.queues[conversation]?.firstIndex(where: { $0.id == id }) else {
        state.late.insert(id)
        return Waiter?.none
      }
      return state.queues[conversation]?.remove(at: index)
    }
    waiter?.continuation.resume(returning: false)
  }

  private func leave(_ conversation: Conversation) {
    let next = state.withLock { state in
      guard let next = state.queues[conversation]?.popFirst() else {
        state.queues[conversation] = nil
        return Waiter?.none
      }
      return next
    }
    next?.continuation.resume(returning: true)
  }
}
