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

  private let queues = Mutex<[Conversation: Deque<CheckedContinuation<Void, Never>>]>([:])

  /// Waits for the conversation, runs the work, and lets the next one in.
  func take<Answer: Sendable>(
    _ conversation: Conversation,
    _ work: () async -> Answer
  ) async -> Answer {
    await enter(conversation)
    defer { leave(conversation) }
    return await work()
  }

  private func enter(_ conversation: Conversation) async {
    await withCheckedContinuation { continuation in
      let isFree = queues.withLock { queues in
        guard queues[conversation] != nil else {
          queues[conversation] = []
          return true
        }
        queues[conversation]?.append(continuation)
        return false
      }
      if isFree { continuation.resume() }
    }
  }

  private func leave(_ conversation: Conversation) {
    let next = queues.withLock { queues in
      guard let next = queues[conversation]?.popFirst() else {
        queues[conversation] = nil
        return CheckedContinuation<Void, Never>?.none
      }
      return next
    }
    next?.resume()
  }
}
