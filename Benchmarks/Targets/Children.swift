import Dispatch
import Foundation
import Synchronization

/// The programs a benchmark has started and not yet ended.
///
/// Each is in a process group of its own, so a Ctrl-C at the terminal reaches only the benchmark.
final class Children: Sendable {
  private let pids = Mutex<Set<Int32>>([])

  /// Remembers a program.
  func started(_ pid: Int32) {
    pids.withLock { _ = $0.insert(pid) }
  }

  /// Forgets a program that has ended.
  func ended(_ pid: Int32) {
    pids.withLock { _ = $0.remove(pid) }
  }

  /// Kills what still runs when SIGINT or SIGTERM comes, then lets the signal do what it always does.
  ///
  /// The sources work as long as they are held.
  func killOnSignals() -> [any DispatchSourceSignal] {
    [SIGINT, SIGTERM].map { number in
      signal(number, SIG_IGN)
      let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
      source.setEventHandler {
        for pid in self.pids.withLock({ $0 }) { kill(pid, SIGKILL) }
        signal(number, SIG_DFL)
        // Not `raise`: Dispatch's own threads block signals.
        kill(getpid(), number)
      }
      source.resume()
      return source
    }
  }
}
