import ArgumentParser
import CloudAPI
import CustomerCare
import Foundation
import Gateway
import Storage

/// `carewindow callback`.
struct CallbackVerb: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "callback",
    abstract: "The addresses that are called when something happens.",
    discussion: """
      EXAMPLES
        carewindow callback add --url https://crm.example.com/hook --kinds message.received \\
            --secret-stdin < secret.txt
        carewindow callback list
        carewindow callback redeliver cb_…
      """,
    subcommands: [Add.self, List.self, Remove.self, Redeliver.self]
  )

  struct Add: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Call an address from now on.",
      discussion: """
        Kinds: \(CallbackKind.allCases.map(\.rawValue).joined(separator: ", ")).
        The secret is whsec_ and Base64, or any other text of at least \
        \(CallbackLimits.secretBytesMin) bytes.

        EXAMPLES
          carewindow callback add --url https://bot.example.com/webhook --kinds meta.raw \\
              --numbers 900800700 --secret-stdin < secret.txt
        """
    )

    @Option(help: "The address: https, or http into a network of CAREWINDOW_CALLBACK_NETWORKS.")
    var url: String
    @Option(help: "What it is called for, comma separated.") var kinds: String
    @Option(help: "The phone-number-ids it is called for, comma separated. Default: all.")
    var numbers: String?
    @Flag(help: "Read the secret that signs from standard input.") var secretStdin = false
    @Flag(help: "Print JSON.") var json = false

    func validate() throws {
      guard secretStdin else {
        throw ValidationError(
          "The secret is read from standard input only. Example: --secret-stdin < secret.txt"
        )
      }
    }

    func run() async throws {
      let settings = try await Settings()
      let database = try Database(settings)
      let engine = try await database.open()
      let secret = String(
        decoding: FileHandle.standardInput.readDataToEndOfFile(),
        as: UTF8.self
      ).trimmingCharacters(in: .whitespacesAndNewlines)
      let sealed = try await engine.read { unit in
        (try Numbers.list(in: unit), try Callbacks.list(in: unit))
      }
      let desk = CallbackDesk(
        engine: engine,
        seal: try database.seal(settings, for: sealed.0, sealed.1),
        time: try await SystemTime.asConfigured(settings),
        chance: SystemChance()
      )
      do {
        let added = try await desk.add(
          CallbackDesk.Draft(
            url: url,
            kinds: kinds.commaSeparated,
            numbers: numbers?.commaSeparated,
            secret: secret
          )
        )
        try await engine.close()
        if json {
          Output.result(["id": .string(added.id.rawValue)])
        } else {
          Output.result(added.id.rawValue)
        }
      } catch let refusal as CallbackDesk.Refusal {
        try await engine.close()
        throw Failure("\(refusal.member): \(refusal.reason)")
      }
    }
  }

  struct List: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "List callbacks, and what they are still owed.",
      discussion: "EXAMPLES\n  carewindow callback list --json"
    )

    @Flag(help: "Print JSON.") var json = false

    func run() async throws {
      let engine = try await Database(try await Settings()).open()
      let (callbacks, counts) = try await engine.read { unit in
        (try Callbacks.list(in: unit), try CallbackDeliveries.counts(in: unit))
      }
      try await engine.close()
      guard !json else {
        return Output.result(.array(callbacks.map { Self.json($0, counts[$0.id] ?? (0, 0)) }))
      }
      Output.table(
        ["ID", "URL", "KINDS", "NUMBERS", "PENDING", "DEAD"],
        callbacks.map { callback in
          let count = counts[callback.id] ?? (0, 0)
          return [
            callback.id.rawValue, callback.url, callback.kindWords.joined(separator: ","),
            callback.numberWords?.joined(separator: ",") ?? "all", "\(count.pending)",
            "\(count.dead)",
          ]
        }
      )
    }

    private static func json(_ callback: CallbackRecord, _ count: (pending: Int, dead: Int)) -> JSON
    {
      [
        "id": .string(callback.id.rawValue), "url": .string(callback.url),
        "kinds": .array(callback.kindWords.map(JSON.string)),
        "numbers": callback.numberWords.map { .array($0.map(JSON.string)) } ?? .null,
        "created_at": .string(callback.createdAt.rfc3339), "pending": .integer(count.pending),
        "dead": .integer(count.dead),
      ]
    }
  }

  struct Remove: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Call an address no more, and forget what it is still owed.",
      discussion: "EXAMPLES\n  carewindow callback remove cb_…"
    )

    @Argument(help: "The callback's id.") var callback: String

    func run() async throws {
      let engine = try await Database(try await Settings()).open()
      let id = CallbackID(callback)
      let isRemoved = try await engine.write(.rest) { unit in
        try Callbacks.remove(id, in: unit)
      }
      try await engine.close()
      guard isRemoved else { throw Failure.noCallback(callback) }
      Output.result("Removed \(callback).")
    }
  }

  struct Redeliver: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Deliver again: everything that is dead, or one delivery.",
      discussion: """
        EXAMPLES
          carewindow callback redeliver cb_…
          carewindow callback redeliver cb_… --delivery evt_…
        """
    )

    @Argument(help: "The callback's id.") var callback: String
    @Option(help: "One delivery, by its webhook-id, dead or delivered.") var delivery: String?

    func run() async throws {
      let settings = try await Settings()
      let engine = try await Database(settings).open()
      // By the clock that serve goes by, or it would not be due when serve looks.
      let now = try await SystemTime.asConfigured(settings).now
      let (id, delivery) = (CallbackID(callback), delivery)
      let started = try await engine.write(.rest) { unit -> Int? in
        guard try Callbacks.find(id, in: unit) != nil else { return nil }
        return try CallbackDeliveries.redeliver(
          delivery,
          of: id,
          now: now,
          in: unit
        )
      }
      if let started, started > 0 { engine.tell(.owed) }
      try await engine.close()
      guard let started else { throw Failure.noCallback(callback) }
      if let delivery, started == 0 {
        throw Failure("The callback has no delivery \(delivery) that has ended.")
      }
      Output.result("Redelivering \(started).")
    }
  }
}

extension CallbackRecord {
  fileprivate var kindWords: [String] { kinds.map(\.rawValue).sorted() }
  fileprivate var numberWords: [String]? { numbers.map { $0.map(\.rawValue).sorted() } }
}

extension Failure {
  fileprivate static func noCallback(_ id: String) -> Failure {
    Failure("There is no callback \(id). See: carewindow callback list")
  }
}
