import Storage

/// A unit of work that waits for the writer, with whoever waits for its answer.
struct QueuedUnit: Sendable {
  /// Runs the unit; what it returns answers its caller once the batch is durable.
  let run: @Sendable (any SQLUnit) throws -> @Sendable () -> Void
  /// Tells the caller that nothing was stored.
  let fail: @Sendable (StoreError) -> Void

  /// Ties a unit to its caller.
  init<Answer: Sendable>(
    _ unit: @escaping @Sendable (any SQLUnit) throws -> Answer,
    answered: @escaping @Sendable (Result<Answer, StoreError>) -> Void
  ) {
    run = { access in
      let answer = try unit(access)
      return { answered(.success(answer)) }
    }
    fail = { error in answered(.failure(error)) }
  }
}
