import CloudAPI
import Foundation
import Synchronization
import Testing

extension World {
  var databasePath: String { folder + "/carewindow.db" }

  var isEmbedded: Bool { database.hasPrefix("sqlite:") }

  /// The settings of this world's gateway and verbs, and nothing else.
  var settings: [String: String] {
    // A file of its own would hold the key, but nodes share one.
    let key =
      isEmbedded
      ? [:] : ["CAREWINDOW_SECRET_KEY": "the key of all nodes of a test"]
    return [
      "CAREWINDOW_LISTEN": "127.0.0.1:\(gatewayPort)",
      "CAREWINDOW_PUBLIC_URL": "http://127.0.0.1:\(gatewayPort)",
      "CAREWINDOW_DATABASE": database,
      "CAREWINDOW_META_URL": "http://127.0.0.1:\(sandboxPort)",
      "CAREWINDOW_APP_SECRET": Self.secret,
      "CAREWINDOW_VERIFY_TOKEN": Self.verifyToken,
      "CAREWINDOW_METRICS_LISTEN": "127.0.0.1:\(metricsPort)",
      "CAREWINDOW_CLOCK": "sandbox",
    ].merging(key) { $1 }
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

  /// One more node.
  struct Node: Sendable {
    let child: Child
    /// The way to call it with this world's token.
    let gateway: Caller
    let ports: (Int, Int)
  }

  /// Starts one more node on the same database, and waits until it may take traffic.
  ///
  /// `more` are settings that differ from the first node's; `ports` are those of a node that was there before.
  func serveBeside(
    _ more: [String: String] = [:],
    on ports: (Int, Int)? = nil
  ) async throws -> Node {
    let (port, metrics) = try ports ?? (Ports.free(), Ports.free())
    let changes = [
      "CAREWINDOW_LISTEN": "127.0.0.1:\(port)", "CAREWINDOW_METRICS_LISTEN": "127.0.0.1:\(metrics)",
    ]
    let environment = settings.merging(changes) { _, change in change }.merging(more) { $1 }
    let child = try start("serve-\(port)", ["serve"], environment: environment)
    let gateway = Caller(
      base: "http://127.0.0.1:\(port)",
      token: state.withLock { $0.token }
    )
    try await ready("another node", child) { try await gateway.get("/readyz").status == 200 }
    return Node(child: child, gateway: gateway, ports: (port, metrics))
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

  func ready(
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
