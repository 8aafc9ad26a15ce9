import ArgumentParser
import Carriers
import CloudAPI
import CustomerCare
import Gateway
import SQLiteEngine
import Storage

/// `carewindow doctor`.
struct Doctor: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Check configuration, database, clock and Meta; say what is wrong and what to do.",
    discussion: """
      EXAMPLES
        carewindow doctor
        carewindow doctor --json
      """
  )

  /// One thing that was looked at.
  struct Check: Sendable {
    var name: String
    var ok: Bool
    /// What was seen.
    var detail: String
    /// What to do; empty when all is well.
    var remedy = ""
  }

  /// How far the machine's clock may differ from Meta's before windows are wrong by more than the margin forgives.
  private static let skewMax: Duration = .seconds(5)

  @Flag(help: "Print JSON.") var json = false

  func run() async throws {
    let settings = try await Settings()
    var checks: [Check] = [configuration(settings)]
    var counts: JournalCounts?
    var numbers: [NumberRecord] = []
    do {
      let database = try Database(settings)
      let engine = try await database.open(quietly: json)
      let seen = try await engine.read { unit in
        (
          try Numbers.list(in: unit), try Journal.counts(in: unit), try Journal.unclaimed(in: unit)
        )
      }
      numbers = seen.0
      counts = seen.1
      checks.append(
        Check(name: "database", ok: true, detail: "\(database.name) opens and is up to date")
      )
      checks += journal(seen.1, seen.2)
      checks += await meta(settings, numbers, try database.seal(settings))
      try await engine.close()
    } catch {
      checks.append(
        Check(
          name: "database",
          ok: false,
          detail: "\(error)",
          remedy: "Check CAREWINDOW_DATABASE and the folder's permissions."
        )
      )
    }
    show(checks, counts)
    if checks.contains(where: { !$0.ok }) { throw ExitCode.failure }
  }

  private func configuration(_ settings: Settings) -> Check {
    do {
      _ = try ServeConfiguration(settings)
      return Check(name: "configuration", ok: true, detail: "every setting is there")
    } catch {
      return Check(
        name: "configuration",
        ok: false,
        detail: error.description,
        remedy: "Set \(error.name); docs/reference/settings.md has all of them."
      )
    }
  }

  private func journal(
    _ counts: JournalCounts,
    _ unclaimed: [(number: PhoneNumberID, entries: Int)]
  ) -> [Check] {
    let waiting = unclaimed.map { "\($0.number) (\($0.entries))" }.joined(separator: ", ")
    return [
      Check(
        name: "journal.flagged",
        ok: counts.flagged == 0,
        detail: "\(counts.flagged) of \(counts.entries) entries are set aside",
        remedy: counts.flagged == 0 ? "" : "After an upgrade run: carewindow replay"
      ),
      Check(
        name: "journal.unclaimed",
        ok: counts.unclaimed == 0,
        detail: counts.unclaimed == 0
          ? "every number Meta tells us about was added"
          : "\(counts.unclaimed) entries are for numbers nobody added: \(waiting)",
        remedy: counts.unclaimed == 0
          ? "" : "Run carewindow number add for them; the entries are applied then."
      ),
    ]
  }

  /// What Meta says: reachable, the same time, tokens that may, webhooks that come.
  private func meta(_ settings: Settings, _ numbers: [NumberRecord], _ seal: Seal) async -> [Check]
  {
    var checks: [Check] = []
    do {
      let time = try await SystemTime.asConfigured(settings)
      try await MetaAccess.with(settings) { account in
        let theirs = try await account.serverTime()
        checks.append(Check(name: "meta.reachable", ok: true, detail: "Meta answers"))
        if let theirs { checks.append(Self.clock(theirs, ours: time.now)) }
        for number in numbers { checks += await Self.check(number, account, seal) }
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

  private static func clock(_ theirs: Instant, ours: Instant) -> Check {
    let skew = ours.since(theirs)
    let isFine = skew < skewMax && skew > .zero - skewMax - .seconds(1)
    return Check(
      name: "clock",
      ok: isFine,
      detail: "this machine is \(skew) from Meta's clock",
      remedy: isFine ? "" : "Run an NTP client; windows close by the clock."
    )
  }

  private static func check(
    _ number: NumberRecord,
    _ account: GraphAccount,
    _ seal: Seal
  ) async -> [Check] {
    let name = "number.\(number.facts.phoneNumberID)"
    guard let sealed = number.sealedAccessToken else {
      return [
        Check(
          name: name + ".token",
          ok: false,
          detail: "no access token is stored",
          remedy: "Run: carewindow number set \(number.facts.phoneNumberID) --access-token-stdin"
        )
      ]
    }
    do {
      let token = AccessToken(try seal.open(sealed))
      let standing = try await account.standing(of: token)
      let missing = standing.scopesMissing(for: number.facts.wabaID)
      let apps = try await account.subscribedApps(of: number.facts.wabaID, accessToken: token)
      let isTokenFine = standing.isValid && missing.isEmpty
      return [
        Check(
          name: name + ".token",
          ok: isTokenFine,
          detail: isTokenFine
            ? "the access token may do what is needed"
            : standing.isValid
              ? "the access token lacks \(missing.joined(separator: ", "))"
              : "Meta refuses the access token",
          remedy: isTokenFine
            ? ""
            : "Make a system-user token with these permissions and store it with carewindow number set."
        ),
        Check(
          name: name + ".webhooks",
          ok: !apps.isEmpty,
          detail: apps.isEmpty
            ? "no app gets this account's webhooks"
            : "\(apps.count) app(s) get this account's webhooks",
          remedy: apps.isEmpty
            ? "Add the number with --subscribe, or subscribe the app at Meta." : ""
        ),
      ]
    } catch let failure as Seal.Failure {
      return [
        Check(
          name: name + ".token",
          ok: false,
          detail: "the stored access token cannot be opened (\(failure))",
          remedy:
            "Restore CAREWINDOW_SECRET_KEY, or store the token again with carewindow number set."
        )
      ]
    } catch {
      return [
        Check(
          name: name + ".token",
          ok: false,
          detail: "\(error)",
          remedy: "Check the token and the account's id."
        )
      ]
    }
  }

  private func show(_ checks: [Check], _ counts: JournalCounts?) {
    guard json else {
      for check in checks {
        Output.result("\(check.ok ? "ok  " : "FAIL") \(check.name): \(check.detail)")
        if !check.remedy.isEmpty { Output.result("     \(check.remedy)") }
      }
      return
    }
    Output.result([
      "checks": .array(
        checks.map {
          [
            "name": .string($0.name), "ok": .bool($0.ok), "detail": .string($0.detail),
            "remedy": .string($0.remedy),
          ]
        }
      ),
      "journal": [
        "entries": counts.map { .integer($0.entries) } ?? .null,
        "unapplied": counts.map { .integer($0.unapplied) } ?? .null,
        "flagged": counts.map { .integer($0.flagged) } ?? .null,
        "unclaimed": counts.map { .integer($0.unclaimed) } ?? .null,
      ],
    ])
  }
}
