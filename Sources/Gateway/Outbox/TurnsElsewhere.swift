import CustomerCare
import Storage
import Synchronization

/// Who waits here for a conversation that another node has: woken when that node tells that it is free.
///
/// Looking without being told once a second would do, and is what happens when nothing is told; but then each turn of a
/// conversation that two nodes write to would cost up to a second.
final class TurnsElsewhere: Sendable {
  /// A place to wait for one conversation.
  struct Place: Sendable {
    fileprivate let id: Int
    fileprivate let turn: News
    fileprivate let comes: AsyncStream<Void>
  }

  private struct State {
    var made = 0
    var waiting: [News: [Int: AsyncStream<Void>.Continuation]] = [:]
  }

  private let state = Mutex(State())

  /// Takes a place; a turn that comes from now on ends the waiting, even if it begins later.
  func takePlace(for request: SendRequest) -> Place {
    let turn = News.turn(of: request)
    let (comes, continuation) = AsyncStream<Void>.makeStream(bufferingPolicy: .bufferingNewest(1))
    let id = state.withLock { state in
      state.made += 1
      state.waiting[turn, default: [:]][state.made] = continuation
      return state.made
    }
    return Place(id: id, turn: turn, comes: comes)
  }

  /// Waits until the conversation may be free, the time is over, or the task is cancelled; once for each place.
  func wait(_ place: Place, atMost duration: Duration, by time: any TimeSource) async {
    await withTaskGroup { group in
      group.addTask {
        // Cancelled, somebody else has ended the waiting.
        _ = try? await time.sleep(for: duration)
      }
      group.addTask { for await _ in place.comes { break } }
      await group.next()
      group.cancelAll()
    }
  }

  /// Gives a place back.
  func leave(_ place: Place) {
    state.withLock { state in
      state.waiting[place.turn]?[place.id] = nil
      if state.waiting[place.turn]?.isEmpty == true { state.waiting[place.turn] = nil }
    }
  }

  /// Another node has told that a conversation is free.
  func come(_ turn: News) {
    let waiting = state.withLock { $0.waiting[turn] ?? [:] }
    for continuation in waiting.values { continuation.yield() }
  }
}
