import CloudAPI
import Foundation
import Testing

/// The verbs as scripts meet them: status, stdout, stderr.
@Suite struct VerbTests {
  static let verbs: [[String]] = [
    [], ["serve"], ["demo"], ["sandbox"], ["number"], ["number", "add"], ["number", "list"],
    ["number", "show"], ["number", "set"], ["number", "remove"], ["token"], ["token", "create"],
    ["token", "list"], ["token", "revoke"], ["template"], ["template", "sync"],
    ["template", "list"], ["doctor"], ["replay"], ["backup"], ["bench"],
  ]

  @Test func `every verb explains itself with examples`() async throws {
    try await World.run { world in
      for verb in Self.verbs {
        let help = try await world.verb(verb + ["--help"])
        #expect(help.status == 0, "\(verb)")
        #expect(help.output.contains("EXAMPLES"), "\(verb)")
        #expect(help.output.contains("carewindow " + verb.joined(separator: " ")), "\(verb)")
        #expect(help.errors.isEmpty, "\(verb): \(help.errors)")
      }
      let version = try await world.verb("--version")
      #expect(version.status == 0)
      #expect(version.output.split(separator: ".").count == 3, "\(version.output)")
      #expect(!FileManager.default.fileExists(atPath: world.databasePath), "help opens nothing")
    }
  }

  @Test(arguments: [
    ["nonsense"], ["serve", "--nonsense"], ["number", "add"], ["number", "show"],
    ["token", "create"],
    [
      "number", "add", "--phone-number-id", "x", "--waba-id", "1", "--display-phone-number",
      "+4930000001",
    ],
    [
      "number", "add", "--phone-number-id", "1", "--waba-id", "1", "--display-phone-number",
      "030 1",
    ],
    [
      "number", "add", "--phone-number-id", "1", "--waba-id", "1", "--display-phone-number",
      "+4930000001", "--if-closed", "never",
    ],
    [
      "number", "add", "--phone-number-id", "1", "--waba-id", "1", "--display-phone-number",
      "+4930000001", "--if-closed", "template", "--fallback-template", "follow_up",
    ],
    ["token", "create", "--name", "x", "--scopes", "everything"],
    ["token", "create", "--name", ""],
    ["sandbox", "--app-secret", "s", "--clock", "broken"],
    ["sandbox", "--app-secret", "s", "--listen", "x"],
    ["sandbox"], ["backup"],
    ["demo", "--listen", "127.0.0.1:0"], ["demo", "--sandbox-listen", "127.0.0.1:0"],
  ])
  func `wrong usage is status 2, said on stderr, and changes nothing`(
    arguments: [String]
  ) async throws {
    try await World.run { world in
      let outcome = try await world.verb(arguments)
      #expect(outcome.status == 2, "\(outcome.errors)")
      #expect(outcome.output.isEmpty)
      #expect(!outcome.errors.isEmpty)
      #expect(!FileManager.default.fileExists(atPath: world.databasePath))
    }
  }

  @Test(arguments: [
    ["number", "show", "900800700"], ["number", "remove", "900800700"],
    ["number", "set", "900800700", "--currency", "USD"], ["token", "revoke", "nobody"],
    ["token", "create", "--name", "x", "--numbers", "900800700"], ["backup", "/nowhere/copy.db"],
    ["replay", "--into", "sqlite:/nowhere/copy.db"],
  ])
  func `what cannot be done is status 1, and a sentence on stderr`(
    arguments: [String]
  ) async throws {
    try await World.run { world in
      try await world.createToken()
      let outcome = try await world.verb(arguments)
      #expect(outcome.status == 1, "\(outcome.errors)")
      #expect(outcome.output.isEmpty, "\(outcome.output)")
      #expect(outcome.errors.contains("."))
    }
  }

  @Test func `numbers are added, shown, changed and removed`() async throws {
    try await World.run { world in
      try await world.addNumber(["--in-use"])
      let list = try await world.verb("number", "list", "--json")
      #expect(list.json.items.map { $0["phone_number_id"]?.text } == [World.number])
      #expect(list.errors.contains(world.databasePath), "a verb says which database it used")
      let twice = try await world.verb(
        "number",
        "add",
        "--phone-number-id",
        World.number,
        "--waba-id",
        World.waba,
        "--display-phone-number",
        "+4930000001"
      )
      #expect(twice.status == 1)
      let changed = try await world.verb(
        "number",
        "set",
        World.number,
        "--currency",
        "USD",
        "--timezone",
        "Europe/Vienna"
      )
      #expect(changed.status == 0)
      let shown = try await world.verb("number", "show", World.number, "--json").json
      #expect(
        shown.texts("currency", "timezone", "if_closed") == ["USD", "Europe/Vienna", "refuse"]
      )
      #expect(shown["in_use"]?.flag == true)
      #expect(shown["access_token"]?.flag == true)
      #expect(try await world.verb("number", "remove", World.number).status == 0)
      #expect(try await world.verb("number", "list", "--json").json.items.isEmpty)
    }
  }

  @Test func `a token is shown once and kept nowhere`() async throws {
    try await World.run { world in
      try await world.open(changes: ["CAREWINDOW_LOG_LEVEL": "trace"])
      let created = try await world.verb("token", "create", "--name", "bot")
      let token = created.output.trimmingCharacters(in: .whitespacesAndNewlines)
      #expect(created.output == token + "\n", "stdout is the token and nothing else")
      #expect(token.hasPrefix("cw_") && token.count > 40)
      #expect(!created.errors.contains(token))
      #expect(try await world.verb("token", "create", "--name", "bot").status == 1)
      var caller = world.gateway
      caller.token = token
      #expect(try await caller.get("/v1/windows").status == 200)
      let list = try await world.verb("token", "list", "--json")
      #expect(list.json.items.map { $0["name"]?.text } == ["crm", "bot"])
      #expect(!list.output.contains(token))
      let outputs = try FileManager.default.contentsOfDirectory(atPath: world.folder)
        .filter { !$0.hasSuffix(".out") && !$0.hasSuffix(".in") }
      #expect(outputs.contains("carewindow.db"))
      for name in outputs {
        let data = FileManager.default.contents(atPath: world.folder + "/" + name) ?? Data()
        #expect(data.range(of: Data(token.utf8)) == nil, "\(name) holds the token")
        #expect(
          data.range(of: Data(World.accessToken.utf8)) == nil,
          "\(name) holds Meta's access token"
        )
      }
      #expect(try await world.verb("token", "revoke", "bot").status == 0)
      #expect(try await caller.get("/v1/windows").status == 401)
    }
  }

  @Test func `a backup beside a running gateway opens and is whole`() async throws {
    try await World.run { world in
      try await world.open()
      let seconds = try await world.now / 1000
      for index in 0..<50 {
        let body = MetaBody.messages([("wamid.\(index)", World.customer, "Line")], at: seconds)
        #expect(try await world.webhook(body).status == 200)
      }
      let copy = world.folder + "/copy.db"
      async let busy: Void = {
        for index in 50..<100 {
          _ = try await world.webhook(
            MetaBody.messages([("wamid.\(index)", World.customer, "Line")], at: seconds)
          )
        }
      }()
      let backup = try await world.verb("backup", copy)
      try await busy
      #expect(backup.status == 0, "\(backup.errors)")
      #expect(backup.output.contains(copy))
      #expect(try await world.verb("backup", copy).status == 1, "it never writes over a file")
      let mode = try FileManager.default.attributesOfItem(atPath: copy)[.posixPermissions] as? Int
      #expect((mode ?? 0o777) & 0o077 == 0, "others may not read the copy")
      let check = try world.start(
        "check",
        program: "/usr/bin/env",
        [
          "python3", "-c",
          "import sqlite3, sys; print(sqlite3.connect(sys.argv[1]).execute('PRAGMA integrity_check').fetchone()[0])",
          copy,
        ],
        environment: [:]
      )
      #expect(try await check.end() == 0, "\(check.errors)")
      #expect(check.output == "ok\n")

      let first = try world.served
      first.terminate()
      #expect(try await first.end() == 0)
      let key = world.databasePath + ".key"
      if FileManager.default.fileExists(atPath: key) {
        try FileManager.default.copyItem(atPath: key, toPath: copy + ".key")
      }
      try await world.serve(["CAREWINDOW_DATABASE": "sqlite:\(copy)"])
      let messages = try await world.gateway.list(
        "/v1/conversations/\(World.number)/\(World.customer)/messages"
      )
      #expect(messages.count >= 50)
      try await world.writes()
      try await world.window(is: "open")
      #expect(try await world.sendText("From the copy").status == 200)
    }
  }

  @Test(.enabled("files can be given to somebody else only as root") { getuid() == 0 })
  func `a verb on somebody else's database refuses and says the line to run`() async throws {
    try await World.run { world in
      try await world.addNumber()
      let folder = try FileManager.default.contentsOfDirectory(atPath: world.folder)
      for name in folder where name.hasPrefix("carewindow.db") {
        chown(world.folder + "/" + name, 65534, 65534)
      }
      chown(world.folder, 65534, 65534)
      let outcome = try await world.verb("number", "list")
      #expect(outcome.status == 1, "\(outcome.output)")
      #expect(outcome.errors.contains("sudo -u"), "\(outcome.errors)")
      #expect(outcome.errors.contains("number list"), "\(outcome.errors)")
    }
  }

  @Test func `the demo tells the whole story`() async throws {
    try await World.run { world in
      let gateway = try Ports.free()
      let sandbox = try Ports.free()
      let demo = try world.start(
        "demo",
        [
          "demo", "--listen", "127.0.0.1:\(gateway)", "--sandbox-listen", "127.0.0.1:\(sandbox)",
        ],
        environment: [:]
      )
      let curl = "http://127.0.0.1:\(gateway)/v24.0/"
      try await Patience.until("the demo has told its story") {
        if let status = demo.status {
          throw HarnessError("It ended with \(status): \(demo.errors)")
        }
        return demo.output.contains(curl) ? () : nil
      }
      #expect(demo.output.contains("131047"))
      #expect(demo.output.contains("open; closes="))
      #expect(demo.output.contains("template; parked="))
      #expect(
        demo.output.contains("its life: parked, template, accepted, dispatching, handed_over")
      )
      #expect(
        demo.output.contains("http://127.0.0.1:\(sandbox)/_sandbox"),
        "the address it was given"
      )
      #expect(try await Caller(base: "http://127.0.0.1:\(gateway)").get("/readyz").status == 200)
      demo.terminate()
      #expect(try await demo.end() == 0)
      for name in ["CAREWINDOW_META_URL", "CAREWINDOW_DATABASE"] {
        let refused = try await world.verb(
          "demo",
          "--once",
          changes: Dictionary(uniqueKeysWithValues: world.settings.keys.map { ($0, "") })
            .merging([name: world.settings[name] ?? ""]) { $1 }
        )
        #expect(refused.status == 1)
        #expect(refused.errors.contains(name))
      }
    }
  }
}
