package import CustomerCare

/// What travels to Meta in `biz_opaque_callback_data` and comes back with every status of the
/// message.
///
/// It holds all that the state needs to know of an attempt, so that a status settles an unknown
/// attempt, and so that replaying the journal into an empty database, where no attempt is known,
/// gives the same ledger. It names nobody: it travels to Meta and to every app that is subscribed, so whom the
/// message went to is read from the status itself.
package struct AttemptReference: Sendable, Hashable {
  /// The request the attempt belongs to.
  package var request: RequestID
  /// Which of its attempts, from 1.
  package var number: Int
  /// When the attempt's dispatch began: the instant of a refutation or proof.
  package var dispatchBeganAt: Instant
  /// Whether the message needed an open window, so that its fate says something about it.
  package var neededWindow: Bool

  /// Makes a reference.
  package init(
    request: RequestID,
    number: Int,
    dispatchBeganAt: Instant,
    neededWindow: Bool
  ) {
    self.request = request
    self.number = number
    self.dispatchBeganAt = dispatchBeganAt
    self.neededWindow = neededWindow
  }

  /// The attempt's id.
  package var attempt: AttemptID { AttemptID("\(request.rawValue).\(number)") }

  /// The reference as the text that travels: at most 64 characters, of which Meta takes 512.
  package var text: String {
    "cw1/\(request.rawValue)/\(number)/\(dispatchBeganAt.milliseconds)/\(neededWindow ? "w" : "-")"
  }

  /// Reads what `text` wrote; `nil` if the text is somebody else's.
  package init?(text: String) {
    let parts = text.split(separator: "/", omittingEmptySubsequences: false)
    guard parts.count == 5, parts[0] == "cw1", !parts[1].isEmpty,
      let number = Int(parts[2]), let began = Int64(parts[3])
    else { return nil }
    self.init(
      request: RequestID(String(parts[1])),
      number: number,
      dispatchBeganAt: Instant(milliseconds: began),
      neededWindow: parts[4] == "w"
    )
  }
}
