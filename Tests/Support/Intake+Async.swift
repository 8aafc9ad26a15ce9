package import Gateway

extension Intake {
  /// Takes one webhook from its first byte to the disk, as the door of the webhooks does.
  ///
  /// - Parameters:
  ///   - chunks: The raw body as it arrives.
  ///   - signature: The value of `X-Hub-Signature-256`, if there is one.
  /// - Returns: What Meta is told.
  /// - Throws: What `chunks` throws.
  package func take<Chunks: AsyncSequence>(
    _ chunks: Chunks,
    signature: String?
  ) async throws -> IntakeAnswer where Chunks.Element == ArraySlice<UInt8> {
    let reception = begin(signature: signature)
    for try await chunk in chunks {
      if let answer = reception.take(chunk) { return answer }
    }
    return await withCheckedContinuation { continuation in
      reception.end { continuation.resume(returning: $0) }
    }
  }
}

/// A body as it arrives, in pieces.
package struct Pieces: AsyncSequence, AsyncIteratorProtocol, Sendable {
  private var pieces: ArraySlice<ArraySlice<UInt8>>

  /// Cuts a body into pieces of at most so many bytes.
  package init(_ body: [UInt8], of size: Int = 64 * 1024) {
    pieces =
      stride(from: 0, to: body.count, by: size)
      .map { body[$0..<Swift.min($0 + size, body.count)] }[...]
  }

  /// Iterates over the pieces.
  package func makeAsyncIterator() -> Pieces { self }

  /// The next piece.
  package mutating func next() async throws -> ArraySlice<UInt8>? { pieces.popFirst() }
}
