import Storage

/// A unit of work that waits for a connection, with whoever waits for its answer.
struct QueuedUnit: Sendable {
  /// Whose turn it is.
  let priority: WritePriority
  /// Whether no other unit of any node may run beside it.
  let isAlone: Bool
  /// Runs the unit; what it returns answers its caller once the transaction is durable.
  let run: @Sendable (any SQLUnit) throws -> @Sendable () -> Void
  /// Tells the caller that nothing was stored, or nothing was read.
  let fail: @Sendable (StoreError) -> Void

  /// Ties a unit to its caller.
  init<Answer: Sendable>(
    _ priority: WritePriority,
    isAlone: Bool = false,
    _ unit: @escaping @Sendable (any SQLUnit) throws -> Answer,
    answered: @escaping @Sendable (Result<Answer, StoreError>) -> Void
  ) {
    self.priority = priority
    self.isAlone = isAlone
    run = { access in
      let answer = try unit(access)
      return { answered(.success(answer)) }
    }
    fail = { error in answered(.failure(error)) }
  }
}
