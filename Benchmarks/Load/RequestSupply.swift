import NIOCore

/// Whole HTTP/1.1 requests of one size, made before the clock starts.
struct RequestSupply: Sendable {
  private let bytes: ByteBuffer
  private let stride: Int

  /// How many requests there are.
  let count: Int

  /// Makes `count` requests; `make` appends the one with the given index, each as long as the first.
  init(count: Int, _ make: (Int, inout ByteBuffer) -> Void) {
    var bytes = ByteBuffer()
    var stride = 0
    for index in 0..<count {
      make(index, &bytes)
      if index == 0 {
        stride = bytes.readableBytes
        bytes.reserveCapacity(stride * count)
      }
      precondition(bytes.readableBytes == stride * (index + 1), "requests differ in length")
    }
    self.bytes = bytes
    self.stride = stride
    self.count = count
  }

  /// The request with an index; shares the supply's memory.
  subscript(index: Int) -> ByteBuffer {
    bytes.getSlice(at: bytes.readerIndex + index * stride, length: stride) ?? ByteBuffer()
  }

  /// How many bytes one request has, its head included.
  var requestBytes: Int { stride }
}

extension ByteBuffer {
  /// Appends a request's head; `Host` names no port, so that one supply serves every server.
  mutating func writeHead(
    _ method: String,
    _ path: String,
    headers: [(String, String)],
    bodyBytes: Int
  ) {
    writeString("\(method) \(path) HTTP/1.1\r\nHost: localhost\r\n")
    for (name, value) in headers { writeString("\(name): \(value)\r\n") }
    if method != "GET" { writeString("Content-Length: \(bodyBytes)\r\n") }
    writeString("\r\n")
  }
}
