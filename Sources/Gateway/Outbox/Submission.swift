package import CustomerCare

/// What somebody hands to the outbox: a Cloud API message object, and on what terms.
package struct Submission: Sendable {
  /// When a request counts as accepted (contract 4.2).
  package enum Acceptance: Sendable, Hashable {
    /// Only when it is answered: if dispatch never began, it ends failed and is never sent later.
    case whenAnswered
    /// At the commit of the reservation: it is carried out whatever happens to the caller.
    case atCommit
  }

  /// Our id of the request that this becomes; `nil`: the outbox makes one.
  package var id: RequestID?
  /// The business number that is to send.
  package var from: PhoneNumberID
  /// Which of Meta's endpoints the caller used.
  package var road: Parcel.Road = .messages
  /// The Graph version the caller asked for; `nil`: ours.
  package var version: String?
  /// The message object as the caller wrote it.
  package var body: [UInt8]
  /// Who sends.
  package var sender: Sender
  /// The token that was shown; `nil` for people.
  package var token: TokenID?
  /// What is to happen when the window is closed; `nil`: the number's policy.
  package var ifClosed: ClosedWindowPolicy?
  /// From when on it is not to be sent any more; `nil`: never.
  package var expiresAt: Instant?
  /// When it is to be sent; `nil`: at once.
  package var sendAt: Instant?
  /// The caller's own key for "the same request again"; at most 255 characters.
  package var idempotencyKey: String?
  /// When the request counts as accepted; a request with a key always counts at the commit.
  package var acceptance: Acceptance

  /// Makes a submission.
  package init(
    from: PhoneNumberID,
    body: [UInt8],
    sender: Sender,
    acceptance: Acceptance
  ) {
    self.from = from
    self.body = body
    self.sender = sender
    self.acceptance = acceptance
  }
}
