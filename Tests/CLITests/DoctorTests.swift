import CloudAPI
import Foundation
import Testing

/// What `doctor` sees, and what it says of it.
@Suite struct DoctorTests {
  @Test func `doctor says what is well and what is not`() async throws {
    try await World.run { world in
      let empty = try await world.verb("doctor", "--json")
      #expect(empty.status == 1, "there is no number")
      try await world.open()
      let well = try await world.verb("doctor", "--json")
      #expect(well.status == 0, "\(well.output)")
      let checks = well.json["checks"]?.items ?? []
      #expect(checks.count >= 5)
      for check in checks {
        #expect(check.members.map(\.key) == ["name", "ok", "detail", "remedy"])
        #expect(check["ok"]?.flag == true, "\(check)")
      }
      #expect(
        well.json["journal"]?.members.map(\.key) == [
          "entries", "unapplied", "flagged", "unclaimed",
        ]
      )
      let people = try await world.verb("doctor")
      #expect(people.status == 0)
      #expect(people.output.contains("database"))

      let stranger = try await world.verb(
        "doctor",
        "--json",
        changes: ["CAREWINDOW_META_URL": "http://127.0.0.1:9", "CAREWINDOW_CLOCK": ""]
      )
      #expect(stranger.status == 1)
      let unreachable = stranger.json["checks"]?.items.first {
        $0["name"]?.text == "meta.reachable"
      }
      #expect(unreachable?["ok"]?.flag == false)
      #expect(unreachable?["remedy"]?.text?.isEmpty == false)
      let wrong = try await world.verb(
        "number",
        "set",
        World.number,
        "--access-token-stdin",
        input: "expired-token"
      )
      #expect(wrong.status == 0)
      let token = try await world.doctor()["checks"]?.items
        .first { $0["name"]?.text == "number.\(World.number).token" }
      #expect(token?["ok"]?.flag == false)
    }
  }

  @Test(
    arguments: [
      (["--coexistence"], "messages,calls", "smb_message_echoes, history, smb_app_state_sync"),
      (["--coexistence"], "messages,calls,smb_message_echoes,smb_app_state_sync", "history"),
      ([], "calls,history", "messages"), ([], "messages", "calls"), ([], "messages,calls", nil),
    ] as [([String], String, String?)]
  )
  func `a webhook field that is not subscribed is named`(
    options: [String],
    fields: String,
    missing: String?
  ) async throws {
    try await World.run { world in
      try await world.open(options)
      try await world.subscribeApp(to: fields)
      let doctor = try await world.verb("doctor", "--json")
      let check = try #require(doctor.check("number.\(World.number).webhooks"))
      #expect(check["ok"]?.flag == (missing == nil), "\(check)")
      #expect(doctor.status == (missing == nil ? 0 : 1))
      guard let missing else { return }
      #expect(check["detail"]?.text?.hasSuffix("not subscribed to \(missing)") == true, "\(check)")
      #expect(check["remedy"]?.text?.contains(missing) == true, "\(check)")
    }
  }

  @Test func `webhooks that go elsewhere are found, and who cannot be told is not called well`()
    async throws
  {
    try await World.run { world in
      try await world.open()
      let name = "number.\(World.number).webhooks"
      let elsewhere = try await world.verb(
        "doctor",
        "--json",
        changes: ["CAREWINDOW_PUBLIC_URL": "https://wa.example.org/"]
      )
      #expect(elsewhere.status == 1)
      let detail = elsewhere.check(name)?["detail"]?.text ?? ""
      #expect(detail.contains(":\(world.gatewayPort)/webhooks/meta"), "\(detail)")
      #expect(detail.contains("https://wa.example.org/webhooks/meta"), "\(detail)")
      let loopback = try await world.verb(
        "doctor",
        "--json",
        changes: ["CAREWINDOW_PUBLIC_URL": "http://localhost:\(world.gatewayPort)/"]
      )
      #expect(loopback.check(name)?["ok"]?.flag == true, "another name of the same machine")

      // The second secret is the app's, as while rotating; a stranger's alone is no answer.
      let rotating = ["CAREWINDOW_APP_SECRET": "somebody-elses,\(World.secret)"]
      let found = try await world.verb("doctor", "--json", changes: rotating)
      #expect(found.check(name)?["ok"]?.flag == true)
      let strange = ["CAREWINDOW_APP_SECRET": "somebody-elses"]
      let untold = try await world.verb("doctor", "--json", changes: strange)
      #expect(untold.status == 0, "not to know is no failure: \(untold.output)")
      #expect(untold.check(name)?.members.first { $0.key == "ok" }?.value == JSON.null)
      #expect(untold.check(name)?["remedy"]?.text?.contains("messages, calls") == true)
      let people = try await world.verb("doctor", changes: strange)
      #expect(people.output.contains("?    \(name): Meta did not tell"), "\(people.output)")
    }
  }

  @Test func `beside a sandbox whose clock was moved, the machine's is not compared`() async throws
  {
    try await World.run { world in
      try await world.open()
      try await world.advance(86_418)
      let doctor = try await world.verb("doctor", "--json")
      #expect(doctor.status == 0, "\(doctor.output)")
      #expect(doctor.check("clock")?["detail"]?.text?.contains("sandbox") == true)
    }
  }

  @Test func `beside a copy without its key it asks for the key and makes none`() async throws {
    try await World.run { world in
      try await world.open()
      let copy = world.folder + "/copies/copy.db"
      try FileManager.default.createDirectory(
        atPath: world.folder + "/copies",
        withIntermediateDirectories: true
      )
      #expect(try await world.verb("backup", copy).status == 0)
      let changes = ["CAREWINDOW_DATABASE": "sqlite:\(copy)"]
      let doctor = try await world.verb("doctor", "--json", changes: changes)
      #expect(doctor.status == 1)
      let token = doctor.check("number.\(World.number).token")
      #expect(
        token?["detail"]?.text?.contains("\(copy).key is not there") == true,
        "\(doctor.output)"
      )
      #expect(doctor.check("database")?["ok"]?.flag == true, "\(doctor.output)")
      for verb in [["serve"], ["number", "set", World.number, "--access-token-stdin"]] {
        let outcome = try await world.verb(verb, input: "token", changes: changes)
        #expect(outcome.status == 1)
        #expect(outcome.errors.contains("\(copy).key"), "\(outcome.errors)")
      }
      #expect(!FileManager.default.fileExists(atPath: copy + ".key"))
      let renamed = try await world.verb(
        ["number", "set", World.number, "--currency", "USD"],
        changes: changes
      )
      #expect(renamed.status == 0, "what seals nothing needs no key: \(renamed.errors)")
      try FileManager.default.copyItem(atPath: world.databasePath + ".key", toPath: copy + ".key")
      #expect(try await world.verb(["doctor"], changes: changes).status == 0)
    }
  }
}

extension World.Outcome {
  /// One of the checks that `doctor --json` prints.
  func check(_ name: String) -> JSON? {
    json["checks"]?.items.first { $0["name"]?.text == name }
  }
}

extension World {
  /// Ticks webhook fields in the App Dashboard, so to speak.
  fileprivate func subscribeApp(to fields: String) async throws {
    let app = "500600700800"
    let token = "\(app)%7C\(Self.secret)"
    let answer = try await meta.post(
      "/v24.0/\(app)/subscriptions?fields=\(fields)&access_token=\(token)",
      [:]
    )
    try #require(answer.status == 200, "\(answer.text)")
  }
}
