import ArgumentParser
import CloudAPI
import CustomerCare
import Gateway
import Storage

/// `carewindow token`.
struct TokenVerb: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "token",
    abstract: "The tokens programs show.",
    discussion: """
      EXAMPLES
        carewindow token create --name crm --numbers 900800700
        carewindow token list
        carewindow token revoke crm
      """,
    subcommands: [Create.self, List.self, Revoke.self]
  )

  struct Create: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Make a token; it is printed once.",
      discussion: """
        EXAMPLES
          carewindow token create --name crm
          carewindow token create --name bot --numbers 900800700 --scopes send
        """
    )

    @Option(help: "Whom it is for.") var name: String
    @Option(help: "The phone-number-ids it is good for, comma separated. Default: all.")
    var numbers: String?
    @Option(help: "What it may do: send, read, manage; comma separated.")
    var scopes = "send,read"
    @Flag(help: "Print JSON.") var json = false

    func validate() throws {
      guard !name.isEmpty, name.count <= 100 else {
        throw ValidationError("--name must be 1 to 100 characters. Example: --name crm")
      }
      _ = try scopeSet()
    }

    func run() async throws {
      let settings = try await Settings()
      let engine = try await Database(settings).open(creating: true)
      let secret = TokenSecret.make(SystemChance())
      let token = TokenRecord(
        id: TokenID("tok_" + SystemChance().identifier()),
        name: name,
        hash: TokenSecret.hash(of: secret),
        scopes: try scopeSet(),
        numbers: numbers.map { Set($0.commaSeparated.map { PhoneNumberID($0) }) },
        createdAt: SystemTime().now
      )
      let added = try await engine.write(.rest) { unit in
        let missing = try (token.numbers ?? []).filter { try Numbers.find($0, in: unit) == nil }
        let isTaken = try Tokens.list(in: unit).contains {
          $0.name == token.name && $0.revokedAt == nil
        }
        if missing.isEmpty, !isTaken { try Tokens.create(token, in: unit) }
        return (missing: missing, isTaken: isTaken)
      }
      try await engine.close()
      if added.isTaken {
        throw Failure(
          "There is a token named \(name) already. Choose another name, or revoke it first."
        )
      }
      if let missing = added.missing.first {
        throw Failure("No business number \(missing) was added. See: carewindow number list")
      }
      if json {
        Output.result([
          "id": .string(token.id.rawValue), "name": .string(name), "token": .string(secret),
        ])
      } else {
        Output.say("The token is shown once; store it now.")
        Output.result(secret)
      }
    }

    private func scopeSet() throws -> Set<TokenRecord.Scope> {
      let words = scopes.commaSeparated
      let known = words.compactMap(TokenRecord.Scope.init(rawValue:))
      guard !words.isEmpty, known.count == words.count else {
        throw ValidationError("--scopes takes send, read and manage. Example: --scopes send,read")
      }
      return Set(known)
    }
  }

  struct List: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "List tokens.",
      discussion: "EXAMPLES\n  carewindow token list --json"
    )

    @Flag(help: "Print JSON.") var json = false

    func run() async throws {
      let engine = try await Database(try await Settings()).open()
      let tokens = try await engine.read { unit in try Tokens.list(in: unit) }
      try await engine.close()
      guard !json else { return Output.result(.array(tokens.map(Self.json))) }
      Output.table(
        ["ID", "NAME", "SCOPES", "NUMBERS", "CREATED", "STATE"],
        tokens.map { token in
          [
            token.id.rawValue, token.name,
            token.scopes.map(\.rawValue).sorted().joined(separator: ","),
            token.numbers.map { $0.map(\.rawValue).sorted().joined(separator: ",") } ?? "all",
            token.createdAt.rfc3339, token.revokedAt == nil ? "active" : "revoked",
          ]
        }
      )
    }

    private static func json(_ token: TokenRecord) -> JSON {
      [
        "id": .string(token.id.rawValue), "name": .string(token.name),
        "scopes": .array(token.scopes.map(\.rawValue).sorted().map(JSON.string)),
        "numbers": token.numbers.map {
          .array($0.map(\.rawValue).sorted().map(JSON.string))
        } ?? .null,
        "created_at": .string(token.createdAt.rfc3339),
        "revoked_at": token.revokedAt.map { .string($0.rfc3339) } ?? .null,
      ]
    }
  }

  struct Revoke: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "End a token, at once.",
      discussion: "EXAMPLES\n  carewindow token revoke crm"
    )

    @Argument(help: "The token's name or id.") var token: String

    func run() async throws {
      let engine = try await Database(try await Settings()).open()
      let wanted = token
      let isRevoked = try await engine.write(.rest) { unit in
        try Tokens.revoke(wanted, at: SystemTime().now, in: unit)
      }
      try await engine.close()
      guard isRevoked else {
        throw Failure("There is no active token \(token). See: carewindow token list")
      }
      Output.result("Revoked \(token).")
    }
  }
}

extension String {
  /// The parts between commas, without blanks and empty ones.
  var commaSeparated: [String] {
    split(separator: ",").map { $0.filter { $0 != " " } }.filter { !$0.isEmpty }
  }
}
