import CustomerCare

/// How long the outbox waits, and how much it holds.
package struct OutboxLimits: Sendable {
  /// How long before its end a window is no longer used.
  ///
  /// At least twice the carrier's deadline for connecting and writing.
  package var margin: Duration = .seconds(60)
  /// How long a claim lasts if its owner dies: longer than the carrier's whole deadline of 30 s.
  package var lease: Duration = .seconds(60)
  /// How long a request waits for its turn in the conversation before its caller is told to come again (contract 4.2).
  package var turn: Duration = .seconds(10)
  /// The longest from the decision to handing the message to the carrier.
  ///
  /// A process that was stopped in between no longer knows that the window is open. Half of the margin, because the carrier's
  /// own deadline is at most the other half.
  var hesitation: Duration { margin / 2 }
  /// How often somebody who repeats a request that is on its way looks for its answer.
  package var look: Duration = .milliseconds(100)
  /// How many requests may be on their way to Meta at once: each holds a connection and a caller.
  package var inFlightMax = 1024
  /// The longest idempotency key, in characters: what Stripe and its imitators accept.
  package static let idempotencyKeyMax = 255

  /// The defaults.
  package init() {}
}
