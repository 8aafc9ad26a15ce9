/// A wake-up that says "look again", never what there is to see.
///
/// Signals that arrive while nobody looks are one signal. Losing one costs a second, because every listener also looks
/// again on its own sweep.
package struct Wake: Sendable {
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

  /// The signals, and one at each sweep.
  package var signals: AsyncStream<Void> { stream }
}
