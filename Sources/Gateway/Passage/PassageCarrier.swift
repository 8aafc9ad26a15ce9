/// The port through which calls pass to Meta that are no messages.
package protocol PassageCarrier: Sendable {
  /// Makes one call and brings Meta's answer; it never throws.
  func pass(_ parcel: PassageParcel) async -> PassageOutcome
}

/// What a call does.
package enum PassageMethod: String, Sendable, Hashable {
  /// Reads.
  case get = "GET"
  /// Writes.
  case post = "POST"
  /// Removes.
  case delete = "DELETE"
}

/// What of an object is called, in Meta's spelling.
package enum PassageEdge: String, Sendable, Hashable {
  /// Files to be sent.
  case media
  /// What customers see of a number.
  case profile = "whatsapp_business_profile"
  /// Whom a number does not hear.
  case blockedUsers = "block_users"
  /// The numbers of an account.
  case phoneNumbers = "phone_numbers"
  /// The templates of an account.
  case templates = "message_templates"
}

/// One call on its way to Meta, made of typed parts: no byte of it is where a program wrote it.
package struct PassageParcel: Sendable {
  /// Where the call goes, below the version.
  package enum Target: Sendable, Hashable {
    /// An object, or something of it; the id is made of digits.
    case object(String, PassageEdge?)
    /// Where uploads of samples begin.
    case uploads
    /// An upload that has begun, by Meta's name of it.
    case upload(String)
  }

  /// What goes with the call.
  package enum Body: Sendable {
    /// Nothing.
    case none
    /// JSON, written by us.
    case json([UInt8])
    /// A file: its Content-Type, its length if that is known, and where in a file it begins if that matters.
    case file(type: String, bytes: Int64?, offset: Int64?, ByteChunks)
  }

  /// What the call does.
  package var method: PassageMethod
  /// The Graph version, such as `v24.0`.
  package var version: String
  /// Where it goes.
  package var target: Target
  /// Names and values, not yet encoded, in order.
  package var query: [(name: String, value: String)]
  /// What goes with it.
  package var body: Body
  /// Meta's token of the number in whose name the call is made.
  package var accessToken: AccessToken

  /// Makes a parcel.
  package init(
    _ method: PassageMethod,
    version: String,
    target: Target,
    query: [(name: String, value: String)] = [],
    body: Body = .none,
    accessToken: AccessToken
  ) {
    self.method = method
    self.version = version
    self.target = target
    self.query = query
    self.body = body
    self.accessToken = accessToken
  }
}

/// What became of a call.
package enum PassageOutcome: Sendable {
  /// Meta answered.
  case answered(PassageReply)
  /// Meta did not answer; `hasBegun` tells whether it may have got the call.
  case failed(hasBegun: Bool, reason: String)
  /// Meta answered with more than is read.
  case tooLong
}

/// An answer of Meta's: its status, its body, and of its headers those that programs need.
package struct PassageReply: Sendable {
  /// Headers of Meta's that are handed on: how much of a limit is used up, and what Meta's support asks for.
  ///
  /// Everything else (cookies, what belongs to the connection, what a browser is told to do) stays here.
  package static let headersKept = [
    "x-app-usage", "x-business-use-case-usage", "x-fb-trace-id", "facebook-api-version",
    "retry-after",
  ]

  /// The HTTP status.
  package var status: Int
  /// Of `headersKept`, those that came.
  package var headers: [(name: String, value: String)]
  /// The body.
  package var body: [UInt8]

  /// Makes an answer.
  package init(status: Int, headers: [(name: String, value: String)] = [], body: [UInt8]) {
    self.status = status
    self.headers = headers
    self.body = body
  }
}
