package import CustomerCare

/// The port through which a message leaves.
///
/// A carrier never throws: whatever happens to an attempt is one of the four outcomes, and the difference between
/// *certainly not sent* and *unknown* is the carrier's to prove (design: Meta has no idempotency key).
package protocol Carrier: Sendable {
  /// Hands one message to Meta and says what became of it.
  ///
  /// - Parameter parcel: What to send, in whose name, with which token.
  /// - Returns: The outcome, with Meta's own answer where there was one.
  func carry(_ parcel: Parcel) async -> Carried
}

/// One message on its way to Meta.
package struct Parcel: Sendable {
  /// What the caller asks Meta to do; decides the last part of the URL.
  package enum Road: String, Sendable, Hashable {
    /// `POST /{version}/{phone-number-id}/messages`.
    case messages
    /// `POST /{version}/{phone-number-id}/marketing_messages`.
    case marketingMessages = "marketing_messages"
  }

  /// The business number that sends.
  package var from: PhoneNumberID
  /// Which of Meta's endpoints.
  package var road: Road
  /// The Graph version, such as `v24.0`; `nil`: the carrier's own.
  package var version: String?
  /// The JSON that was judged, re-serialised by us.
  package var body: [UInt8]
  /// Meta's token of the number.
  package var accessToken: AccessToken

  /// Makes a parcel.
  package init(
    from: PhoneNumberID,
    road: Road,
    version: String?,
    body: [UInt8],
    accessToken: AccessToken
  ) {
    self.from = from
    self.road = road
    self.version = version
    self.body = body
    self.accessToken = accessToken
  }
}

/// What became of a parcel.
package struct Carried: Sendable {
  /// Accepted, refused, certainly not sent, or unknown.
  package var outcome: DispatchOutcome
  /// Meta's answer as it came; `nil` where none came whole.
  package var answer: MetaAnswer?

  /// Makes a result.
  package init(outcome: DispatchOutcome, answer: MetaAnswer?) {
    self.outcome = outcome
    self.answer = answer
  }
}

/// An HTTP answer of Meta's, unchanged.
package struct MetaAnswer: Sendable, Hashable {
  /// The HTTP status.
  package var status: Int
  /// The body's bytes as they came.
  package var body: [UInt8]

  /// Makes an answer.
  package init(status: Int, body: [UInt8]) {
    self.status = status
    self.body = body
  }
}

/// A token of Meta's, which never prints itself.
package struct AccessToken: Sendable, CustomStringConvertible, CustomReflectable {
  /// The token as it goes into the Authorization header.
  package var secret: String

  /// Wraps a token.
  package init(_ secret: String) {
    self.secret = secret
  }

  /// Always the same words, so that a token cannot reach a log by accident.
  package var description: String { "<access token>" }
  /// Shows nothing of the token to reflection either.
  package var customMirror: Mirror { Mirror(self, children: []) }
}
