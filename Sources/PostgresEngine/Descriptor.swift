import Foundation

/// A file descriptor that a thread waits for.
struct Descriptor {
  private let number: Int32
  private let isWriting: Bool

  /// One that is waited for until there is something to read, or room to write as well.
  init(_ number: Int32, isWriting: Bool = false) {
    self.number = number
    self.isWriting = isWriting
  }

  /// Holds the thread until one of them is ready or broken, or the time is over.
  ///
  /// - Returns: For each whether it is; none when the time is over.
  static func wait(for descriptors: [Descriptor], atMost duration: Duration) -> [Bool] {
    var polled = descriptors.map { descriptor in
      pollfd(
        fd: descriptor.number,
        events: Int16(POLLIN) | (descriptor.isWriting ? Int16(POLLOUT) : 0),
        revents: 0
      )
    }
    // A signal that ends the waiting early begins it again: nothing here is exact.
    while poll(&polled, nfds_t(polled.count), Int32(clamping: duration.milliseconds)) < 0 {
      guard errno == EINTR else { break }
    }
    return polled.map { $0.revents != 0 }
  }
}

/// Wakes a thread that waits for descriptors.
final class Bell: Sendable {
  /// What the thread waits for.
  let reader: Int32
  private let writer: Int32

  /// Makes one; `nil` when the process has no descriptors left.
  init?() {
    var ends: [Int32] = [0, 0]
    guard pipe(&ends) == 0 else { return nil }
    (reader, writer) = (ends[0], ends[1])
    for end in ends {
      _ = fcntl(end, F_SETFL, O_NONBLOCK)
      _ = fcntl(end, F_SETFD, FD_CLOEXEC)
    }
  }

  deinit {
    close(reader)
    close(writer)
  }

  /// Wakes the thread; when it has been rung often enough already, once more is not needed.
  func ring() { _ = write(writer, [1], 1) }

  /// Lets it be rung anew.
  func hush() {
    var taken = [UInt8](repeating: 0, count: 64)
    while read(reader, &taken, taken.count) == taken.count {}
  }
}
