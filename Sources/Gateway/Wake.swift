package import Storage

/// A wake-up that says "look again", never what there is to see.
///
/// Signals that arrive while nobody looks are one signal. Losing one costs a second at most, because whoever listens also
/// looks again on every sweep.
///
/// Where several nodes share a database, a listener that has more than it can do at once has the others asked, too. Not
/// before: two nodes that look at the same work come into each other's way.
package struct Wake: Sendable {
  /// How often a listener looks without being asked: what another process wrote is found by then.
  package static let sweep: Duration = .seconds(1)

  private let stream: AsyncStream<Void>
  private let continuation: AsyncStream<Void>.Continuation
  private let news: News?
  private let engine: (any SQLEngine)?

  /// Makes a wake-up for exactly one listener.
  ///
  /// - Parameters:
  ///   - news: What the other nodes are told when the listener is busy; `nil`: nothing.
  ///   - engine: Who tells them.
  package init(telling news: News? = nil, on engine: (any SQLEngine)? = nil) {
    (stream, continuation) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    self.news = news
    self.engine = engine
  }

  /// Asks the listener to look again, and the other nodes if it has not begun since it was asked before.
  package func signal() {
    if case .dropped = continuation.yield(), let news { engine?.tell(news) }
  }

  /// Asks the listener here to look again.
  package func look() {
    continuation.yield()
  }

  /// Asks listeners to look again whenever another node tells what concerns them.
  ///
  /// - Parameters:
  ///   - engine: Who hears the other nodes.
  ///   - wakes: The listeners.
  ///   - outbox: Where messages wait for their turn.
  package static func onNews(from engine: any SQLEngine, _ wakes: [Wake], _ outbox: Outbox? = nil) {
    engine.listen { news in
      for wake in wakes where wake.news == news { wake.look() }
      if case .turn = news { outbox?.turnsElsewhere.come(news) }
    }
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
        while (try? await time.sleep(for: Self.sweep)) != nil { self.look() }
      }
      self.look()
      for await _ in stream {
        while await look() {
          if Task.isCancelled { break }
        }
      }
      group.cancelAll()
    }
  }
}
