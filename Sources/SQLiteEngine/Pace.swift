/// How the writer's time is shared while somebody outside waits: webhooks and sends first, but what
/// is only waited for inside has a share that is sure.
///
/// A value without clocks, so that the sharing can be tested as one.
struct Pace {
  /// The share of patient units, between 0 and 1.
  let share: Double
  /// The longest time that can be saved up, or owed.
  let limit: Duration

  /// How long patient units may run in the next transaction while somebody urgent waits.
  private(set) var allowance: Duration = .zero

  init(share: Double, limit: Duration) {
    self.share = share
    self.limit = limit
  }

  /// Notes a transaction: how long it took in all, and how much of that patient units ran.
  mutating func note(_ total: Duration, patient: Duration) {
    allowance = min(max(allowance + total * share - patient, .zero - limit), limit)
  }
}
