import Foundation

/// A TCP connection on which a test says exactly what it wants, when it wants.
///
/// Calls block a thread of their own, never one of the cooperative pool.
final class RawConnection: Sendable {
  private let descriptor: Int32
  private let thread = DispatchQueue(label: "carewindow.tests.raw")

  /// Connects to a port of this machine.
  init(port: Int) throws {
    descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var address = sockaddr_in.loopback(port)
    let result = withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
    guard result == 0 else {
      Foundation.close(descriptor)
      throw HarnessError("Nobody listens on port \(port).")
    }
    var patience = timeval(tv_sec: 60, tv_usec: 0)
    let size = socklen_t(MemoryLayout<timeval>.size)
    setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &patience, size)
    setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &patience, size)
  }

  deinit { Foundation.close(descriptor) }

  /// Sends bytes; false when the other side does not take them any more.
  @discardableResult
  func send(_ bytes: [UInt8]) async -> Bool {
    await blocking { [descriptor] in
      var sent = 0
      while sent < bytes.count {
        let count = bytes[sent...].withUnsafeBytes { buffer in
          Foundation.send(
            descriptor,
            buffer.baseAddress,
            buffer.count,
            Int32(MSG_NOSIGNAL)
          )
        }
        guard count > 0 else { return false }
        sent += count
      }
      return true
    }
  }

  @discardableResult
  func send(_ text: String) async -> Bool { await send(Array(text.utf8)) }

  /// Everything that comes until the other side closes, or says nothing for a minute.
  func receiveAll() async -> String {
    await blocking { [descriptor] in
      var received: [UInt8] = []
      var buffer = [UInt8](repeating: 0, count: 64 << 10)
      while true {
        let count = recv(descriptor, &buffer, buffer.count, 0)
        guard count > 0 else { break }
        received += buffer[..<count]
      }
      return String(decoding: received, as: UTF8.self)
    }
  }

  /// What has come once it holds a whole answer with `Content-Length`, or nothing more comes.
  func receiveAnswer() async -> RawAnswer {
    await blocking { [descriptor] in
      var received: [UInt8] = []
      var buffer = [UInt8](repeating: 0, count: 64 << 10)
      while true {
        let answer = RawAnswer(received)
        if answer.isWhole { return answer }
        let count = recv(descriptor, &buffer, buffer.count, 0)
        guard count > 0 else { return answer }
        received += buffer[..<count]
      }
    }
  }

  /// Hangs up.
  func close() { shutdown(descriptor, Int32(SHUT_RDWR)) }

  private func blocking<Result: Sendable>(
    _ work: @escaping @Sendable () -> Result
  ) async -> Result {
    await withCheckedContinuation { continuation in
      thread.async { continuation.resume(returning: work()) }
    }
  }
}

/// An answer as it came over the wire.
struct RawAnswer: Sendable {
  let head: String
  let body: [UInt8]

  init(_ bytes: [UInt8]) {
    let end = Array("\r\n\r\n".utf8)
    guard let range = bytes.firstRange(of: end) else {
      head = String(decoding: bytes, as: UTF8.self)
      body = []
      return
    }
    head = String(decoding: bytes[..<range.lowerBound], as: UTF8.self)
    body = Array(bytes[range.upperBound...])
  }

  /// The status; 0 when nothing came.
  var status: Int { Int(head.split(separator: " ").dropFirst().first ?? "") ?? 0 }

  /// Whether as many bytes came as were announced.
  var isWhole: Bool {
    guard status > 0 else { return false }
    let length = head.lowercased().split(separator: "\r\n").first {
      $0.hasPrefix("content-length:")
    }
    guard let length, let count = Int(length.dropFirst(15).filter(\.isNumber)) else { return false }
    return body.count >= count
  }
}
