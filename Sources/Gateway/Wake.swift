/// A wake-up that says "look again", never what there is to see.
///
/// Signals that arrive while nobody looks are one signal. Losing one costs a second at most, because whoever listens also
/// looks again on every sweep.
package struct Wake: Sendable {
  /// How often a listener looks without being asked: what another process wrote is found by then.
  package static let sweep: Duration = .seconds(1)

  private let stream: AsyncStream<Void>
  private let continuation: AsyncStream<Void>.Continuation

  /// Makes a wake-up for exactly one listener.
  package init() {
    (stream, continuation) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
  }

  /// Asks the listener to look again.
  package func signal() {
    continuation.yield()
  }

  /// Ends the listening: `listen` returns after the round it is in.
  package func finish() {
    continuation.finish()
  }

  /// Looks once, and again on every signal and every sweep, until `finish` or cancellation.
  ///
  /// - Parameters:
  ///   - time: What measures the sweep.
  ///   - look: One round; returns true when there is more to do at once.
  package func listen(
    _ time: any TimeSource,
    _ look: @escaping @Sendable () async -> Bool
  ) async {
    await withTaskGroup { group in
      group.addTask {
        while (try? await time.sleep(for: Self.sweep)) != nil { signal() }
      }
      signal()
      for await _ in stream {
        while await look() {
          if Task.isCancelled { break }
        }
      }
      group.cancelAll()
    }
  }
}
