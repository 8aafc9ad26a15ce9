import ArgumentParser
import Carriers
import CloudAPI
import CustomerCare
import Foundation
import Gateway
import Storage

/// `carewindow number`.
struct NumberVerb: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "number",
    abstract: "The business numbers this gateway serves.",
    discussion: """
      EXAMPLES
        carewindow number add --phone-number-id 900800700 --waba-id 700100200300 \\
            --display-phone-number +4930000001 --access-token-stdin < token.txt
        carewindow number list
      """,
    subcommands: [
      NumberAdd.self, NumberList.self, NumberShow.self, NumberSet.self, NumberRemove.self,
    ]
  )
}

struct NumberAdd: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "add",
    abstract: "Serve a business number.",
    discussion: """
      What Meta has already told us about the number is applied at once.

      EXAMPLES
        carewindow number add --phone-number-id 900800700 --waba-id 700100200300 \\
            --display-phone-number +4930000001 --timezone Europe/Berlin --currency EUR \\
            --access-token-stdin < token.txt
      """
  )

  @Option(help: "Meta's id of the number.") var phoneNumberId: String
  @Option(help: "Meta's id of the WhatsApp Business account.") var wabaId: String
  @Option(help: "The number as people dial it, +4930000001.") var displayPhoneNumber: String
  @Option(help: "The business portfolio, if several accounts share one.") var portfolioId: String?
  @Flag(help: "The number was in use before: windows may be open that nobody told us of.")
  var inUse = false
  @Flag(help: "The number is used in the WhatsApp Business app as well.") var coexistence = false
  @Option(help: "When a Coexistence number was onboarded, RFC 3339.") var onboardedAt: String?
  @Flag(help: "Subscribe Meta's app to the account's webhooks.") var subscribe = false
  @OptionGroup var options: NumberOptions

  func validate() throws {
    for (name, value) in [("phone-number-id", phoneNumberId), ("waba-id", wabaId)] {
      guard (1...32).contains(value.count), value.allSatisfy(\.isDigit) else {
        throw ValidationError("--\(name) takes the digits Meta shows. Example: --\(name) 900800700")
      }
    }
    let digits = displayPhoneNumber.filter(\.isDigit)
    guard displayPhoneNumber.hasPrefix("+"), (7...15).contains(digits.count) else {
      throw ValidationError(
        "--display-phone-number takes the number with + and country code. Example: +4930000001"
      )
    }
    if let onboardedAt, Instant(rfc3339: onboardedAt) == nil {
      throw ValidationError("--onboarded-at takes RFC 3339. Example: 2026-11-21T10:00:00Z")
    }
    if onboardedAt != nil, !coexistence {
      throw ValidationError("--onboarded-at belongs to --coexistence.")
    }
    if coexistence, options.throughput != nil {
      throw ValidationError("--throughput is not for --coexistence: \(Failure.fixedThroughput)")
    }
    if subscribe, !options.accessTokenStdin {
      throw ValidationError("--subscribe needs --access-token-stdin.")
    }
  }

  func run() async throws {
    let settings = try await Settings()
    let database = try Database(settings)
    let engine = try await database.open(creating: true)
    let seal = try await options.seal(database, settings, in: engine)
    let display = "+" + displayPhoneNumber.filter(\.isDigit)
    let record = NumberRecord(
      facts: NumberFacts(
        phoneNumberID: PhoneNumberID(phoneNumberId),
        wabaID: WABAID(wabaId),
        scope: portfolioId.map { IdentityScope($0) },
        displayPhoneNumber: display,
        addedAt: try await SystemTime.asConfigured(settings).now,
        inUse: inUse,
        coexistence: coexistence,
        onboardedAt: onboardedAt.flatMap(Instant.init(rfc3339:)),
        // Who names a fallback wants it sent.
        ifClosed: try options.policy() ?? (options.fallbackTemplate == nil ? .refuse : .template),
        throughput: options.throughput,
        pairBurst: options.pairBurst
      ),
      timeZone: options.timezone,
      currency: options.currency,
      fallback: try options.fallback(),
      sealedAccessToken: try options.sealedToken(seal)
    )
    let waiting = try await engine.write(.rest) { unit in try Numbers.add(record, in: unit) }
    if let waiting, waiting > 0 { engine.tell(.journalled) }
    try await engine.close()
    guard let waiting else {
      throw Failure(
        "The number \(phoneNumberId) was added before. To change it: carewindow number set \(phoneNumberId) …"
      )
    }
    Output.result("Added \(phoneNumberId).")
    if waiting > 0 { Output.result("\(waiting) webhooks were waiting for it and are applied now.") }
    if subscribe, let seal { try await record.subscribe(settings, opening: seal) }
  }
}

struct NumberList: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list",
    abstract: "List the numbers.",
    discussion: "EXAMPLES\n  carewindow number list --json"
  )

  @Flag(help: "Print JSON.") var json = false

  func run() async throws {
    let engine = try await Database(try await Settings()).open()
    let numbers = try await engine.read { unit in try Numbers.list(in: unit) }
    try await engine.close()
    guard !json else { return Output.result(.array(numbers.map(\.json))) }
    Output.table(
      ["PHONE-NUMBER-ID", "NUMBER", "WABA", "IF CLOSED", "COEXISTENCE", "TOKEN"],
      numbers.map { number in
        [
          number.facts.phoneNumberID.rawValue, number.facts.displayPhoneNumber,
          number.facts.wabaID.rawValue, number.facts.ifClosed.rawValue,
          number.facts.coexistence ? "yes" : "no",
          number.sealedAccessToken == nil ? "missing" : "stored",
        ]
      }
    )
  }
}

struct NumberShow: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show",
    abstract: "Show one number.",
    discussion: "EXAMPLES\n  carewindow number show 900800700"
  )

  @Argument(help: "The phone-number-id.") var number: String
  @Flag(help: "Print JSON.") var json = false

  func run() async throws {
    let engine = try await Database(try await Settings()).open()
    let id = PhoneNumberID(number)
    let found = try await engine.read { unit in try Numbers.find(id, in: unit) }
    try await engine.close()
    guard let found else { throw Failure.noNumber(number) }
    guard !json else { return Output.result(found.json) }
    for member in found.json.members {
      Output.result(
        "\(member.key): \(member.value.text ?? member.value.flag.map(String.init) ?? "-")"
      )
    }
  }
}

struct NumberSet: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "set",
    abstract: "Change a number.",
    discussion: """
      EXAMPLES
        carewindow number set 900800700 --if-closed refuse
        carewindow number set 900800700 --throughput 1000
        carewindow number set 900800700 --access-token-stdin < token.txt
        carewindow number set 900800700 --subscribe
      """
  )

  @Argument(help: "The phone-number-id.") var number: String
  @Flag(help: "Subscribe Meta's app to the account's webhooks.") var subscribe = false
  @OptionGroup var options: NumberOptions

  func run() async throws {
    let settings = try await Settings()
    let database = try Database(settings)
    let engine = try await database.open()
    let id = PhoneNumberID(number)
    let policy = try options.policy()
    let fallback = try options.fallback()
    let sealed = try options.sealedToken(
      try await options.seal(database, settings, in: engine)
    )
    let timezone = options.timezone
    let currency = options.currency
    let (throughput, pairBurst) = (options.throughput, options.pairBurst)
    let changed = try await engine.write(.rest) { unit -> NumberRecord? in
      guard var record = try Numbers.find(id, in: unit) else { return nil }
      guard throughput == nil || !record.facts.coexistence else { return record }
      record.facts = record.facts.with(
        ifClosed: policy,
        throughput: throughput,
        pairBurst: pairBurst
      )
      record.timeZone = timezone ?? record.timeZone
      record.currency = currency ?? record.currency
      record.fallback = fallback ?? record.fallback
      record.sealedAccessToken = sealed ?? record.sealedAccessToken
      return try Numbers.update(record, in: unit) ? record : nil
    }
    try await engine.close()
    guard let changed else { throw Failure.noNumber(number) }
    guard throughput == nil || !changed.facts.coexistence else {
      throw Failure(Failure.fixedThroughput)
    }
    Output.result("Changed \(number).")
    if subscribe {
      try await changed.subscribe(settings, opening: database.seal(settings, for: [changed]))
    }
  }
}

struct NumberRemove: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "remove",
    abstract: "Stop serving a number; its conversations are kept.",
    discussion: "EXAMPLES\n  carewindow number remove 900800700"
  )

  @Argument(help: "The phone-number-id.") var number: String

  func run() async throws {
    let engine = try await Database(try await Settings()).open()
    let id = PhoneNumberID(number)
    let isFound = try await engine.write(.rest) { unit in try Numbers.remove(id, in: unit) }
    try await engine.close()
    guard isFound else { throw Failure.noNumber(number) }
    Output.result("Removed \(number).")
  }
}

extension Failure {
  /// Nobody added the number.
  static func noNumber(_ number: String) -> Failure {
    Failure("No business number \(number) was added. See: carewindow number list")
  }

  /// Why a Coexistence number has no throughput of its own.
  static let fixedThroughput =
    "Meta takes \(PaceRule.throughputCoexistence) messages a second of a Coexistence number, and no more."
}

extension NumberFacts {
  /// The same number with other terms; `nil`: as before.
  fileprivate func with(
    ifClosed policy: ClosedWindowPolicy?,
    throughput: Int?,
    pairBurst: Int?
  ) -> NumberFacts {
    NumberFacts(
      phoneNumberID: phoneNumberID,
      wabaID: wabaID,
      scope: scope,
      displayPhoneNumber: displayPhoneNumber,
      addedAt: addedAt,
      inUse: inUse,
      coexistence: coexistence,
      onboardedAt: onboardedAt,
      ifClosed: policy ?? ifClosed,
      throughput: throughput ?? self.throughput,
      pairBurst: pairBurst ?? self.pairBurst
    )
  }
}

extension NumberRecord {
  /// Subscribes the app to the account's webhooks, with the number's own token.
  fileprivate func subscribe(_ settings: Settings, opening seal: @autoclosure () throws -> Seal)
    async throws
  {
    let id = facts.phoneNumberID
    guard let sealedAccessToken else {
      throw Failure(
        "No access token is stored. Run: carewindow number set \(id) --subscribe --access-token-stdin"
      )
    }
    let token = AccessToken(try seal().open(sealedAccessToken))
    do {
      try await MetaAccess.with(settings) { account in
        try await account.subscribe(to: facts.wabaID, accessToken: token)
      }
    } catch {
      throw Failure(
        "\(error) The number is stored; to try again: carewindow number set \(id) --subscribe"
      )
    }
    Output.result("Subscribed to the webhooks of \(facts.wabaID).")
  }

  /// The number as verbs print it; never its token.
  var json: JSON {
    [
      "phone_number_id": .string(facts.phoneNumberID.rawValue),
      "waba_id": .string(facts.wabaID.rawValue),
      "portfolio_id": .string(facts.scope.rawValue),
      "display_phone_number": .string(facts.displayPhoneNumber),
      "added_at": .string(facts.addedAt.rfc3339),
      "in_use": .bool(facts.inUse),
      "coexistence": .bool(facts.coexistence),
      "onboarded_at": facts.onboardedAt.map { .string($0.rfc3339) } ?? .null,
      "if_closed": .string(facts.ifClosed.rawValue),
      "fallback_template": fallback.map { .string("\($0.name):\($0.language)") } ?? .null,
      "timezone": timeZone.map(JSON.string) ?? .null,
      "currency": currency.map(JSON.string) ?? .null,
      "throughput": facts.throughput.map { .integer($0) } ?? .null,
      "pair_burst": facts.pairBurst.map { .integer($0) } ?? .null,
      "access_token": .bool(sealedAccessToken != nil),
    ]
  }
}

extension Character {
  /// Whether the character is one of 0 to 9.
  fileprivate var isDigit: Bool { ("0"..."9").contains(self) }
}
