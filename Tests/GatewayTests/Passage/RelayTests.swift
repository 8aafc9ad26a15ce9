import Synchronization
import Testing

@testable import Gateway

@Suite struct RelayTests {
  /// Gives pieces, and counts those that were taken.
  private final class Source: Sendable {
    let given = Mutex(0)
    let pieces: [[UInt8]]

    init(_ pieces: [[UInt8]]) { self.pieces = pieces }

    var chunks: ByteChunks {
      AsyncThrowingStream<[UInt8], any Error> {
        self.given.withLock { given in
          defer { given += 1 }
          return given < self.pieces.count ? self.pieces[given] : nil
        }
      }
    }
  }

  private static let head = Array(
    "--XX\r\nContent-Disposition: form-data; name=\"messaging_product\"\r\n\r\nwhatsapp\r\n--XX\r\nContent-Disposition: form-data; name=\"file\"\r\n\r\n"
      .utf8
  )

  @Test func `a piece is taken from the program when Meta takes one, and not before`() async throws
  {
    let piece = [UInt8](repeating: 7, count: 64 << 10)
    let pieces = [Self.head] + Array(repeating: piece, count: 200) + [Array("\r\n--XX--\r\n".utf8)]
    let source = Source(pieces)
    let relay = try MediaRelay(
      source.chunks,
      contentType: "multipart/form-data; boundary=XX",
      boundary: "B"
    )
    try await relay.begin()
    #expect(source.given.withLock { $0 } == 1)
    var taken = 0
    while try await relay.next() != nil {
      taken += 1
      #expect(source.given.withLock { $0 } <= taken + 1)
    }
    #expect(taken >= 200)
  }

  @Test func `a program that breaks off in a file leaves no whole form`() async throws {
    let source = Source([Self.head, [1, 2, 3]])
    let relay = try MediaRelay(
      source.chunks,
      contentType: "multipart/form-data; boundary=XX",
      boundary: "B"
    )
    await #expect(throws: PassageRefusal.brokenOff) {
      while try await relay.next() != nil {}
    }
    #expect(await relay.problem == .brokenOff)
  }
}
