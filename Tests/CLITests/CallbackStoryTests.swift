import CloudAPI
import Foundation
import Testing

/// Callbacks as their receivers see them: programs nobody here wrote.
@Suite struct CallbackStoryTests {
  private static let networks = ["CAREWINDOW_CALLBACK_NETWORKS": "127.0.0.1"]
  private static let secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"

  /// Starts a receiver under uvicorn and waits until it answers.
  private func receive(
    _ application: String,
    at path: String,
    in world: World,
    environment: [String: String]
  ) async throws -> (child: Child, base: String) {
    let port = try Ports.free()
    let child = try world.start(
      application,
      program: try await PythonEnvironment.program("python"),
      [
        "-m", "uvicorn", "--app-dir", PythonEnvironment.script(""), "--host", "127.0.0.1",
        "--port", "\(port)", "--log-level", "warning", "\(application):app",
      ],
      environment: environment.merging(
        ["PYTHONDONTWRITEBYTECODE": "1", "PYTHONUNBUFFERED": "1"]
      ) { $1 }
    )
    let base = "http://127.0.0.1:\(port)"
    try await Patience.until("\(application) is up") {
      if let status = child.status {
        throw HarnessError("It ended with \(status): \(child.errors)")
      }
      return (try? await Caller(base: base).get(path)) != nil ? () : nil
    }
    return (child, base)
  }

  @discardableResult
  private func add(_ url: String, _ kinds: String, in world: World) async throws -> String {
    let added = try await world.verb(
      ["callback", "add", "--url", url, "--kinds", kinds, "--secret-stdin"],
      input: Self.secret + "\n"
    )
    try #require(added.status == 0, "callback add said: \(added.errors)")
    #expect(!added.output.contains("whsec_"))
    return added.output.trimmingCharacters(in: .whitespacesAndNewlines)
  }

  @Test func `the library of Standard Webhooks takes what is delivered, and nothing else`()
    async throws
  {
    try await World.run(.real) { world in
      try await world.open(changes: Self.networks)
      let receiver = try await receive(
        "standard_receiver",
        at: "/hook",
        in: world,
        environment: ["SECRET": Self.secret]
      )
      let callback = try await add(
        receiver.base + "/hook",
        "message.received,window.opened",
        in: world
      )
      try await world.writes(World.customer, ["text": "Hello, program"])
      // The first attempt of each is answered with 500, and the second comes five seconds later.
      let told = try await Patience.until("both were delivered twice") {
        let told = try receiver.child.output.split(separator: "\n").map {
          try JSON.parse(text: String($0))
        }
        return told.count >= 4 ? told : nil
      }
      #expect(told.allSatisfy { $0["verified"]?.flag == true })
      #expect(told.allSatisfy { $0["tampered"]?.flag == false })
      #expect(
        told.map { $0["body"]?["type"]?.text } == [
          "message.received", "message.received", "window.opened", "window.opened",
        ]
      )
      #expect(Set(told.map { $0["id"]?.text }).count == 2)
      #expect(
        told.first?["body"]?["data"]?["message"]?["text"]?["body"]?.text == "Hello, program"
      )
      let listed = try await Patience.until("nothing is pending") {
        let listed = try await world.verb("callback", "list", "--json").json.items.first
        return listed?["pending"]?.integer == 0 ? listed : nil
      }
      #expect(listed["id"]?.text == callback)
      #expect(listed["dead"]?.integer == 0)
      let served = try world.served
      #expect(!(served.output + served.errors).contains("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"))
      #expect(!(served.output + served.errors).contains("Hello, program"))
      #expect(try await world.verb("callback", "remove", callback).status == 0)
      #expect(try await world.verb("callback", "remove", callback).status == 1)
    }
  }

  @Test func `pywa's server takes meta.raw for Meta's own webhooks and answers through the façade`()
    async throws
  {
    try await World.run(.real) { world in
      try await world.open(changes: Self.networks)
      let bot = try await receive(
        "echo_bot",
        at: "/",
        in: world,
        environment: [
          "TOKEN": try #require(world.gateway.token), "APP_SECRET": Self.secret,
          "META": world.gateway.base,
        ]
      )
      try await add(bot.base + "/", "meta.raw", in: world)
      try await world.writes(World.customer, ["text": "Echo, please"])
      try await Patience.until("the bot has answered") {
        let phone = try await world.phone()
        return phone.first?["text"]?["body"]?.text == "Echo, please" ? () : nil
      }
    }
  }

  @Test func `an address nobody listed is not called, and said to be forbidden`() async throws {
    try await World.run(.real) { world in
      try await world.open()
      let callback = try await add("http://127.0.0.1:\(try Ports.free())/", "meta.raw", in: world)
      try await world.writes()
      try await Patience.until("the attempt is logged") {
        try world.served.errors.contains("forbidden_address") ? () : nil
      }
      let listed = try await world.verb("callback", "list", "--json").json.items.first
      #expect(listed?["id"]?.text == callback)
      #expect(listed?["pending"]?.integer == 1)
    }
  }

  @Test(arguments: [
    (
      ["callback", "add", "--url", "https://a.example", "--kinds", "meta.raw"], 2, "--secret-stdin"
    ),
    (
      ["callback", "add", "--url", "ftp://a.example", "--kinds", "meta.raw", "--secret-stdin"], 1,
      "url"
    ),
    (
      ["callback", "add", "--url", "https://a.example", "--kinds", "all", "--secret-stdin"], 1,
      "kinds"
    ),
    (["callback", "remove", "cb_none"], 1, "no callback cb_none"),
    (["callback", "redeliver", "cb_none"], 1, "no callback cb_none"),
  ])
  func `what cannot be done is said in a sentence`(
    arguments: [String],
    status: Int32,
    words: String
  ) async throws {
    try await World.run { world in
      try await world.open()
      let outcome = try await world.verb(arguments, input: Self.secret)
      #expect(outcome.status == status)
      #expect(outcome.errors.contains(words), "\(outcome.errors)")
      #expect(!outcome.errors.contains("MfKQ"))
    }
  }

  @Test func `a network that is none stops the start with its name`() async throws {
    try await World.run { world in
      let child = try await world.serve(
        ["CAREWINDOW_CALLBACK_NETWORKS": "localhost"],
        waiting: false
      )
      #expect(try await child.end() == 1)
      #expect(child.errors.contains("CAREWINDOW_CALLBACK_NETWORKS"))
      #expect(child.errors.contains("10.20.0.0/16"))
    }
  }
}
