import NIOCore

/// Whether the caller is still there.
enum HangUp {
  /// Runs work that is cancelled when the caller closes the connection, or its side of it.
  ///
  /// A client that closed its side and still waits for the answer looks the same as one that is gone; proxies treat both
  /// as gone, and so do we.
  static func cancelling<Answer: Sendable>(
    on channel: any Channel,
    _ work: @escaping @Sendable () async -> Answer
  ) async -> Answer {
    let (gone, signal) = AsyncStream<Void>.makeStream()
    watch(channel) { signal.finish() }
    return await withTaskGroup(of: Answer?.self) { group in
      group.addTask { await work() }
      group.addTask {
        for await _ in gone {}
        return nil
      }
      defer { group.cancelAll() }
      while let finished = await group.next() {
        if let answer = finished { return answer }
        group.cancelAll()
      }
      preconditionFailure("The work ends with an answer even when it is cancelled.")
    }
  }

  /// Gives the body of the request that is being answered another time to arrive.
  static func allow(_ time: Duration, for channel: any Channel) {
    channel.eventLoop.execute {
      let pipeline = channel.pipeline.syncOperations
      if let context = try? pipeline.context(handlerType: ConnectionGuard.self) {
        (context.handler as? ConnectionGuard)?.allow(TimeAmount(time), context)
      }
    }
  }

  private static func watch(_ channel: any Channel, _ hungUp: @escaping @Sendable () -> Void) {
    channel.eventLoop.execute {
      // Only a real connection has a guard; a request made in a test without one has nobody to hang up.
      let pipeline = channel.pipeline.syncOperations
      if let guardian = try? pipeline.handler(type: ConnectionGuard.self) {
        guardian.watch(hungUp)
      }
    }
  }
}
