import HTTPTypes
import HummingbirdCore
import NIOCore

/// What reading the body of a program's request came to.
enum BodyRead: Sendable {
  case whole([UInt8])
  case tooLarge
  case tooSlow
}

extension Request {
  /// The length that was announced; `nil` when none was.
  var announcedBytes: Int? { headers[.contentLength].flatMap(Int.init) }

  /// Reads the body to its end, or as far as it may go.
  ///
  /// - Throws: Whatever broke the connection.
  func readBody(bytesMax: Int) async throws -> BodyRead {
    if let announced = announcedBytes, announced > bytesMax { return .tooLarge }
    var body: [UInt8] = []
    do {
      for try await chunk in ByteChunks(self.body) {
        guard body.count + chunk.count <= bytesMax else { return .tooLarge }
        body += chunk
      }
    } catch is BodyTooSlow {
      return .tooSlow
    }
    return .whole(body)
  }
}

/// A body as slices of bytes, which the gateway understands without knowing the server.
struct ByteChunks: AsyncSequence, Sendable {
  private let body: RequestBody

  init(_ body: RequestBody) {
    self.body = body
  }

  func makeAsyncIterator() -> Iterator {
    Iterator(buffers: body.makeAsyncIterator())
  }

  struct Iterator: AsyncIteratorProtocol {
    var buffers: RequestBody.AsyncIterator

    mutating func next() async throws -> ArraySlice<UInt8>? {
      guard let buffer = try await buffers.next() else { return nil }
      return Array(buffer.readableBytesView)[...]
    }
  }
}
