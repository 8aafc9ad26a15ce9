import CloudAPI
import Foundation
import Support
import Synchronization
import Testing

/// A sandbox and a gateway that know only each other, in a folder and on ports of their own.
final class World: Sendable {
  static let number = "900800700"
  static let waba = "700100200300"
  static let customer = "491700000042"
  static let secret = "the-app-secret-of-these-tests"
  static let verifyToken = "the-verify-token-of-these-tests"
  /// What the sandbox takes as Meta's access token of its first number.
  static let accessToken = "sandbox-token"

  /// Whose clock the sandbox goes by.
  enum Clock: String, Sendable { case real, manual }

  /// What remembers.
  enum Engine: String, CaseIterable, Sendable { case sqlite, postgres }

  let folder: String
  /// Names the database, as the setting does.
  let database: String
  let gatewayPort: Int
  let metricsPort: Int
  let sandboxPort: Int

  /// Where a bot listens that takes the gateway's place.
  var botPort: Int { gatewayPort }
  let executable: String
  let state = Mutex(State())

  struct State {
    var children: [Child] = []
    var gateway: Child?
    var token: String?
    var verbs = 0
  }

  private init(_ engine: Engine, at address: String?) throws {
    executable = try Binary.path()
    folder =
      FileManager.default.temporaryDirectory
      .appendingPathComponent("carewindow-\(UUID().uuidString)").path
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    switch engine {
    case .sqlite: database = "sqlite:\(folder)/carewindow.db"
    case .postgres where address != nil: database = address ?? ""
    case .postgres:
      let server = try PostgresServer.shared()
      database = server.address(try server.makeDatabase())
    }
    gatewayPort = try Ports.free()
    metricsPort = try Ports.free()
    sandboxPort = try Ports.free()
  }

  /// Runs a test in a world with a sandbox; whatever it started is ended afterwards.
  ///
  /// `address` is that of an empty PostgreSQL database; without one it is a new one of the shared server.
  static func run(
    _ clock: Clock = .manual,
    on engine: Engine = .sqlite,
    at address: String? = nil,
    seed: UInt64 = 7,
    deliverPath: String = "/webhooks/meta",
    sourceLocation: SourceLocation = #_sourceLocation,
    isolation: isolated (any Actor)? = #isolation,
    _ body: (World) async throws -> Void
  ) async throws {
    try await Slots.worlds.take {
      let world = try World(engine, at: address)
      do {
        try await world.startSandbox(clock, seed: seed, deliverPath: deliverPath)
        try await body(world)
      } catch is ExpectationFailedError {
        // `#require` has said so already.
      } catch {
        Issue.record(error, "\(world.lastWords)", sourceLocation: sourceLocation)
      }
      await world.end()
    }
  }

  private func end() async {
    for child in state.withLock({ $0.children }) { await child.kill() }
    try? FileManager.default.removeItem(atPath: folder)
  }

  /// The end of what sandbox and gateway said, for whoever reads a failure.
  private var lastWords: String {
    state.withLock { $0.children }.map { child in
      "--- \(child.errorPath)\n\(child.errors.suffix(2000))"
    }.joined(separator: "\n")
  }

  private func startSandbox(
    _ clock: Clock,
    seed: UInt64,
    deliverPath: String
  ) async throws {
    let child = try start(
      "sandbox",
      [
        "sandbox", "--listen", "127.0.0.1:\(sandboxPort)", "--deliver-to",
        "http://127.0.0.1:\(gatewayPort)\(deliverPath)", "--app-secret", Self.secret,
        "--clock", clock.rawValue, "--seed", "\(seed)",
      ],
      environment: ["CAREWINDOW_LOG_LEVEL": "debug"]
    )
    try await ready("the sandbox", child) {
      try await self.meta.get("/_sandbox/clock").status == 200
    }
  }
}
