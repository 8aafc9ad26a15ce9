import Carriers
import CustomerCare
import Foundation
import Gateway
import Storage

/// What Meta says: reachable, the same time, tokens that may, webhooks that come.
struct MetaCheckup {
  typealias Check = Doctor.Check

  private let settings: Settings
  private let numbers: [NumberRecord]
  private let database: Database

  init(_ settings: Settings, _ numbers: [NumberRecord], of database: Database) {
    self.settings = settings
    self.numbers = numbers
    self.database = database
  }

  /// The app secrets, any of which may be that of a token's app.
  var secrets: [String] { settings.list(.appSecret) }

  /// How Meta reaches us, without a final slash; `nil` when nobody said.
  var publicURL: String? {
    settings.text(.publicURL).map { text in
      String(text.reversed().drop { $0 == "/" }.reversed())
    }
  }

  func checks() async -> [Check] {
    var checks: [Check] = []
    do {
      try await MetaAccess.with(settings) { account in
        let before = SystemTime().now
        let theirs = try await account.serverTime()
        let after = SystemTime().now
        checks.append(Check(name: "meta.reachable", ok: true, detail: "Meta answers"))
        if let theirs { checks.append(try clock(before, theirs, after)) }
        for number in numbers { checks += await check(number, account) }
      }
    } catch {
      checks.append(
        Check(
          name: "meta.reachable",
          ok: false,
          detail: "\(error)",
          remedy: "Check CAREWINDOW_META_URL, DNS and the firewall for outgoing HTTPS."
        )
      )
    }
    if numbers.isEmpty {
      checks.append(
        Check(
          name: "numbers",
          ok: false,
          detail: "no business number was added",
          remedy: "Run: carewindow number add --help"
        )
      )
    }
    return checks
  }

  private func clock(_ before: Instant, _ theirs: Instant, _ after: Instant) throws -> Check {
    guard try SandboxFollower(settings) == nil else {
      return Check(
        name: "clock",
        ok: true,
        detail:
          "the sandbox's clock is followed (CAREWINDOW_CLOCK), so this machine's does not matter"
      )
    }
    // The header `Date` counts in whole seconds (RFC 9110, 5.6.7).
    let gap = ClockGap(before: before, theirs: theirs, after: after, resolution: .seconds(1))
    return .clock(gap, name: "clock", of: "Meta's clock")
  }

  private func check(_ number: NumberRecord, _ account: GraphAccount) async -> [Check] {
    let id = number.facts.phoneNumberID
    let name = "number.\(id)"
    func failure(_ detail: String, _ remedy: String) -> [Check] {
      [Check(name: name + ".token", ok: false, detail: detail, remedy: remedy)]
    }
    guard let sealed = number.sealedAccessToken else {
      return failure(
        "no access token is stored",
        "Run: carewindow number set \(id) --access-token-stdin"
      )
    }
    let token: AccessToken
    do {
      token = AccessToken(try database.seal(settings, for: numbers).open(sealed))
    } catch {
      return failure(
        error is Seal.Failure
          ? "the secret key does not open the stored access token" : "\(error)",
        "Restore the key file or CAREWINDOW_SECRET_KEY, or store the token again with carewindow number set."
      )
    }
    do {
      let standing = try await account.standing(of: token)
      return [
        Self.token(standing, name: name, account: number.facts.wabaID),
        await webhooks(number.facts, account, token, app: standing.appID),
      ]
    } catch {
      return failure("\(error)", "Check the token and the account's id.")
    }
  }

  private static func token(_ standing: TokenStanding, name: String, account: WABAID) -> Check {
    let missing = standing.scopesMissing(for: account)
    let isFine = standing.isValid && missing.isEmpty
    return Check(
      name: name + ".token",
      ok: isFine,
      detail: isFine
        ? "the access token may do what is needed"
        : standing.isValid
          ? "the access token lacks \(missing.joined(separator: ", "))"
          : "Meta refuses the access token",
      remedy: isFine
        ? ""
        : "Make a system-user token with these permissions and store it with carewindow number set."
    )
  }
}
