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
      for try await buffer in self.body {
        guard body.count + buffer.readableBytes <= bytesMax else { return .tooLarge }
        body += buffer.readableBytesView
      }
    } catch is BodyTooSlow {
      return .tooSlow
    }
    return .whole(body)
  }
}
