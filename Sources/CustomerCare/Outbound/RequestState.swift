/// Where a request stands.
///
///     accepted ──► dispatching ──► handed_over
///       ▲  │          │  │ ├─────► failed, refused
///       │  │          │  └───────► unknown ──► handed_over, failed, refused
///       │  └──────────┼──────────► refused, failed, expired, withdrawn
///       ├─────────────┘ certainly not sent, or Meta's one 131047 against a certain opening
///     scheduled, parked ─────────► refused, failed, expired, withdrawn
///
/// And from handed_over back to accepted, where Meta says afterwards that the window was closed.
package enum RequestState: String, CaseIterable, Sendable {
  /// Reserved: it goes to Meta next.
  case accepted
  /// Waiting for its time.
  case scheduled
  /// Waiting for the customer to write.
  case parked
  /// Being handed to Meta.
  case dispatching
  /// Meta may have taken it or not. Never sent again by itself: a status webhook or a person settles it.
  case unknown
  /// Meta took it. Terminal: from here on its delivery tells, unless Meta says that the window was closed.
  case handedOver = "handed_over"
  /// It was not sent, or nobody will ever know. Terminal.
  case failed
  /// The gate, or Meta, said no. Terminal.
  case refused
  /// It waited longer than its sender wanted. Terminal.
  case expired
  /// Its sender took it back. Terminal.
  case withdrawn

  /// Whether nothing changes any more by itself.
  package var isTerminal: Bool {
    switch self {
    case .accepted, .scheduled, .parked, .dispatching, .unknown: false
    case .handedOver, .failed, .refused, .expired, .withdrawn: true
    }
  }

  /// Whether a request may go from this state to another.
  package func canBecome(_ next: RequestState) -> Bool { successors.contains(next) }

  private var successors: Set<RequestState> {
    switch self {
    // A second decision may differ from the first, and send it back to wait.
    case .accepted:
      [.dispatching, .scheduled, .parked, .refused, .failed, .expired, .withdrawn]
    case .scheduled, .parked: [.accepted, .parked, .refused, .failed, .expired, .withdrawn]
    case .dispatching: [.accepted, .handedOver, .failed, .refused, .unknown]
    // What the carrier proves may come after its lease ended.
    case .unknown: [.handedOver, .failed, .refused]
    // Meta's 131047 by status: it took the message, and did not deliver it because of the window.
    case .handedOver: [.accepted]
    case .failed, .refused, .expired, .withdrawn: []
    }
  }
}
