import CloudAPI
import Testing

/// A client nobody here wrote: pywa, with only host and token changed.
@Suite struct PywaTests {
  @Test func `pywa sends through the façade and is refused with the errors it knows`() async throws
  {
    let python = try await PythonEnvironment.program("python")
    try await World.run { world in
      try await world.open()
      try await world.createToken("pywa", ["--scopes", "send,read,manage"])
      let written = try await world.writes(World.customer, ["text": "Hello"])
      let inbound = try #require(written["ids"]?.items.first?.text)
      try await world.window(is: "open")
      let child = try world.start(
        "pywa",
        program: python,
        [
          PythonEnvironment.script("facade_client.py"), world.gateway.base, World.number,
          try #require(world.gateway.token), World.customer, "491700000043", inbound,
          World.waba,
        ],
        environment: ["PYTHONUNBUFFERED": "1"]
      )
      #expect(try await child.end() == 0, "\(child.errors.suffix(2000))")
      var told: [String: JSON] = [:]
      for line in child.output.split(separator: "\n") {
        let json = try JSON.parse(text: String(line))
        told[json["step"]?.text ?? ""] = json
      }
      for step in ["text", "image", "buttons", "reaction", "reply", "template"] {
        #expect(told[step]?["ok"]?.flag == true, "\(step): \(told[step] ?? .null)")
        #expect(told[step]?["id"]?.text?.hasPrefix("wamid.") == true, "\(step)")
      }
      let passing = [
        "upload", "sent by id", "download", "delete", "number", "profile", "templates",
      ]
      for step in passing {
        #expect(told[step]?["ok"]?.flag == true, "\(step): \(told[step] ?? .null)")
      }
      #expect(told["read"]?["ok"]?.flag == true, "\(told["read"] ?? .null)")
      let errors: [(step: String, error: String, code: Int64)] = [
        ("closed", "ReEngagementMessage", 131047), ("closed image", "ReEngagementMessage", 131047),
        ("national", "WhatsAppError", 100), ("wrong token", "ExpiredAccessToken", 190),
        ("wrong number", "WhatsAppError", 100), ("never passed", "PermissionDenied", 10),
      ]
      for (step, error, code) in errors {
        #expect(told[step]?["ok"]?.flag == false, "\(step)")
        #expect(told[step]?["code"]?.integer == code, "\(step): \(told[step] ?? .null)")
        #expect(told[step]?["error"]?.text == error, "\(step): \(told[step] ?? .null)")
      }
      #expect(told["too long"]?["ok"]?.flag == false)
      #expect(told["closed"]?["details"]?.text?.contains("24 hours") == true)
      let phone = try await world.phone()
      #expect(
        phone.map { $0["type"]?.text } == [
          "text", "image", "interactive", "reaction", "text", "image",
        ]
      )
      #expect(
        phone.compactMap { $0["id"]?.text }
          == ["text", "image", "buttons", "reaction", "reply", "sent by id"].compactMap {
            told[$0]?["id"]?.text
          }
      )
      #expect(try await world.phone(of: "491700000043").map { $0["type"]?.text } == ["template"])
    }
  }

  @Test func `pywa's echo bot runs against the sandbox`() async throws {
    let python = try await PythonEnvironment.program("python")
    try await World.run(deliverPath: "/") { world in
      // The bot takes the gateway's place: the sandbox posts to it.
      let bot = try world.start(
        "bot",
        program: python,
        [
          "-m", "uvicorn", "--app-dir", PythonEnvironment.script(""), "--host", "127.0.0.1",
          "--port", "\(world.botPort)", "--log-level", "warning", "echo_bot:app",
        ],
        environment: [
          "TOKEN": World.accessToken, "APP_SECRET": World.secret, "META": world.meta.base,
          "PYTHONDONTWRITEBYTECODE": "1",
        ]
      )
      try await Patience.until("the bot is up") {
        if let status = bot.status { throw HarnessError("It ended with \(status): \(bot.errors)") }
        return (try? await Caller(base: "http://127.0.0.1:\(world.botPort)").get("/")) != nil
          ? () : nil
      }
      try await world.writes(World.customer, ["text": "Echo, please"])
      try await world.writes(World.customer, ["type": "image"])
      try await world.writes("491700000043", ["text": "Me too", "hide_phone": true])
      let phone = try await Patience.until("the bot has answered") {
        let phone = try await world.phone()
        return phone.count == 2 ? phone : nil
      }
      #expect(Set(phone.map { $0["type"]?.text }) == ["text", "reaction"])
      #expect(
        phone.first { $0["type"]?.text == "text" }?["text"]?["body"]?.text == "Echo, please"
      )
      try await Patience.until("whoever hides the number is answered too") {
        try await world.phone(of: "491700000043").first?["text"]?["body"]?.text == "Me too"
          ? () : nil
      }
    }
  }
}
