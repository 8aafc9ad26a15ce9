import Storage

/// Whose turn it is to apply, among all nodes.
///
/// - Why: two transactions that apply at once nearly always meet, because SERIALIZABLE counts what stands on one page of an
///   index as one; then one of them has to do all of its work again.
/// - How: a lock on a table of its own, taken before the transaction looks at anything, and let go with its end. It
///   makes nothing right or wrong: SERIALIZABLE does that.
/// - Otherwise: a node that hangs would stop the applying of all. So whoever waited for a second goes without, and for as long
///   as such a node can keep it does not wait again.
struct ApplyTurn {
  /// Until when turns are not waited for, in elapsed time.
  private var resumesAt: Duration = .zero
  /// Whether the transaction that began last waited for one.
  private var isAwaited = false

  /// Makes the table, inside a transaction.
  static let creation = "CREATE TABLE IF NOT EXISTS apply_turn ()"

  /// The statements that wait for a turn at the beginning of a transaction; empty where it is not waited for.
  ///
  /// The mode keeps out itself, and nobody who only reads; an empty table is nothing to the server's own housekeeping.
  mutating func statements(
    for units: [QueuedUnit],
    alone: Bool,
    at now: Duration,
    _ options: PostgresEngine.Options
  ) -> String {
    isAwaited = !alone && now >= resumesAt && units.contains { $0.priority == .apply }
    guard isAwaited else { return "" }
    return """
      SET LOCAL lock_timeout = \(options.turnMax.milliseconds);
      LOCK TABLE apply_turn IN SHARE UPDATE EXCLUSIVE MODE;
      SET LOCAL lock_timeout = \(options.lockTimeout.milliseconds);
      """
  }

  /// Goes without turns for a while, if it was one that did not come.
  ///
  /// Returns whether it was.
  mutating func giveUp(at now: Duration, _ options: PostgresEngine.Options) -> Bool {
    guard isAwaited else { return false }
    resumesAt = now + options.withoutTurns
    return true
  }
}
