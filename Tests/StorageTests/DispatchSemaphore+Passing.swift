import Dispatch

extension DispatchSemaphore {
  /// Waits until it is signalled once; then it is open for good, because a unit may have to run again.
  func pass() {
    wait()
    signal()
  }
}
