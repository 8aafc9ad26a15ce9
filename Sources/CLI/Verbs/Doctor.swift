import ArgumentParser
import Carriers
import CloudAPI
import CustomerCare
import Gateway
import Storage

/// `carewindow doctor`.
struct Doctor: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Check configuration, database, clock and Meta; say what is wrong and what to do.",
    discussion: """
      EXAMPLES
        carewindow doctor
        carewindow doctor --json

      It changes nothing. Exit status 1 when something is wrong. What nobody can tell is marked ? and is no failure.
      """
  )

  /// One thing that was looked at.
  struct Check: Sendable {
    var name: String
    /// Whether it is well; `nil` when nobody could tell.
    var ok: Bool?
    /// What was seen.
    var detail: String
    /// What to do; empty when all is well.
    var remedy = ""
  }

  @Flag(help: "Print JSON.") var json = false

  func run() async throws {
    let settings = try await Settings()
    var checks: [Check] = [configuration(settings)]
    var counts: JournalCounts?
    do {
      let database = try Database(settings)
      let checkup = await DatabaseCheckup(database).look(quietly: json)
      checks += checkup.checks
      if let found = checkup.found {
        counts = found.counts
        checks += journal(found.counts, found.unclaimed)
        checks.append(found.media)
        checks += await MetaCheckup(settings, found.numbers, of: database).checks()
      }
    } catch {
      checks.append(
        Check(
          name: "database",
          ok: false,
          detail: "\(error)",
          remedy: "docs/reference/settings.md tells what CAREWINDOW_DATABASE takes."
        )
      )
    }
    show(checks, counts)
    if checks.contains(where: { $0.ok == false }) { throw ExitCode.failure }
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

  private func show(_ checks: [Check], _ counts: JournalCounts?) {
    guard json else {
      for check in checks {
        let mark = check.ok.map { $0 ? "ok  " : "FAIL" } ?? "?   "
        Output.result("\(mark) \(check.name): \(check.detail)")
        if !check.remedy.isEmpty { Output.result("     \(check.remedy)") }
      }
      return
    }
    Output.result([
      "checks": .array(
        checks.map {
          [
            "name": .string($0.name), "ok": $0.ok.map(JSON.bool) ?? .null,
            "detail": .string($0.detail),
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
