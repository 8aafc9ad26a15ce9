import CloudAPI
import Foundation
import Testing

/// `serve` as whoever runs it meets it.
@Suite struct ServeTests {
  @Test(arguments: [
    ("CAREWINDOW_APP_SECRET", ""), ("CAREWINDOW_VERIFY_TOKEN", ""), ("CAREWINDOW_LISTEN", "here"),
    ("CAREWINDOW_METRICS_LISTEN", "9464"), ("CAREWINDOW_DATABASE", "mysql://x"),
    ("CAREWINDOW_DATABASE", "postgres:u:secret@h/db"),
    ("CAREWINDOW_META_URL", "http://example.org"),
    ("CAREWINDOW_META_VERSION", "24"), ("CAREWINDOW_SAFETY_MARGIN", "soon"),
    ("CAREWINDOW_SAFETY_MARGIN", "1"), ("CAREWINDOW_PUBLIC_URL", "example"),
    ("CAREWINDOW_CLOCK", "sundial"), ("CAREWINDOW_LOG_LEVEL", "loud"),
    ("CAREWINDOW_LOG_FORMAT", "xml"),
  ])
  func `a wrong setting stops the start with one sentence`(
    name: String,
    value: String
  ) async throws {
    try await World.run { world in
      let outcome = try await world.verb(["serve"], changes: [name: value])
      #expect(outcome.status == 1, "\(outcome.errors)")
      #expect(outcome.output.isEmpty)
      let lines = outcome.errors.split(separator: "\n")
      #expect(lines.count == 1, "\(outcome.errors)")
      #expect(outcome.errors.contains(name))
      #expect(outcome.errors.contains("Example: "), "\(outcome.errors)")
      #expect(!outcome.errors.contains("secret@"))
    }
  }

  @Test func `the sandbox's clock is followed only beside a sandbox`() async throws {
    try await World.run { world in
      let outcome = try await world.verb(
        ["serve"],
        changes: ["CAREWINDOW_META_URL": "https://graph.facebook.com"]
      )
      #expect(outcome.status == 1)
      #expect(outcome.errors.contains("CAREWINDOW_CLOCK"))
    }
  }

  @Test func `settings stand in the file beside the database too, and the environment wins`()
    async throws
  {
    try await World.run { world in
      let file = """
        app_secret: \(World.secret)
        verify_token: from-the-file
        metrics_listen: 127.0.0.1:\(world.metricsPort)
        listen: 127.0.0.1:1
        """
      try Data(file.utf8).write(to: URL(fileURLWithPath: world.folder + "/carewindow.yaml"))
      let names = ["CAREWINDOW_APP_SECRET", "CAREWINDOW_VERIFY_TOKEN", "CAREWINDOW_METRICS_LISTEN"]
      let settings = world.settings.filter { !names.contains($0.key) }
      let child = try world.start("file", ["serve"], environment: settings)
      try await Patience.until("the gateway is ready") {
        if let status = child.status { throw HarnessError("Ended \(status): \(child.errors)") }
        return (try? await world.gateway.get("/readyz").status) == 200 ? () : nil
      }
      let check = "/webhooks/meta?hub.mode=subscribe&hub.challenge=1&hub.verify_token=from-the-file"
      #expect(try await world.gateway.get(check).status == 200)
    }
  }

  @Test(arguments: [
    ("carewindow.yaml", "listne: 127.0.0.1:1", ["listne", "Did you mean listen?"]),
    ("carewindow.yaml", "# x\n\"App-Secret\": x\n", ["App-Secret", "app_secret"]),
    ("carewindow.yaml", "CAREWINDOW_LOGLEVEL: info", ["CAREWINDOW_LOGLEVEL", "log_level"]),
    ("carewindow.json", #"{"verify_tokens": "x"}"#, ["verify_tokens", "verify_token?"]),
    ("carewindow.yaml", "listen: [1, 2", ["cannot be read"]),
    ("carewindow.json", #"{"listen": "#, ["cannot be read"]),
  ])
  func `a file that is misspelt or broken stops the start with one line`(
    name: String,
    text: String,
    words: [String]
  ) async throws {
    try await World.run { world in
      let path = world.folder + "/" + name
      try Data(text.utf8).write(to: URL(fileURLWithPath: path))
      let outcome = try await world.verb("serve")
      #expect(outcome.status == 1)
      for word in words + [path] {
        #expect(outcome.errors.contains(word), "\(outcome.errors)")
      }
      #expect(outcome.errors.split(separator: "\n").count == 1, "\(outcome.errors)")
    }
  }

  @Test(arguments: ["CAREWINDOW_TRUSTED_PROXIES: 10.0.0.1", "callback_networks: 10.0.0.0/8"])
  func `a setting of a later version may stand in the file already`(text: String) async throws {
    try await World.run { world in
      let path = world.folder + "/carewindow.yaml"
      try Data(text.utf8).write(to: URL(fileURLWithPath: path))
      #expect(try await world.verb("token", "create", "--name", "crm").status == 0)
    }
  }

  @Test func `a short secret key is refused`() async throws {
    try await World.run { world in
      for key in ["keylet", String(repeating: "k", count: 32) + ",keylet"] {
        let outcome = try await world.verb(["serve"], changes: ["CAREWINDOW_SECRET_KEY": key])
        #expect(outcome.status == 1)
        #expect(outcome.errors.contains("CAREWINDOW_SECRET_KEY is too short"), "\(outcome.errors)")
        #expect(!outcome.errors.contains(key))
      }
    }
  }

  @Test func `a second gateway on the same database is refused`() async throws {
    try await World.run { world in
      try await world.serve()
      let ports = [
        "CAREWINDOW_LISTEN": "127.0.0.1:0", "CAREWINDOW_METRICS_LISTEN": "127.0.0.1:0",
      ]
      let second = try await world.verb(["serve"], changes: ports)
      #expect(second.status == 1)
      #expect(second.errors.contains(world.databasePath), "\(second.errors)")
      #expect(try await world.gateway.get("/readyz").status == 200)
      // However the first one ended, the next may start.
      await (try world.served).kill()
      try await world.serve()
    }
  }

  @Test func `a free port is chosen and said, and a taken one is an error`() async throws {
    try await World.run { world in
      let free = [
        "CAREWINDOW_LISTEN": "127.0.0.1:0", "CAREWINDOW_METRICS_LISTEN": "127.0.0.1:0",
      ]
      let child = try await world.serve(free, waiting: false)
      let address = try await Patience.until("the gateway says where it listens") {
        child.errors.firstMatch(of: #/http://127\.0\.0\.1:[1-9][0-9]*/#).map { String($0.output) }
      }
      #expect(try await Caller(base: address).get("/healthz").status == 200)
      let place = String(address.dropFirst("http://".count))
      for name in ["CAREWINDOW_LISTEN", "CAREWINDOW_METRICS_LISTEN"] {
        var settings = free
        settings["CAREWINDOW_DATABASE"] = "sqlite:\(world.folder)/other.db"
        settings[name] = place
        let taken = try await world.verb(["serve"], changes: settings)
        #expect(taken.status == 1)
        let errors = taken.errors.split(separator: "\n").filter {
          $0.lowercased().contains("error")
        }
        #expect(errors.count == 1, "\(taken.errors)")
        #expect(errors.first?.contains("\(name) is \(place)") == true, "\(taken.errors)")
      }
      child.terminate()
      #expect(try await child.end() == 0)
      #expect(!child.errors.contains("error"), "\(child.errors)")
    }
  }

  @Test func `every verb that listens says where it cannot, and why`() async throws {
    try await World.run { world in
      try await world.serve()
      let place = "127.0.0.1:\(world.gatewayPort)"
      for verb in [
        ["sandbox", "--app-secret", "x", "--listen", place],
        ["sandbox", "--app-secret", "x", "--public", "--listen", "192.0.2.1:8090"],
        ["demo", "--once", "--listen", place],
        ["demo", "--once", "--listen", "127.0.0.1:8099", "--sandbox-listen", place],
      ] {
        let nothingSet = ["CAREWINDOW_META_URL": "", "CAREWINDOW_DATABASE": ""]
        let taken = try await world.verb(verb, changes: nothingSet)
        #expect(taken.status == 1)
        let last = taken.errors.split(separator: "\n").last ?? ""
        #expect(last.contains("listen is "), "\(verb): \(taken.errors)")
        #expect(last.contains("there it cannot listen: "), "\(verb): \(taken.errors)")
      }
    }
  }

  @Test(arguments: [
    ("CAREWINDOW_LISTEN", "300.1.1.1:1", "no such address"),
    ("CAREWINDOW_LISTEN", "192.0.2.1:8080", "does not have that address"),
    ("CAREWINDOW_METRICS_LISTEN", "192.0.2.1:9464", "does not have that address"),
  ])
  func `an address where nobody can listen is named with its setting and the cause`(
    name: String,
    value: String,
    cause: String
  ) async throws {
    try await World.run { world in
      let outcome = try await world.verb(["serve"], changes: [name: value])
      #expect(outcome.status == 1)
      let said = outcome.errors.split(separator: "\n").first { $0.hasPrefix("Error: ") } ?? ""
      for word in [name, value, cause, "Example: \(name)="] {
        #expect(said.contains(word), "\(outcome.errors.suffix(600))")
      }
    }
  }

  @Test func `another secret key stops the start instead of failing at the first send`()
    async throws
  {
    try await World.run { world in
      let key = { (letter: Character) in
        ["CAREWINDOW_SECRET_KEY": String(repeating: letter, count: 32)]
      }
      try await world.addNumber(changes: key("a"))
      let wrong = try await world.verb(["serve"], changes: key("b"))
      #expect(wrong.status == 1, "\(wrong.errors.suffix(300))")
      #expect(wrong.errors.contains("CAREWINDOW_SECRET_KEY"), "\(wrong.errors.suffix(300))")
      // While the key is rotated both are named.
      let both = [
        "CAREWINDOW_SECRET_KEY": "\(key("b").values.joined()),\(key("a").values.joined())"
      ]
      try await world.serve(both)
    }
  }

  @Test func `the key beside the database is its owner's alone`() async throws {
    try await World.run { world in
      try await world.addNumber()
      let attributes = try FileManager.default.attributesOfItem(atPath: world.databasePath + ".key")
      #expect(attributes[.posixPermissions] as? Int == 0o600)
      let database = try FileManager.default.attributesOfItem(atPath: world.databasePath)
      #expect((database[.posixPermissions] as? Int ?? 0o777) & 0o077 == 0, "so is the database")
    }
  }

  @Test func `health, readiness and metrics tell how it is`() async throws {
    try await World.run { world in
      try await world.open()
      try await world.writes()
      try await world.window(is: "open")
      #expect(try await world.sendText("Hello").status == 200)
      _ = try await world.webhook([1, 2, 3], secret: "guessed")
      #expect(try await world.gateway.get("/healthz").status == 200)
      #expect(try await world.gateway.get("/readyz").status == 200)
      #expect(try await world.gateway.get("/metrics").status == 404, "metrics have their own door")
      let metrics = try await Patience.until("the window is counted") {
        let text = try await Caller(base: "http://127.0.0.1:\(world.metricsPort)").get("/metrics")
          .text
        return text.contains("carewindow_windows_open 1") ? text : nil
      }
      for name in [
        "carewindow_webhooks_total{result=\"stored\"}",
        "carewindow_webhooks_total{result=\"bad_signature\"}",
        "carewindow_journal_unapplied 0", "carewindow_journal_flagged 0",
        "carewindow_journal_unclaimed 0", "carewindow_messages_total{state=",
        "carewindow_dispatch_seconds",
      ] {
        #expect(metrics.contains(name), "\(name)\n\(metrics)")
      }
      #expect(!metrics.contains(World.customer))
    }
  }

  @Test func `every request is counted once in each state it reached`() async throws {
    try await World.run { world in
      try await world.open()
      #expect(try await world.sendText("Too early").status == 400)
      try await world.writes()
      try await world.window(is: "open")
      #expect(try await world.sendText("Hello").status == 200)
      try await world.fault(["kind": "code", "code": 131026, "path": "http"])
      #expect(try await world.sendText("Refused by Meta").status == 400)
      try await world.fault(["kind": "http_status", "status": 500, "when": "after"])
      #expect(try await world.sendText("Unknown").status == 200)
      try await world.advance(10)
      let counted = [
        #"{state="accepted"} 3"#, #"{state="handed_over"} 2"#, #"{state="refused"} 2"#,
        #"{state="unknown"} 1"#,
      ]
      try await Patience.until("the unknown one is settled") {
        let text = try await Caller(base: "http://127.0.0.1:\(world.metricsPort)").get("/metrics")
          .text
        let lines = text.split(separator: "\n").filter {
          $0.hasPrefix("carewindow_messages_total{")
        }
        return lines.sorted() == counted.map { "carewindow_messages_total" + $0 } ? () : nil
      }
    }
  }

  @Test(arguments: ["text", "json"])
  func `no log line holds a phone number, a text or a token`(format: String) async throws {
    try await World.run { world in
      try await world.open(changes: [
        "CAREWINDOW_LOG_LEVEL": "trace", "CAREWINDOW_LOG_FORMAT": format,
      ])
      let written = try await world.writes(
        World.customer,
        ["text": "Zimtschnecke", "name": "Rosalinde Quitte"]
      )
      try await world.window(is: "open")
      #expect(try await world.sendText("Apfelstrudel").status == 200)
      #expect(try await world.sendText("Apfelstrudel", key: "once").status == 200)
      try await world.fault(["kind": "code", "code": 131026, "path": "http"])
      #expect(try await world.sendText("Pflaumenmus").status == 400)
      try await world.fault(["kind": "drop"])
      #expect(try await world.sendText("Pflaumenmus").status == 200)
      _ = try await world.sendText("Rhabarber", to: "0170 0000042")
      _ = try await world.webhook(Array("{\"Stachelbeere\":".utf8))
      _ = try await world.gateway.list(
        "/v1/conversations/\(World.number)/\(World.customer)/messages"
      )
      try await world.advance(86_400)
      try await world.window(is: "closed")
      #expect(try await world.sendText("Apfelstrudel").errorCode == 131047)
      let child = try world.served
      child.terminate()
      #expect(try await child.end() == 0)
      let log = child.output + child.errors
      #expect(log.contains("carried"), "something was logged")
      let token = try #require(world.gateway.token)
      let secrets = [
        World.customer, "1700000042", "Zimtschnecke", "Rosalinde", "Apfelstrudel", "Pflaumenmus",
        "Rhabarber", "Stachelbeere", token, World.accessToken, World.secret, World.verifyToken,
        written["user_id"]?.text ?? "?",
      ]
      for secret in secrets {
        let line = log.split(separator: "\n").first { $0.contains(secret) }
        #expect(line == nil, "\(secret) stands in the log")
      }
      guard format == "json" else { return }
      for line in child.errors.split(separator: "\n") where line.hasPrefix("{") {
        #expect((try? JSON.parse(text: String(line)))?["level"]?.text != nil, "\(line)")
      }
    }
  }
}
