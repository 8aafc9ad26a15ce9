import ServiceLifecycle

extension Wake {
  /// Claims what is due on every wake-up, and carries each of it beside the others, until the gateway shuts down; what is under
  /// way then is cancelled.
  ///
  /// - Parameters:
  ///   - time: What measures the sweep.
  ///   - claim: Claims as much as there are places for, so that what is claimed begins at once.
  ///   - carry: Carries one that was claimed, and gives its place back; it is looked again afterwards.
  func carryWhatIsDue<Claimed: Sendable>(
    _ time: any TimeSource,
    claim: @escaping @Sendable () async -> [Claimed],
    carry: @escaping @Sendable (Claimed) async -> Void
  ) async {
    // Never holds more than there are places.
    let (claims, taken) = AsyncStream<Claimed>.makeStream()
    await withTaskCancellationOrGracefulShutdownHandler {
      await withDiscardingTaskGroup { group in
        group.addTask {
          await listen(time) {
            for claimed in await claim() { taken.yield(claimed) }
            return false
          }
          taken.finish()
        }
        for await claimed in claims {
          group.addTask {
            await carry(claimed)
            signal()
          }
        }
        group.cancelAll()
      }
    } onCancelOrGracefulShutdown: {
      finish()
    }
  }
}
