package import Storage

/// Why a call does not pass, or brings no answer of Meta's.
package enum PassageRefusal: Error, Sendable, Hashable {
  /// It is not on the list.
  case notListed
  /// The token has no such scope.
  case scope(TokenRecord.Scope)
  /// No such object, or none this token may know of: never told apart.
  case unknownObject(String)
  /// A query parameter is not on the list, or has a value that is not possible; the sentence says which.
  case wrongParameter(String)
  /// The body is not what this call takes; the sentence says why.
  case wrongBody(String)
  /// The body has more bytes than it may.
  case tooLarge(bytesMax: Int)
  /// The body did not come whole.
  case brokenOff
  /// A link that has expired, is another token's, or was never one of ours.
  case deadLink
  /// The number has no token of Meta's, or one that cannot be opened.
  case noAccessToken
  /// The database did not answer; nothing was asked.
  case noDatabase
  /// Too many calls are passing at once; nothing was asked.
  case busy
  /// Meta could not be reached; nothing was asked.
  case unreachable
  /// Meta may have got the call, and did not answer.
  case unanswered
  /// Meta answered with something that cannot be handed on.
  case unreadable
}

/// How much passes at once.
package struct PassageLimits: Sendable {
  /// Calls under way at once, files among them.
  ///
  /// Each holds an answer of up to `answerBytesMax`; programs read templates by the hour, not by the second.
  package var callsMax = 64
  /// The longest answer that is handed on, in bytes: a page of 1,000 templates of 4 kB.
  package static let answerBytesMax = 4 << 20
  /// The most bytes of a file, up or down: 100 MB is Meta's largest document, and nobody says whether of 1,000 or 1,024.
  ///
  /// Source: developers.facebook.com/documentation/business-messaging/whatsapp/business-phone-numbers/media
  /// (2025-12-02), read 2026-11-22.
  package static let fileBytesMax = 101 << 20
  /// How long a file may take to arrive.
  ///
  /// Ten minutes for 100 MB are 1.4 Mbit/s: less than any line of a server.
  package static let fileTime: Duration = .seconds(600)
  /// How long a link to a medium works: as long as Meta's own.
  package static let linkLife: Duration = .seconds(300)
  /// How long the name of an upload works; Meta does not say how long a session lives.
  package static let uploadLife: Duration = .seconds(86_400)
  /// How long an uploaded medium is known: Meta keeps it for 30 days.
  package static let mediaLife: Duration = .seconds(30 * 86_400)
  /// How long the list of an account's templates answers for what is not in it.
  package static let templatesLife: Duration = .seconds(60)
  /// How many pages of templates are read to find one: Meta allows 6,000 in an account, 1,000 on a page.
  package static let templatePagesMax = 10
  /// How many accounts' lists of templates are kept, with 6,000 ids of 17 digits each at most.
  package static let templateAccountsMax = 64

  /// The defaults.
  package init() {}
}
