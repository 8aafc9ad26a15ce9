import NIOCore

/// An HTTP response, as much of it as the benchmarks look at.
struct Answer: Sendable {
  let status: Int
  let body: ByteBuffer

  /// The body as text.
  var text: String { String(buffer: body) }
}

/// What makes bytes no HTTP/1.1 response.
struct UnreadableResponse: Error, CustomStringConvertible {
  let description: String
}

/// Cuts HTTP/1.1 responses out of a stream of bytes.
///
/// Much less than a parser, on purpose: the load generator shares the machine with what it measures,
/// and every microsecond it spends is taken from the server.
enum ResponseScanner {
  /// The longest head that is read; servers on loopback send some hundred bytes.
  private static let headBytesMax = 64 * 1024

  /// Takes the next whole response off the buffer; nil if it has not all arrived.
  static func next(_ buffer: inout ByteBuffer) throws(UnreadableResponse) -> Answer? {
    guard let head = head(of: buffer) else {
      guard buffer.readableBytes <= headBytesMax else {
        throw UnreadableResponse(description: "a response head over \(headBytesMax) bytes")
      }
      return nil
    }
    guard let status = head.status else {
      throw UnreadableResponse(description: "no HTTP/1.1 status line")
    }
    if head.isChunked { return try chunked(&buffer, head, status) }
    let total = head.length + head.bodyLength
    guard buffer.readableBytes >= total else { return nil }
    buffer.moveReaderIndex(forwardBy: head.length)
    return Answer(status: status, body: buffer.readSlice(length: head.bodyLength) ?? ByteBuffer())
  }

  private struct Head {
    var length: Int
    var status: Int?
    var bodyLength = 0
    var isChunked = false
  }

  private static func head(of buffer: ByteBuffer) -> Head? {
    buffer.withUnsafeReadableBytes { bytes in
      var head: Head?
      var start = 0
      var index = 0
      while index + 1 < bytes.count {
        guard bytes[index] == UInt8(ascii: "\r"), bytes[index + 1] == UInt8(ascii: "\n") else {
          index += 1
          continue
        }
        let line = UnsafeRawBufferPointer(rebasing: bytes[start..<index])
        index += 2
        start = index
        if var known = head {
          if line.isEmpty {
            known.length = index
            return known
          }
          if let value = line.value(of: "content-length:") { known.bodyLength = value.number ?? 0 }
          if line.value(of: "transfer-encoding:") != nil { known.isChunked = true }
          head = known
        } else {
          let code = line.count >= 12 ? UnsafeRawBufferPointer(rebasing: line[9..<12]).number : nil
          head = Head(length: 0, status: code)
        }
      }
      return nil
    }
  }

  private static func chunked(
    _ buffer: inout ByteBuffer,
    _ head: Head,
    _ status: Int
  ) throws(UnreadableResponse) -> Answer? {
    var rest = buffer
    rest.moveReaderIndex(forwardBy: head.length)
    var body = ByteBuffer()
    while let end = rest.readableBytesView.firstIndex(of: UInt8(ascii: "\r")) {
      let digits = rest.readString(length: end - rest.readerIndex) ?? ""
      guard let size = Int(digits.prefix { $0 != ";" }, radix: 16), size >= 0 else {
        throw UnreadableResponse(description: "a chunk without a size")
      }
      guard rest.readableBytes >= size + 4 else { return nil }
      rest.moveReaderIndex(forwardBy: 2)
      if var chunk = rest.readSlice(length: size) { body.writeBuffer(&chunk) }
      rest.moveReaderIndex(forwardBy: 2)
      if size == 0 {
        buffer = rest
        return Answer(status: status, body: body)
      }
    }
    return nil
  }
}

extension UnsafeRawBufferPointer {
  /// What follows a header's name (given in lower case) in this line; nil for another header.
  fileprivate func value(of name: StaticString) -> UnsafeRawBufferPointer? {
    guard count >= name.utf8CodeUnitCount else { return nil }
    for index in 0..<name.utf8CodeUnitCount where self[index] | 0x20 != name.utf8Start[index] | 0x20
    {
      return nil
    }
    return UnsafeRawBufferPointer(rebasing: self[name.utf8CodeUnitCount...])
  }

  /// The decimal number these bytes write, blanks aside; nil if they write none.
  fileprivate var number: Int? {
    var value: Int?
    for byte in self where byte != UInt8(ascii: " ") {
      guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte), (value ?? 0) < 1 << 40 else {
        return nil
      }
      value = (value ?? 0) * 10 + Int(byte - UInt8(ascii: "0"))
    }
    return value
  }
}
