import CloudAPI
import Foundation
import NIOHTTP1
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
      try await world.open(["--in-use"] + World.unpaced, token: ["--scopes", "send,read,manage"])
      // Its clock stands, so that a pause between two messages would never be over.
      try await world.sandbox(set: ["pair_limit": false])
      try await world.writes()
      for customer in [Self.sender, Self.other] {
        try await world.writes(customer, ["type": "image"])
      }
      try await world.window(is: "open")
      let file = try await keptFile(of: Self.sender, in: world)
      // One is sent, one is changed, which takes Meta's approval from it, and one is removed.
      for season in ["autumn", "summer", "spring"] {
        try await world.sandbox(template: [
          "name": .string("\(season)_sale"), "language": "en_US", "category": "MARKETING",
          "components": [["type": "BODY", "text": "Everything a fifth off."]],
        ])
      }
      var sent: Answer?
      for text in ["One", "Two"] {
        sent = try await world.sendText(text)
        #expect(sent?.status == 200)
      }
      try await world.advance(60)
      let callbacks = [try await addCallback(to: world), try await addCallback(to: world)]
      let passing = try await passing(through: world, file: file)
      let document = try await world.gateway.get("/openapi.json")
      #expect(document.json["openapi"]?.text?.hasPrefix("3.1") == true)
      let run = try world.start(
        "schemathesis",
        program: schemathesis,
        [
          "--no-color", "--config-file", PythonEnvironment.script("schemathesis.toml"), "run",
          world.gateway.base + "/openapi.json", "--header",
          "Authorization: Bearer \(try #require(world.gateway.token))",
          "--phases", "examples,coverage,fuzzing", "--max-examples", "20", "--seed", "7",
          "--request-timeout", "20", "--continue-on-failure", "--suppress-health-check", "all",
        ],
        environment: try hooks(
          world,
          message: try #require(sent?["CareWindow-Request-Id"]),
          callbacks: callbacks,
          file: file,
          passing: passing
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

  /// Customers who send files: one that is looked at, and one that is removed at Meta's.
  private static let (sender, other) = ("491700000043", "491700000044")

  /// The id of the file that a customer sent, once it is here.
  private func keptFile(of customer: String, in world: World) async throws -> String {
    try await Patience.until("the file is kept") {
      let path = "/v1/conversations/\(World.number)/\(customer)/messages"
      let image = try await world.gateway.get(path).json["data"]?.items.first?["image"]
      return image?["state"]?.text == "kept" ? image?["id"]?.text : nil
    }
  }

  /// What calls that pass to Meta may be about: objects by method, an upload that has begun, a link that works.
  private func passing(through world: World, file: String) async throws -> JSON {
    let templates = try await world.gateway.get("/v24.0/\(World.waba)/message_templates").json
    let template = templates["data"]?.items.first { $0["name"]?.text == "summer_sale" }
    let upload = try await world.gateway.ask(
      .POST,
      "/v24.0/app/uploads?file_length=4&file_type=application/pdf"
    )
    let name = try #require(upload.json["id"]?.text?.split(separator: ":").last)
    let link = try await world.gateway.get("/v24.0/\(file)").json["url"]?.text
    return [
      "object_id": [
        "GET": .string(World.number),
        "DELETE": .string(try await keptFile(of: Self.other, in: world)),
        "POST": .string(try #require(template?["id"]?.text)),
      ],
      "upload": .string(String(name)),
      "link": .string(String(try #require(link?.split(separator: "/").last))),
    ]
  }

  private func statusesPath(_ world: World) -> String { world.folder + "/statuses.json" }

  /// What our hooks are told: secrets, ids of what exists, and where to write down the statuses.
  private func hooks(
    _ world: World,
    message: String,
    callbacks: [String],
    file: String,
    passing: JSON
  ) throws -> [String: String] {
    var known: JSON = [
      "id": .string(message), "phone_number_id": .string(World.number),
      "customer": .string(World.customer), "version": "v24.0",
      "callback": .string(callbacks[0]), "removable": .string(callbacks[1]),
      "media_id": .string(file), "waba_id": .string(World.waba),
    ]
    for member in passing.members { known.set(member.key, to: member.value) }
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
