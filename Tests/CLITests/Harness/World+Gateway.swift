import CloudAPI
import Foundation
import NIOHTTP1
import Synchronization
import Testing

extension World {
  /// The gateway, called with this world's token if there is one.
  var gateway: Caller {
    Caller(base: "http://127.0.0.1:\(gatewayPort)", token: state.withLock { $0.token })
  }

  /// A number of a pace that no test reaches: the sandbox's clock stands, so that a pause would never be over.
  static let unpaced = ["--throughput", "100000", "--pair-burst", "100000"]

  /// Starts the gateway with one number and one token.
  func open(
    _ options: [String] = [],
    token: [String] = [],
    changes: [String: String] = [:]
  ) async throws {
    try await serve(changes)
    try await addNumber(options, changes: changes)
    try await createToken("crm", token, changes: changes)
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

  /// Posts a message object to the façade, of one of several nodes if one is named.
  func send(
    _ message: JSON,
    headers: [(String, String)] = [],
    from number: String = World.number,
    at node: Caller? = nil
  ) async throws -> Answer {
    try await (node ?? gateway)
      .ask(.POST, "/v24.0/\(number)/messages", message, headers: headers)
  }

  /// A text through the façade.
  func sendText(
    _ text: String,
    to customer: String = World.customer,
    key: String? = nil,
    from number: String = World.number,
    at node: Caller? = nil
  ) async throws -> Answer {
    try await send(
      .text(text, to: customer),
      headers: key.map { [("Idempotency-Key", $0)] } ?? [],
      from: number,
      at: node
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

  /// Posts a webhook as Meta does, to one of several nodes if one is named.
  func webhook(
    _ body: [UInt8],
    secret: String = World.secret,
    at node: Caller? = nil
  ) async throws -> Answer {
    try await (node ?? gateway).ask(
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
