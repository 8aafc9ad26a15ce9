import ArgumentParser
import CustomerCare
import Foundation
import Gateway
import Storage

/// What can be said of a number when it is added, and changed later.
struct NumberOptions: ParsableArguments {
  @Option(help: "The number's time zone. Example: Europe/Berlin") var timezone: String?
  @Option(help: "The currency of its costs. Example: EUR") var currency: String?
  @Option(
    help: "What happens to free-form messages while the window is closed: template, park or refuse."
  )
  var ifClosed: String?
  @Option(help: "The template that goes out then before all others, NAME:LANGUAGE.")
  var fallbackTemplate: String?
  @Option(help: "Messages a second that Meta takes of the number, in and out. Default: 80.")
  var throughput: Int?
  @Option(help: "How many messages may leave to one customer at once. Default: 44.")
  var pairBurst: Int?
  @Flag(help: "Read Meta's access token from standard input.") var accessTokenStdin = false

  func validate() throws {
    if let timezone, TimeZone(identifier: timezone) == nil {
      throw ValidationError(
        "--timezone \(timezone) is no time zone. Example: --timezone Europe/Berlin"
      )
    }
    if let currency, currency.count != 3 || currency.uppercased() != currency {
      throw ValidationError("--currency takes three capital letters. Example: --currency EUR")
    }
    if let throughput, !Self.throughputs.contains(throughput) {
      throw ValidationError(
        "--throughput takes 10 to 100000 messages a second. Example: --throughput 1000"
      )
    }
    if let pairBurst, !Self.pairBursts.contains(pairBurst) {
      throw ValidationError("--pair-burst takes 1 to 100000 messages. Example: --pair-burst 15")
    }
    _ = try policy()
    _ = try fallback()
  }

  /// From half of what the slowest number has to what only a simulated Meta takes.
  private static let throughputs = 10...100_000
  /// From no burst at all to what only a simulated Meta takes.
  private static let pairBursts = 1...100_000

  func policy() throws -> ClosedWindowPolicy? {
    guard let ifClosed else { return nil }
    guard let policy = ClosedWindowPolicy(rawValue: ifClosed) else {
      throw ValidationError(
        "--if-closed takes template, park or refuse. Example: --if-closed template"
      )
    }
    return policy
  }

  func fallback() throws -> NumberRecord.FallbackTemplate? {
    guard let parts = fallbackTemplate?.split(separator: ":"), fallbackTemplate != nil else {
      return nil
    }
    guard parts.count == 2 else {
      throw ValidationError(
        "--fallback-template takes NAME:LANGUAGE. Example: --fallback-template follow_up:de"
      )
    }
    return NumberRecord.FallbackTemplate(name: String(parts[0]), language: String(parts[1]))
  }

  /// The keys to seal the token with; `nil` when none was promised, so that none is needed.
  func seal(_ database: Database, _ settings: Settings, in engine: any SQLEngine) async throws
    -> Seal?
  {
    guard accessTokenStdin else { return nil }
    let numbers = try await engine.read { unit in try Numbers.list(in: unit) }
    return try database.seal(settings, for: numbers)
  }

  /// The token, sealed; `nil` when none was promised.
  func sealedToken(_ seal: Seal?) throws -> [UInt8]? {
    guard let seal else { return nil }
    let text = String(
      decoding: FileHandle.standardInput.readDataToEndOfFile(),
      as: UTF8.self
    ).trimmingCharacters(in: .whitespacesAndNewlines)
    guard !text.isEmpty else {
      throw Failure(
        "Standard input held no access token. Example: carewindow number add … --access-token-stdin < token.txt"
      )
    }
    return try seal.seal(text)
  }
}
