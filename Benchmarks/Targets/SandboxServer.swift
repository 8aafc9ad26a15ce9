import CloudAPI

/// `carewindow sandbox`: Meta, as far as the façade is measured against it.
struct SandboxServer: Sendable {
  /// The token of the sandbox's standard number.
  static let accessToken = "sandbox-token"

  let child: ChildProcess
  let port: Int

  /// Starts it, without the limits that would be measured otherwise.
  ///
  /// Its statuses come an hour later: their cost is the same for every road to Meta, and would only
  /// blur the difference.
  static func start(
    in workplace: Workplace,
    deliverTo webhookPort: Int
  ) async throws -> SandboxServer {
    let folder = try workplace.folder("sandbox")
    let port = try await freePort()
    let child = try ChildProcess(
      workplace.executable,
      [
        "sandbox", "--listen", "127.0.0.1:\(port)", "--deliver-to",
        "http://127.0.0.1:\(webhookPort)\(Webhooks.path)", "--app-secret", Webhooks.secret,
      ],
      environment: workplace.environment,
      directory: folder,
      log: folder + "/sandbox.log",
      among: workplace.children
    )
    _ = try await waitUntilReady(port: port, path: "/_sandbox/clock", of: child)
    let sandbox = SandboxServer(child: child, port: port)
    try await sandbox.post(
      "/_sandbox/settings",
      """
      {"per_second":1000000,"pair_limit":false,"allowance":1000000000,\
      "sent_after_ms":3600000,"delivered_after_ms":3600000,"read_after_ms":3600000}
      """
    )
    return sandbox
  }

  /// Lets a customer write to the business.
  func write(from customer: String, over caller: Caller) async throws {
    let answer = try await caller.ask(
      "POST",
      "/_sandbox/customers/\(customer)/messages",
      headers: [("Content-Type", "application/json")],
      body: #"{"type":"text","text":{"body":"Hello"}}"#
    )
    guard (200..<300).contains(answer.status) else {
      throw ChildProcessError(description: "the sandbox answered \(answer.status): \(answer.text)")
    }
  }

  private func post(_ path: String, _ body: String) async throws {
    let answer = try await Caller.ask(
      port: port,
      "POST",
      path,
      headers: [("Content-Type", "application/json")],
      body: body
    )
    guard (200..<300).contains(answer.status) else {
      throw ChildProcessError(
        description: "the sandbox answered \(answer.status) to \(path): \(answer.text)"
      )
    }
  }
}
