import CustomerCare
import DequeModule
import Synchronization

/// Whose turn it is in each conversation, within this process: one message on its way, the next after its answer.
///
/// The lease in the database is what keeps order between processes; this keeps those who would only wait for it in a queue.
final class Turns: Sendable {
  /// A conversation, as the sender named it.
  struct Conversation: Hashable, Sendable {
    var number: PhoneNumberID
    var alias: Alias

    /// The conversation of a request.
    init(_ request: SendRequest) {
      number = request.from
      alias = request.to.alias
    }
  }

  private struct Waiter {
    let id: Int
    let request: SendRequest
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

  /// Takes a conversation that is free; whoever got it lets the next one in with `leave`.
  func takeIfFree(_ conversation: Conversation) -> Bool {
    state.withLock { state in
      guard state.queues[conversation] == nil else { return false }
      state.queues[conversation] = []
      return true
    }
  }

  /// Waits for a request's conversation, runs the work, and lets the next one in.
  ///
  /// Who waits is let in in the order in which a claim lets go, so that nobody waits for somebody behind.
  ///
  /// - Returns: What the work gives; `nil` when the turn did not come before the deadline.
  func take<Answer: Sendable>(
    _ request: SendRequest,
    until deadline: Deadline,
    _ work: () async -> Answer
  ) async -> Answer? {
    guard await enter(request, until: deadline) else { return nil }
    defer { leave(Conversation(request)) }
    return await work()
  }

  private func enter(
    _ request: SendRequest,
    until deadline: Deadline
  ) async -> Bool {
    let conversation = Conversation(request)
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
        if (try? await deadline.time.sleep(for: deadline.left)) != nil {
          self.giveUp(id, conversation)
        }
      }
      let isTaken = await withCheckedContinuation { continuation in
        queue(Waiter(id: id, request: request, continuation: continuation), conversation)
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
      guard let queue = state.queues[conversation] else {
        // Who was before has left meanwhile.
        state.queues[conversation] = []
        return true
      }
      let place = queue.lastIndex { !waiter.request.goesBefore($0.request) }
      state.queues[conversation]?.insert(waiter, at: place.map { $0 + 1 } ?? 0)
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

  /// Lets the next one in.
  func leave(_ conversation: Conversation) {
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

extension SendRequest {
  /// Whether a claim lets it go before another of the same conversation.
  fileprivate func goesBefore(_ other: SendRequest) -> Bool {
    (at, id) < (other.at, other.id)
  }
}
