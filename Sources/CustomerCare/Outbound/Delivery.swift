/// How far a message that Meta took has come; in a group, for one participant.
///
/// Declared from the least to the most that is known. A failure counts below delivery only: Meta
/// reports failures of single devices after another one has shown the message.
/// Source: …/webhooks/reference/messages/status, 2026-09-14.
package enum Delivery: String, CaseIterable, Sendable {
  /// Meta has not said anything yet.
  case none
  /// It left Meta.
  case sent
  /// It will not arrive.
  case failed
  /// It is on one of the customer's devices.
  case delivered
  /// It was shown to the customer; implies delivered.
  case read
  /// A voice message was played.
  case played

  /// The delivery after another status, in whichever order they arrive.
  package func merging(_ status: Delivery) -> Delivery {
    status.rank > rank ? status : self
  }

  /// The delivery of a message, given how far it came for each whom it went to.
  ///
  /// It failed only if it reached nobody: whoever sends it again would send it twice to the others.
  package static func overall(_ recipients: some Sequence<Delivery>) -> Delivery {
    recipients.max { one, other in one.reach < other.reach } ?? .none
  }

  /// How far it came for one of many: failed is less than sent, because the message was sent.
  private var reach: Int {
    switch self {
    case .none: 0
    case .failed: 1
    case .sent: 2
    case .delivered, .read, .played: rank
    }
  }

  private var rank: Int {
    switch self {
    case .none: 0
    case .sent: 1
    case .failed: 2
    case .delivered: 3
    case .read: 4
    case .played: 5
    }
  }
}
