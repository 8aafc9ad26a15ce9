/// How far a message that Meta took has come.
package enum Delivery: String, CaseIterable, Sendable {
  case none, sent, failed, delivered, read, played

  /// The delivery after a status webhook, in whichever order they arrive.
  package func merging(_ status: Delivery) -> Delivery { self }
}
