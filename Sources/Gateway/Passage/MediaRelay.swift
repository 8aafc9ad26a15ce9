/// A form on its way to Meta: takes a piece from the program when Meta takes one from us.
///
/// What is before the file is judged before anything leaves. What is found wrong after it ends the call in the middle, where
/// Meta has no whole form; `problem` tells what it was.
actor MediaRelay {
  private var source: any AsyncIteratorProtocol<[UInt8], any Error>
  private var form: MediaForm
  private var ready: [UInt8] = []
  private var isAtEnd = false

  /// What was wrong with the form, once it is known.
  private(set) var problem: PassageRefusal?

  /// The Content-Type of what leaves.
  let contentType: String

  init(_ chunks: ByteChunks, contentType: String?, boundary: String) throws(PassageRefusal) {
    form = try MediaForm(contentType: contentType, boundary: boundary)
    self.contentType = form.contentType
    source = chunks.makeAsyncIterator()
  }

  /// Reads up to the file.
  func begin() async throws(PassageRefusal) {
    while !form.hasFile, !isAtEnd { try await take() }
  }

  /// The next piece that leaves; `nil` at the end of a whole form.
  func next() async throws(PassageRefusal) -> [UInt8]? {
    while ready.isEmpty, !isAtEnd { try await take() }
    defer { ready = [] }
    return ready.isEmpty ? nil : ready
  }

  private func take() async throws(PassageRefusal) {
    do throws(PassageRefusal) {
      let piece: [UInt8]?
      do {
        var source = self.source
        piece = try await source.next(isolation: self)
        self.source = source
      } catch {
        throw .brokenOff
      }
      if let piece {
        ready += try form.read(piece)
      } else {
        isAtEnd = true
        try form.end()
      }
    } catch {
      problem = error
      isAtEnd = true
      throw error
    }
  }
}

/// A relay as a sequence.
struct MediaRelayChunks: AsyncSequence, Sendable {
  let relay: MediaRelay

  func makeAsyncIterator() -> Iterator { Iterator(relay: relay) }

  struct Iterator: AsyncIteratorProtocol {
    let relay: MediaRelay

    func next() async throws -> [UInt8]? { try await relay.next() }
  }
}

/// Bytes that are not more than they may be.
struct CountedChunks: AsyncSequence, Sendable {
  let chunks: ByteChunks
  let bytesMax: Int

  func makeAsyncIterator() -> Iterator {
    Iterator(source: chunks.makeAsyncIterator(), bytesMax: bytesMax)
  }

  struct Iterator: AsyncIteratorProtocol {
    var source: any AsyncIteratorProtocol<[UInt8], any Error>
    let bytesMax: Int
    var bytes = 0

    mutating func next() async throws -> [UInt8]? {
      guard let piece = try await source.next(isolation: nil) else { return nil }
      bytes += piece.count
      guard bytes <= bytesMax else { throw PassageRefusal.tooLarge(bytesMax: bytesMax) }
      return piece
    }
  }
}
