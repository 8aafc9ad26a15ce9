import DequeModule
import Foundation
import Storage

/// Threads that wait for units, each with a connection of its own.
///
/// - Why: libpq's calls block, so they belong on threads of ours; and a pool of them is the bound on what the server
///   has to do for us at once.
/// - How: whoever has nothing to do takes what has waited longest. Webhooks that wait are taken together.
/// - Otherwise: a unit that blocks for long takes one of few threads away; the server's time-outs bound that.
final class Crew: Sendable {
  /// What a thread does with what it took.
  typealias Work = @Sendable (_ units: [QueuedUnit], _ desk: Desk) -> Void

  /// A thread's own place, with its connection.
  final class Desk {
    /// The connection; `nil` until it is needed, and after it broke.
    var connection: Connection?
    /// What the connection before may have left behind.
    var remains: Remains?
    /// What its transactions leave behind.
    var mark = CommitMark()
    /// Whether it waits for its turn at applying.
    var turn = ApplyTurn()
  }

  /// A session of ours whose connection broke in the middle of a transaction.
  ///
  /// A server that was cut off does not know it, and would keep the transaction and its locks until a limit ends them:
  /// everybody who wants the same rows would wait, whoever runs the unit again first of all.
  struct Remains {
    let process: Int32
    let transaction: String

    /// The statement that finds the session, while its transaction is neither committed nor undone.
    func search(_ what: String = "pid") -> String {
      """
      SELECT \(what) FROM pg_stat_activity
      WHERE pid = \(process) AND backend_xid = '\(transaction)'::xid8::xid
      """
    }

    /// The statement that ends the session; only one that waits for us, where it may be committing.
    func burial(ifIdle isIdle: Bool = false) -> String {
      search("pg_terminate_backend(pid)") + (isIdle ? " AND state = 'idle in transaction'" : "")
    }
  }

  /// Everything that threads share; used only with `condition` locked.
  private final class State {
    var waiting: Deque<QueuedUnit> = []
    var isClosed = false
    var atWork: Int
    init(atWork: Int) { self.atWork = atWork }
  }

  private let condition = NSCondition()
  // Proof: read and written only while `condition` is locked.
  private nonisolated(unsafe) let state: State
  private let together: Int

  /// Starts the threads.
  ///
  /// - Parameters:
  ///   - name: What the threads are called.
  ///   - count: How many.
  ///   - together: How many webhooks share a transaction at most.
  ///   - work: Run on a thread for what it took; answers every unit.
  init(_ name: String, count: Int, together: Int, _ work: @escaping Work) {
    state = State(atWork: count)
    self.together = together
    for index in 0..<count {
      let thread = Thread { [self] in
        let desk = Desk()
        while let units = take() { work(units, desk) }
        condition.withLock {
          state.atWork -= 1
          condition.broadcast()
        }
      }
      thread.name = "\(name)-\(index)"
      thread.start()
    }
  }

  /// How many units wait.
  var waiting: Int { condition.withLock { state.waiting.count } }

  /// Lets a unit wait for a thread.
  func enqueue(_ unit: QueuedUnit) {
    let isClosed = condition.withLock {
      guard !state.isClosed else { return true }
      state.waiting.append(unit)
      condition.signal()
      return false
    }
    if isClosed { unit.fail(.engineClosed) }
  }

  /// Takes no more units; the threads end when all that wait are done.
  func close() {
    condition.withLock {
      state.isClosed = true
      condition.broadcast()
    }
  }

  /// Takes no more units, and returns when all that wait are done and the threads have ended.
  func finish() {
    close()
    condition.withLock {
      while state.atWork > 0 { condition.wait() }
    }
  }

  private func take() -> [QueuedUnit]? {
    condition.withLock {
      while state.waiting.isEmpty, !state.isClosed { condition.wait() }
      guard let first = state.waiting.popFirst() else { return nil }
      var units = [first]
      guard first.priority == .journal, !first.isAlone else { return units }
      while units.count < together, state.waiting.first?.priority == .journal {
        units.append(state.waiting.removeFirst())
      }
      return units
    }
  }
}

extension StoreError {
  /// The engine has been closed.
  static var engineClosed: StoreError {
    StoreError(code: .closed, message: "The database has been closed")
  }
}
