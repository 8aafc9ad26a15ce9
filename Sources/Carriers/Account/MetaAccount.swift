package import CloudAPI
package import CustomerCare
package import Gateway

/// What Meta says about the numbers, the account and the token that CareWindow was given.
///
/// Asked by people through verbs (`doctor`, `number add`), never by the flows. Tests and the verbs' own examples bring another one.
package protocol MetaAccount: Sendable {
  /// Whether Meta answers at all, and what time it is there; needs no token.
  ///
  /// - Returns: The answer's `Date`, in whole seconds; `nil` where it had none.
  func serverTime() async throws(MetaAccountError) -> Instant?

  /// A business number as Meta knows it.
  func number(
    _ number: PhoneNumberID,
    accessToken: AccessToken
  ) async throws(MetaAccountError) -> MetaNumber

  /// The numbers of an account, at most `MetaNumber.listedMax`.
  func numbers(
    of account: WABAID,
    accessToken: AccessToken
  ) async throws(MetaAccountError) -> [MetaNumber]

  /// The templates of an account, at most `MetaTemplates.listedMax`.
  func templates(
    of account: WABAID,
    accessToken: AccessToken
  ) async throws(MetaAccountError) -> MetaTemplates

  /// The apps that get the account's webhooks.
  func subscribedApps(
    of account: WABAID,
    accessToken: AccessToken
  ) async throws(MetaAccountError) -> [MetaApp]

  /// Lets the token's app get the account's webhooks; doing it twice changes nothing.
  func subscribe(
    to account: WABAID,
    accessToken: AccessToken
  ) async throws(MetaAccountError)

  /// What the app subscribed to in the App Dashboard, or by the Graph API.
  ///
  /// `app` is its id, as `TokenStanding.appID` has it; `secret` its secret: Meta shows them to the app itself only.
  func subscriptions(
    of app: String,
    secret: String
  ) async throws(MetaAccountError) -> [MetaSubscription]

  /// What a token may do, and until when.
  func standing(of accessToken: AccessToken) async throws(MetaAccountError) -> TokenStanding
}

/// The templates of an account, as Meta lists them.
package struct MetaTemplates: Sendable {
  /// The most that are read of one account: 200 pages.
  ///
  /// Meta allows 250, and 6,000 to a verified business.
  /// Source: developers.facebook.com/documentation/business-messaging/whatsapp/templates/overview, read 2026-11-21.
  package static let listedMax = 10_000

  /// How many there are on a page: a template has some kilobytes, a carousel with ten cards some tens, and an answer is
  /// read up to a megabyte.
  package static let perPage = 50

  /// What was listed and understood.
  package var listed: [ListedTemplate]
  /// Whether that is all there is.
  package var isWhole: Bool

  /// Makes a list.
  package init(listed: [ListedTemplate], isWhole: Bool) {
    self.listed = listed
    self.isWhole = isWhole
  }
}

/// Meta could not be asked, or said no.
package struct MetaAccountError: Error, Sendable, Hashable, CustomStringConvertible {
  /// What kind of trouble it is; open to growth.
  package enum Code: String, Sendable, Hashable {
    /// No whole answer came.
    case unreachable
    /// Meta answered with an error.
    case refused
    /// Meta answered something that is not understood.
    case unreadable
    /// An id or token that cannot be part of a request; nothing was sent.
    case unsayable
  }

  /// What kind of trouble it is.
  package let code: Code
  /// What was being attempted, such as `read the numbers of an account`.
  package let attempted: String
  /// What happened; without token and numbers of customers.
  package let message: String
  /// Meta's code; `nil` where Meta gave none.
  package let graphCode: Int?

  /// Makes an error.
  package init(code: Code, attempted: String, message: String, graphCode: Int? = nil) {
    self.code = code
    self.attempted = attempted
    self.message = message
    self.graphCode = graphCode
  }

  /// One line for people.
  package var description: String { "could not \(attempted): \(message)" }
}
