import CloudAPI
import CustomerCare
import Foundation
import NIOHTTP1
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

  let folder: String
  let gatewayPort: Int
  let metricsPort: Int
  let sandboxPort: Int

  /// Where a bot listens that takes the gateway's place.
  var botPort: Int { gatewayPort }
  private let executable: String
  private let state = Mutex(State())

  private struct State {
    var children: [Child] = []
    var gateway: Child?
    var token: String?
    var verbs = 0
  }

  private init() throws {
    executable = try Binary.path()
    folder =
      FileManager.default.temporaryDirectory
      .appendingPathComponent("carewindow-\(UUID().uuidString)").path
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    gatewayPort = try Ports.free()
    metricsPort = try Ports.free()
    sandboxPort = try Ports.free()
  }

  /// Runs a test in a world with a sandbox; whatever it started is ended afterwards.
  static func run(
    _ clock: Clock = .manual,
    seed: UInt64 = 7,
    deliverPath: String = "/webhooks/meta",
    sourceLocation: SourceLocation = #_sourceLocation,
    isolation: isolated (any Actor)? = #isolation,
    _ body: (World) async throws -> Void
  ) async throws {
    try await Slots.worlds.take {
      let world = try World()
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

// MARK: - Processes

extension World {
  var databasePath: String { folder + "/carewindow.db" }

  /// The settings of this world's gateway and verbs, and nothing else.
  var settings: [String: String] {
    [
      "CAREWINDOW_LISTEN": "127.0.0.1:\(gatewayPort)",
      "CAREWINDOW_PUBLIC_URL": "http://127.0.0.1:\(gatewayPort)",
      "CAREWINDOW_DATABASE": "sqlite:\(databasePath)",
      "CAREWINDOW_META_URL": "http://127.0.0.1:\(sandboxPort)",
      "CAREWINDOW_APP_SECRET": Self.secret,
      "CAREWINDOW_VERIFY_TOKEN": Self.verifyToken,
      "CAREWINDOW_METRICS_LISTEN": "127.0.0.1:\(metricsPort)",
      "CAREWINDOW_CLOCK": "sandbox",
    ]
  }

  /// Starts the binary with an environment from scratch.
  func start(
    _ name: String,
    _ arguments: [String],
    environment: [String: String],
    input: String? = nil
  ) throws -> Child {
    try start(
      name,
      program: executable,
      arguments,
      environment: environment,
      input: input
    )
  }

  /// Starts any program with an environment from scratch.
  func start(
    _ name: String,
    program: String,
    _ arguments: [String],
    environment: [String: String],
    input: String? = nil
  ) throws -> Child {
    var whole = environment
    whole["HOME"] = folder
    for name in ["PATH", "LD_LIBRARY_PATH"] {
      whole[name] = whole[name] ?? ProcessInfo.processInfo.environment[name]
    }
    let child = try Child(
      program,
      arguments,
      environment: whole,
      folder: folder,
      name: name,
      input: input
    )
    state.withLock { $0.children.append(child) }
    return child
  }

  /// Starts the gateway and waits until it may take traffic.
  @discardableResult
  func serve(_ changes: [String: String] = [:], waiting: Bool = true) async throws -> Child {
    let environment = settings.merging(changes) { _, change in change }
    let child = try start("serve", ["serve"], environment: environment)
    state.withLock { $0.gateway = child }
    if waiting { try await ready() }
    return child
  }

  /// The gateway that was started last.
  var served: Child {
    get throws {
      guard let child = state.withLock({ $0.gateway }) else {
        throw HarnessError("No gateway was started.")
      }
      return child
    }
  }

  /// Waits until the gateway may take traffic.
  func ready() async throws {
    try await ready("the gateway", served) {
      try await self.gateway.get("/readyz").status == 200
    }
  }

  private func ready(
    _ what: String,
    _ child: Child,
    _ isReady: () async throws -> Bool
  ) async throws {
    try await Patience.until("\(what) is ready") {
      if let status = child.status {
        throw HarnessError("\(what) ended with \(status): \(child.errors.suffix(2000))")
      }
      // A refused connection is no answer yet.
      return (try? await isReady()) == true ? () : nil
    }
  }

  /// What a verb came to.
  struct Outcome: Sendable {
    let status: Int32
    let output: String
    let errors: String

    var json: JSON { (try? JSON.parse(text: output)) ?? .null }
  }

  /// Runs a verb to its end, with the gateway's settings.
  func verb(
    _ arguments: String...,
    input: String? = nil,
    changes: [String: String] = [:]
  ) async throws -> Outcome {
    try await verb(arguments, input: input, changes: changes)
  }

  func verb(
    _ arguments: [String],
    input: String? = nil,
    changes: [String: String] = [:]
  ) async throws -> Outcome {
    let count = state.withLock { state in
      state.verbs += 1
      return state.verbs
    }
    let child = try start(
      "verb-\(count)",
      arguments,
      environment: settings.merging(changes) { _, change in change }
        .filter { !$0.value.isEmpty },
      input: input
    )
    let status = try await child.end()
    return Outcome(status: status, output: child.output, errors: child.errors)
  }
}

// MARK: - The gateway

extension World {
  /// The gateway, called with this world's token if there is one.
  var gateway: Caller {
    Caller(base: "http://127.0.0.1:\(gatewayPort)", token: state.withLock { $0.token })
  }

  /// Starts the gateway with one number and one token.
  func open(
    _ options: [String] = [],
    changes: [String: String] = [:]
  ) async throws {
    try await serve(changes)
    try await addNumber(options, changes: changes)
    try await createToken(changes: changes)
  }

  func addNumber(
    _ options: [String] = [],
    id: String = World.number,
    display: String = "+4930000001",
    changes: [String: String] = [:]
  ) async throws {
    let added = try await verb(
      [
        "number", "add", "--phone-number-id", id, "--waba-id", Self.waba,
        "--display-phone-number", display, "--timezone", "Europe/Berlin", "--currency", "EUR",
        "--access-token-stdin",
      ] + options,
      input: Self.accessToken + "\n",
      changes: changes
    )
    try #require(added.status == 0, "number add said: \(added.errors)")
  }

  /// Creates a token and uses it from now on.
  @discardableResult
  func createToken(
    _ name: String = "crm",
    _ options: [String] = [],
    changes: [String: String] = [:]
  ) async throws -> String {
    let created = try await verb(["token", "create", "--name", name] + options, changes: changes)
    try #require(created.status == 0, "token create said: \(created.errors)")
    let token = created.output.trimmingCharacters(in: .whitespacesAndNewlines)
    state.withLock { $0.token = token }
    return token
  }

  /// Posts a message object to the façade.
  func send(
    _ message: JSON,
    headers: [(String, String)] = [],
    from number: String = World.number
  ) async throws -> Answer {
    try await gateway.ask(.POST, "/v24.0/\(number)/messages", message, headers: headers)
  }

  /// A text through the façade.
  func sendText(
    _ text: String,
    to customer: String = World.customer,
    key: String? = nil,
    from number: String = World.number
  ) async throws -> Answer {
    try await send(
      .text(text, to: customer),
      headers: key.map { [("Idempotency-Key", $0)] } ?? [],
      from: number
    )
  }

  /// The window of a customer, as `/v1` shows it.
  func window(
    of customer: String = World.customer,
    number: String = World.number
  ) async throws -> JSON {
    try await gateway.get("/v1/windows/\(number)/\(customer)").json
  }

  /// Waits until a window is in a state.
  @discardableResult
  func window(
    is state: String,
    of customer: String = World.customer,
    number: String = World.number
  ) async throws -> JSON {
    try await Patience.until("the window of \(customer) is \(state)") {
      let window = try await self.window(of: customer, number: number)
      return window["state"]?.text == state ? window : JSON?.none
    }
  }

  /// What `doctor --json` prints.
  func doctor(changes: [String: String] = [:]) async throws -> JSON {
    try await verb("doctor", "--json", changes: changes).json
  }

  /// Posts a webhook as Meta does.
  func webhook(_ body: [UInt8], secret: String = World.secret) async throws -> Answer {
    try await gateway.ask(
      .POST,
      "/webhooks/meta",
      bytes: body,
      headers: [
        ("Content-Type", "application/json"),
        (Signature.headerName, Signature.header(for: body, secret: secret)),
      ]
    )
  }
}

// MARK: - The sandbox

extension World {
  /// The sandbox, called like the Graph API and at its desk.
  var meta: Caller { Caller(base: "http://127.0.0.1:\(sandboxPort)") }

  @discardableResult
  private func desk(_ path: String, _ json: JSON) async throws -> JSON {
    let answer = try await meta.post("/_sandbox/" + path, json)
    guard answer.status == 200 else {
      throw HarnessError("The sandbox answered \(answer.status) to \(path): \(answer.text)")
    }
    return answer.json
  }

  /// A customer writes.
  @discardableResult
  func writes(_ customer: String = World.customer, _ json: JSON = [:]) async throws -> JSON {
    try await desk("customers/\(customer)/messages", json)
  }

  /// A customer calls.
  @discardableResult
  func calls(_ customer: String = World.customer, _ json: JSON = [:]) async throws -> JSON {
    try await desk("customers/\(customer)/calls", json)
  }

  /// Moves the clock, and waits until a running gateway has seen it.
  func advance(_ seconds: Int) async throws { try await advance(milliseconds: seconds * 1000) }

  func advance(milliseconds: Int) async throws {
    let moved = try await desk("clock/advance", ["milliseconds": .integer(milliseconds)])
    guard gateway.token != nil, try served.status == nil, let now = moved["now"]?.integer else {
      return
    }
    // What expires now is refused as soon as the gateway's clock shows as much.
    let probe: JSON = [
      "from": .string(Self.number), "to": .string(Self.customer), "type": "template",
      "template": ["name": "hello_world", "language": ["code": "en_US"]],
      "expires_at": .string(Instant(milliseconds: now * 1000).rfc3339),
    ]
    try await Patience.until("the gateway shows the sandbox's time") {
      guard try served.status == nil else { return () }
      let answer = try await gateway.post("/v1/messages/preview", probe)
      return [401, 404, 422].contains(answer.status) ? () : nil
    }
  }

  func fault(_ json: JSON) async throws { try await desk("faults", json) }

  func sandbox(set settings: JSON) async throws { try await desk("settings", settings) }

  func sandbox(number json: JSON) async throws { try await desk("numbers", json) }

  func app(writes json: JSON) async throws { try await desk("app/messages", json) }

  /// What the sandbox's clock shows, in milliseconds since 1970.
  var now: Int64 {
    get async throws {
      guard let now = try await meta.get("/_sandbox/clock").json["now_ms"]?.integer else {
        throw HarnessError("The sandbox has no clock.")
      }
      return now
    }
  }

  /// What the business sent to a customer's phone, oldest first.
  func phone(of customer: String = World.customer) async throws -> [JSON] {
    let answer = try await meta.get("/_sandbox/outbox?limit=1000&wa_id=\(customer)")
    return (answer.json["data"]?.items ?? []).filter { $0["from"]?.text == "business" }
  }

  /// How many messages the sandbox has seen in all, failed ones too.
  var messagesSeen: Int64 {
    get async throws { try await meta.get("/_sandbox/state").json["messages"]?.integer ?? -1 }
  }
}

extension JSON {
  /// A text message as a client posts it.
  static func text(_ body: String, to customer: String = World.customer) -> JSON {
    [
      "messaging_product": "whatsapp", "recipient_type": "individual", "to": .string(customer),
      "type": "text", "text": ["body": .string(body)],
    ]
  }

  /// The members of several names, in that order.
  func texts(_ names: String...) -> [String?] { names.map { self[$0]?.text } }
}
