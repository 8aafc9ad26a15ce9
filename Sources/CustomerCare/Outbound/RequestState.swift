/// Where a request stands.
package enum RequestState: String, CaseIterable, Sendable {
  /// Reserved: it will be handed to Meta next.
  case accepted
  /// Waiting for its time.
  case scheduled
  /// Waiting for the customer to write.
  case parked
  /// Being handed to Meta.
  case dispatching
  /// Meta may have taken it or not.
  case unknown
  /// Meta took it; from here its delivery tells.
  case handedOver = "handed_over"
  /// It was not sent and will not be.
  case failed
  /// The gate, or Meta, said no.
  case refused
  /// It waited longer than it may.
  case expired
  /// Its sender took it back.
  case withdrawn

  /// Whether nothing can change any more.
  package var isTerminal: Bool { successors.isEmpty }

  /// Whether a request may go from this state to another.
  package func canBecome(_ next: RequestState) -> Bool { successors.contains(next) }

  private var successors: Set<RequestState> { [] }
}
