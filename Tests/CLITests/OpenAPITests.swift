import CloudAPI
import Foundation
import Testing

/// `/openapi.json` against what is served, by a stranger: schemathesis.
@Suite struct OpenAPITests {
  /// What cannot succeed in this version, and why.
  private static let neverSucceeds = [
    // Nothing waits yet, so nothing can be withdrawn: 409 for every message there is.
    "DELETE /v1/messages/{id}"
  ]

  @Test func `schemathesis finds nothing that the document does not say`() async throws {
    let schemathesis = try await PythonEnvironment.program("st")
    try await World.run { world in
      try await world.open(["--in-use"], token: ["--scopes", "send,read,manage"])
      // Its clock stands, so that a pause between two messages would never be over.
      try await world.sandbox(set: ["pair_limit": false])
      try await world.writes()
      try await world.writes("491700000043", ["type": "image"])
      try await world.window(is: "open")
      let file = try await keptFile(in: world)
      try await world.sandbox(template: [
        "name": "autumn_sale", "language": "en_US", "category": "MARKETING",
        "components": [["type": "BODY", "text": "Autumn sale: everything a fifth off."]],
      ])
      var sent: Answer?
      for text in ["One", "Two"] {
        sent = try await world.sendText(text)
        #expect(sent?.status == 200)
      }
      try await world.advance(60)
      let callbacks = [try await addCallback(to: world), try await addCallback(to: world)]
      let document = try await world.gateway.get("/openapi.json")
      #expect(document.json["openapi"]?.text?.hasPrefix("3.1") == true)
      let run = try world.start(
        "schemathesis",
        program: schemathesis,
        [
          "--no-color", "run", world.gateway.base + "/openapi.json", "--header",
          "Authorization: Bearer \(try #require(world.gateway.token))", "--checks",
          "not_a_server_error,status_code_conformance,content_type_conformance,"
            + "response_headers_conformance,response_schema_conformance,negative_data_rejection,"
            + "missing_required_header,unsupported_method,ignored_auth",
          "--phases", "examples,coverage,fuzzing", "--max-examples", "20", "--seed", "7",
          "--request-timeout", "20", "--continue-on-failure", "--suppress-health-check", "all",
        ],
        environment: try hooks(
          world,
          message: try #require(sent?["CareWindow-Request-Id"]),
          callbacks: callbacks,
          file: file
        )
      )
      let status = try await run.end(atMost: .seconds(180))
      #expect(status == 0, "\(run.output.suffix(12_000))\n\(run.errors.suffix(2000))")
      #expect(run.output.contains("/v1/messages"), "it ran: \(run.output.suffix(2000))")
      #expect(try await world.gateway.get("/readyz").status == 200)
      try everyOperationSucceeded(document.json, world)
    }
  }

  /// A callback to an address that is never called, because nobody listed it.
  private func addCallback(to world: World) async throws -> String {
    let added = try await world.verb(
      [
        "callback", "add", "--url", "https://127.0.0.1/hook", "--kinds", "meta.raw",
        "--secret-stdin",
      ],
      input: "a-secret-of-these-tests\n"
    )
    try #require(added.status == 0, "callback add said: \(added.errors)")
    return added.output.trimmingCharacters(in: .whitespacesAndNewlines)
  }

  /// The id of the file that a customer sent, once it is here.
  private func keptFile(in world: World) async throws -> String {
    try await Patience.until("the file is kept") {
      let path = "/v1/conversations/\(World.number)/491700000043/messages"
      let image = try await world.gateway.get(path).json["data"]?.items.first?["image"]
      return image?["state"]?.text == "kept" ? image?["id"]?.text : nil
    }
  }

  private func statusesPath(_ world: World) -> String { world.folder + "/statuses.json" }

  /// What our hooks are told: secrets, ids of what exists, and where to write down the statuses.
  private func hooks(
    _ world: World,
    message: String,
    callbacks: [String],
    file: String
  ) throws -> [String: String] {
    let known: JSON = [
      "id": .string(message), "phone_number_id": .string(World.number),
      "customer": .string(World.customer), "version": "v24.0",
      "callback": .string(callbacks[0]), "removable": .string(callbacks[1]),
      "media_id": .string(file),
    ]
    return [
      "PYTHONDONTWRITEBYTECODE": "1",
      "SCHEMATHESIS_HOOKS": PythonEnvironment.script("schemathesis_hooks.py"),
      "HOOKS_APP_SECRET": World.secret, "HOOKS_VERIFY_TOKEN": World.verifyToken,
      "HOOKS_KNOWN": String(decoding: known.serialized(), as: UTF8.self),
      "HOOKS_STATUSES": statusesPath(world),
    ]
  }

  /// A description that is tested by refusals alone is not tested.
  private func everyOperationSucceeded(_ document: JSON, _ world: World) throws {
    let told = try #require(FileManager.default.contents(atPath: statusesPath(world)))
    let statuses = try JSON.parse(Array(told))
    let methods = ["get", "post", "put", "delete"]
    let operations = (document["paths"]?.members ?? []).flatMap { path in
      path.value.members.filter { methods.contains($0.key) }
        .map { "\($0.key.uppercased()) \(path.key)" }
    }
    #expect(operations.count > 10)
    // The description itself is what schemathesis read first; it is no operation to it.
    for name in operations where name != "GET /openapi.json" {
      let seen = statuses[name]?.items.compactMap(\.integer) ?? []
      let hasSucceeded = seen.contains { (200..<300).contains($0) }
      #expect(hasSucceeded != Self.neverSucceeds.contains(name), "\(name) was answered \(seen)")
    }
  }
}
