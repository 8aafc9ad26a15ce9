import CloudAPI
import NIOCore

/// `carewindow serve` on a database of its own, with one business number and one token; or one of several
/// nodes on one.
struct CareWindowServer: Sendable {
  /// The binary's settings for this server, the verbs' too.
  let environment: [String: String]
  let folder: String
  let port: Int
  let metricsPort: Int
  /// A token that may send and read.
  let token: String
  let child: ChildProcess
  /// Milliseconds from the start of the process to the first 200 from `/readyz`.
  let startMilliseconds: Double

  /// Makes an empty database and starts on it.
  ///
  /// `database` is the address of an empty one; nil makes a SQLite file. `metaPort` is where Meta is
  /// played; nil where nothing is sent.
  static func start(
    in workplace: Workplace,
    on database: String? = nil,
    metaPort: Int? = nil,
    port: Int? = nil
  ) async throws -> CareWindowServer {
    let folder = try workplace.emptyFolder("carewindow")
    let port = try await port.orFree()
    let metricsPort = try await freePort()
    let environment = workplace.environment.merging(
      [
        "CAREWINDOW_LISTEN": "127.0.0.1:\(port)",
        "CAREWINDOW_PUBLIC_URL": "http://127.0.0.1:\(port)",
        "CAREWINDOW_DATABASE": database ?? "sqlite:\(folder)/carewindow.db",
        "CAREWINDOW_SECRET_KEY": "a key that seals nothing of worth",
        "CAREWINDOW_CALLBACK_NETWORKS": "127.0.0.1",
        // Port 9 is where nobody listens: without a Meta nothing may be sent.
        "CAREWINDOW_META_URL": "http://127.0.0.1:\(metaPort ?? 9)",
        "CAREWINDOW_APP_SECRET": Webhooks.secret,
        "CAREWINDOW_VERIFY_TOKEN": "benchmark",
        "CAREWINDOW_METRICS_LISTEN": "127.0.0.1:\(metricsPort)",
      ],
      uniquingKeysWith: { _, ours in ours }
    )
    _ = try await ChildProcess.run(
      workplace.executable,
      [
        "number", "add", "--phone-number-id", Webhooks.phoneNumberID, "--waba-id", Webhooks.wabaID,
        "--display-phone-number", "+4930000001", "--timezone", "Europe/Berlin", "--currency", "EUR",
        "--if-closed", "refuse", "--access-token-stdin",
        // The simulated Meta takes whatever comes; the pace of a real number is no property of ours.
        "--throughput", "100000", "--pair-burst", "100000",
      ],
      environment: environment,
      directory: folder,
      input: SandboxServer.accessToken + "\n",
      among: workplace.children
    )
    let output = try await ChildProcess.run(
      workplace.executable,
      ["token", "create", "--name", "benchmark"],
      environment: environment,
      directory: folder,
      among: workplace.children
    )
    guard let token = output.split(whereSeparator: \.isWhitespace).last else {
      throw ChildProcessError(description: "carewindow token create printed no token")
    }
    return try await serve(
      workplace,
      environment: environment,
      folder: folder,
      ports: (port, metricsPort),
      token: String(token)
    )
  }

  /// Ends it and starts it again on the same database.
  func restarted(in workplace: Workplace) async throws -> CareWindowServer {
    await child.stop()
    return try await Self.serve(
      workplace,
      environment: environment,
      folder: folder,
      ports: (port, metricsPort),
      token: token
    )
  }

  /// Starts another node on the same database; `name` is that of its folder.
  func joined(by name: String, in workplace: Workplace) async throws -> CareWindowServer {
    let ports = (try await freePort(), try await freePort())
    let own = [
      "CAREWINDOW_LISTEN": "127.0.0.1:\(ports.0)",
      "CAREWINDOW_METRICS_LISTEN": "127.0.0.1:\(ports.1)",
    ]
    return try await Self.serve(
      workplace,
      environment: environment.merging(own) { _, own in own },
      folder: try workplace.emptyFolder(name),
      ports: ports,
      token: token
    )
  }

  private static func serve(
    _ workplace: Workplace,
    environment: [String: String],
    folder: String,
    ports: (Int, Int),
    token: String
  ) async throws -> CareWindowServer {
    let child = try ChildProcess(
      workplace.executable,
      ["serve"],
      environment: environment,
      directory: folder,
      log: folder + "/serve.log",
      among: workplace.children
    )
    let readyAt = try await waitUntilReady(port: ports.0, path: "/readyz", of: child)
    _ = try await waitUntilReady(port: ports.1, path: "/metrics", of: child)
    return CareWindowServer(
      environment: environment,
      folder: folder,
      port: ports.0,
      metricsPort: ports.1,
      token: token,
      child: child,
      startMilliseconds: Double(readyAt - child.startedAt) / 1_000_000
    )
  }

  /// Webhooks stored and not yet applied, as `/metrics` says.
  func unapplied() async throws -> Int {
    let answer = try await Caller.ask(port: metricsPort, "GET", "/metrics")
    let line = answer.text.split(separator: "\n").first {
      $0.hasPrefix("carewindow_journal_unapplied")
    }
    guard let value = line?.split(separator: " ").last.flatMap({ Double($0) }) else {
      throw ChildProcessError(description: "/metrics says nothing of carewindow_journal_unapplied")
    }
    return Int(value)
  }

  /// Waits until everything is applied, and gives the seconds it took; nil if it takes too long.
  func drain(
    secondsMax: Double,
    every interval: Duration = .milliseconds(50)
  ) async throws -> Double? {
    let stopwatch = Stopwatch()
    while stopwatch.seconds < secondsMax {
      if try await unapplied() == 0 { return stopwatch.seconds }
      try await Task.sleep(for: interval)
    }
    return nil
  }

  /// Lets customers write once before anything is measured, so that most of what comes then is from
  /// customers who are known: how many new ones a second it takes is measured apart (`start`).
  func meet(customers: Int, at timestamp: Int64) async throws {
    let bodies = customers / LargeBody.messages
    let supply = Webhooks(customers: customers, series: 900_000, timestamp: timestamp)
      .supply(count: bodies, messagesPerBody: LargeBody.messages)
    let caller = try await Caller.connect(port: port)
    defer { caller.close() }
    for index in 0..<bodies {
      let answer = try await caller.ask(supply[index])
      guard answer.status == 200 else {
        throw ChildProcessError(description: "a body was answered \(answer.status)")
      }
    }
    guard try await drain(secondsMax: 60) != nil else {
      throw ChildProcessError(description: "\(customers) customers were not applied in a minute")
    }
  }

  /// The state of a customer's window, as `/v1/windows` says.
  func windowState(of customer: String, over caller: Caller) async throws -> String? {
    let answer = try await caller.ask(
      "GET",
      "/v1/windows/\(Webhooks.phoneNumberID)/\(customer)",
      headers: [("Authorization", "Bearer \(token)")]
    )
    guard answer.status == 200 else {
      throw ChildProcessError(description: "/v1/windows answered \(answer.status): \(answer.text)")
    }
    return (try? JSON.parse(Array(answer.body.readableBytesView)))?["state"]?.text
  }
}

extension Int? {
  /// The port itself, or one that is free.
  fileprivate func orFree() async throws -> Int {
    if let self { self } else { try await freePort() }
  }
}
