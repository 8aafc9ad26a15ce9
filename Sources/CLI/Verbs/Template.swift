import ArgumentParser
import Carriers
import CloudAPI
import CustomerCare
import Gateway
import Storage
import Web

/// `carewindow template`.
struct TemplateVerb: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "template",
    abstract: "The message templates of the accounts, as far as Meta has told.",
    discussion: """
      EXAMPLES
        carewindow template sync
        carewindow template list
      """,
    subcommands: [TemplateSync.self, TemplateList.self]
  )
}

struct TemplateSync: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "sync",
    abstract: "Read the templates from Meta.",
    discussion: """
      Reads the whole list of each account, with the token of one of its numbers. What changes later, \
      webhooks tell; an edited template has to be read again.

      EXAMPLES
        carewindow template sync
        carewindow template sync --waba-id 700100200300 --json
      """
  )

  @Option(help: "Only this WhatsApp Business account.") var wabaId: String?
  @Flag(help: "Print JSON.") var json = false

  func run() async throws {
    let settings = try await Settings()
    let database = try Database(settings)
    let engine = try await database.open()
    do {
      try await sync(settings, database, engine)
    } catch {
      try await engine.close()
      throw error
    }
    try await engine.close()
  }

  private func sync(
    _ settings: Settings,
    _ database: Database,
    _ engine: any SQLEngine
  ) async throws {
    let numbers = try await engine.read { unit in try Numbers.list(in: unit) }
    let accounts = Set(numbers.map(\.facts.wabaID)).filter { wabaId ?? $0.rawValue == $0.rawValue }
    guard !accounts.isEmpty else {
      throw Failure(
        wabaId.map { "No number of the account \($0) was added. See: carewindow number list" }
          ?? "No business number was added. Run: carewindow number add --help"
      )
    }
    let time = try await SystemTime.asConfigured(settings)
    var reports: [SyncReport] = []
    var failures: [String] = []
    try await MetaAccess.with(settings) { meta in
      for account in accounts.sorted() {
        do {
          let token = try database.token(of: account, among: numbers, settings)
          // By the clock that Meta's webhooks are compared with.
          let askedAt = time.now
          let templates = try await meta.templates(of: account, accessToken: token)
          reports.append(try await Self.write(templates, of: account, askedAt, engine))
        } catch {
          failures.append("\(account): \(error)")
        }
      }
    }
    if json {
      Output.result(.array(reports.map(\.json)))
    } else {
      for report in reports { Output.result(report.sentence) }
    }
    guard failures.isEmpty else { throw Failure(failures.joined(separator: "\n")) }
  }

  private static func write(
    _ templates: MetaTemplates,
    of account: WABAID,
    _ askedAt: Instant,
    _ engine: any SQLEngine
  ) async throws -> SyncReport {
    let records = templates.listed.map { ListedTemplateRecord($0) }
    for start in stride(from: 0, to: records.count, by: Templates.writtenMax) {
      let part = Array(records[start..<min(start + Templates.writtenMax, records.count)])
      try await engine.write(.rest) { unit in
        try Templates.record(part, of: account, askedAt: askedAt, in: unit)
      }
    }
    // What part of a list does not have may be in the rest of it.
    let gone =
      templates.isWhole
      ? try await engine.write(.rest) { unit in
        try Templates.forget(notListedAt: askedAt, of: account, in: unit)
      } : 0
    return SyncReport(
      account: account,
      count: records.count,
      approved: records.count { $0.status == .approved },
      gone: gone,
      isWhole: templates.isWhole
    )
  }
}

struct TemplateList: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list",
    abstract: "List the templates, as far as Meta has told.",
    discussion: """
      EXAMPLES
        carewindow template list
        carewindow template list --waba-id 700100200300 --json
      """
  )

  /// How many are read at once; all are printed.
  private static let pageMax = 500

  @Option(help: "Only this WhatsApp Business account.") var wabaId: String?
  @Flag(help: "Print JSON.") var json = false

  func run() async throws {
    let settings = try await Settings()
    let engine = try await Database(settings).open()
    let now = try await SystemTime.asConfigured(settings).now
    let accounts = wabaId.map { [WABAID($0)] as Set }
    var templates: [TemplateRecord] = []
    var cursor: Cursor?
    repeat {
      let after = cursor
      let page = try await engine.read { unit in
        try TemplateViews.list(
          of: accounts,
          after: after,
          limit: Self.pageMax,
          at: now,
          in: unit
        )
      }
      templates += page.items
      cursor = page.next
    } while cursor != nil
    try await engine.close()
    guard !json else { return Output.result(.array(templates.map(\.json))) }
    Output.table(
      ["WABA", "NAME", "LANGUAGE", "CATEGORY", "STATUS", "QUALITY", "CHECKED"],
      templates.map { record in
        let template = record.template
        return [
          record.account.rawValue, template.name, template.language,
          template.category?.word ?? "-",
          template.status.word + (template.statusReason.map { " (\($0))" } ?? ""),
          template.quality.rawValue,
          template.isOutdated ? "edited since" : record.checkedAt?.rfc3339 ?? "never",
        ]
      }
    )
  }
}

/// What became of one account.
private struct SyncReport {
  let account: WABAID
  let count: Int
  let approved: Int
  let gone: Int
  let isWhole: Bool

  var sentence: String {
    let rest =
      isWhole
      ? "" : " The list has more, or some that are not understood: nothing was taken for deleted."
    return "\(account): \(count) templates, \(approved) approved, \(gone) gone.\(rest)"
  }

  var json: JSON {
    [
      "waba_id": .string(account.rawValue), "templates": .integer(count),
      "approved": .integer(approved), "gone": .integer(gone), "whole": .bool(isWhole),
    ]
  }
}

extension Database {
  /// The token of one of an account's numbers.
  fileprivate func token(
    of account: WABAID,
    among numbers: [NumberRecord],
    _ settings: Settings
  ) throws -> AccessToken {
    let own = numbers.first { $0.facts.wabaID == account && $0.sealedAccessToken != nil }
    guard let own, let sealed = own.sealedAccessToken else {
      throw Failure(
        "no number of the account has an access token. Run: carewindow number set ID --access-token-stdin"
      )
    }
    return AccessToken(try seal(settings, for: [own]).open(sealed))
  }
}
