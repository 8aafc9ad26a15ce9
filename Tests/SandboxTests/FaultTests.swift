import CloudAPI
import Testing

@testable import Sandbox

@Suite struct FaultTests {
  private func open(seed: UInt64 = 7) throws -> Stage {
    var stage = Stage(seed: seed)
    _ = try stage.meta.customerWrites(Stage.customer, [:], now: stage.now)
    _ = stage.bodies()
    return stage
  }

  struct Strike: Sendable {
    let fault: JSON
    let status: Int
    let manner: GraphReply.Manner
    let statuses: [String]

    init(_ fault: JSON, _ status: Int, _ manner: GraphReply.Manner, _ statuses: [String]) {
      self.fault = fault
      self.status = status
      self.manner = manner
      self.statuses = statuses
    }

    static let all = ["sent", "delivered", "read"]

    static let cases: [Strike] = [
      Strike(["kind": "http_status", "status": 500], 500, .prompt, []),
      Strike(["kind": "http_status", "status": 503, "when": "after"], 503, .prompt, all),
      Strike(["kind": "timeout"], 200, .silence, all),
      Strike(["kind": "drop"], 200, .hangUp, []),
      Strike(["kind": "drop", "when": "after"], 200, .hangUp, all),
      Strike(["kind": "slow", "ms": 700], 200, .slow(700), all),
      Strike(["kind": "code", "code": 131000, "path": "http"], 500, .prompt, []),
      Strike(["kind": "code", "code": 131049], 200, .prompt, ["failed 131049"]),
      Strike(["kind": "glitch"], 200, .prompt, ["failed 131047"]),
      Strike(["kind": "glitch", "path": "http"], 400, .prompt, []),
    ]
  }

  @Test(arguments: Strike.cases)
  func `a fault strikes once and in its own way`(_ strike: Strike) throws {
    var stage = try open()
    _ = try stage.meta.addFault(strike.fault, now: stage.now)
    let answer = stage.post(Stage.text())
    #expect(answer.status == strike.status)
    #expect(answer.manner == strike.manner)
    #expect(stage.statuses() == strike.statuses)
    #expect(stage.post(Stage.text()).status == 200)
    #expect(stage.statuses() == ["sent", "delivered", "read"])
  }

  @Test(
    arguments: [
      ["kind": "slow", "ms": 1, "milliseconds": 1], ["kind": "duplicate", "milliseconds": 500],
      ["kind": "timeout", "ms": 500], ["kind": "lose", "fields": "messages"],
      ["kind": "code", "code": 131000, "when": "after"], ["kind": "drop", "status": 500],
    ] as [JSON]
  )
  func `a member that means nothing is refused`(fault: JSON) throws {
    var stage = try open()
    #expect(throws: MetaError.self) { try stage.meta.addFault(fault, now: stage.now) }
    #expect(stage.post(Stage.text()).status == 200)
    #expect(stage.statuses() == Strike.all, "and nothing strikes")
  }

  @Test func `a fault can be for the next few`() throws {
    var stage = try open()
    _ = try stage.meta.addFault(
      ["kind": "http_status", "status": 500, "next": 2],
      now: stage.now
    )
    #expect((0..<3).map { _ in stage.post(Stage.text()).status } == [500, 500, 200])
  }

  @Test func `the same seed tells the same story and another seed another`() throws {
    func story(_ seed: UInt64) throws -> [JSON] {
      var stage = Stage(seed: seed)
      for fault: JSON in [
        ["kind": "duplicate", "probability": 0], ["kind": "reorder", "ms": 60_000, "next": 50],
      ] { _ = try stage.meta.addFault(fault, now: stage.now) }
      for index in 0..<20 {
        _ = try stage.meta.customerWrites(
          Stage.customer,
          ["text": .string("\(index)")],
          now: stage.now
        )
      }
      return stage.bodies(within: 100)
    }
    #expect(try story(1) == story(1))
    #expect(try story(1) != story(2))
    let texts = try story(1).map { body in
      body["entry"]?.items.first?["changes"]?.items.first?["value"]?["messages"]?.items.first?[
        "text"
      ]?["body"]?.text ?? ""
    }
    #expect(texts.count == 20)
    #expect(texts != (0..<20).map(String.init))
    #expect(Set(texts).count == 20)
  }

  @Test
  func `ids come again with the seed alone, never after another start, a reset or a seeded fault`()
    throws
  {
    func ids(startedAt: Int64?, resets: Int = 0) throws -> [String] {
      var meta = SimulatedMeta(seed: 1, startedAt: startedAt, app: SandboxApp(secret: "s"))
      return try (0...resets).flatMap { _ in
        let first = try meta.customerWrites(Stage.customer, [:], now: Stage.start)
        _ = try meta.addFault(["kind": "lose", "probability": 0, "seed": 1], now: Stage.start)
        let second = try meta.customerWrites(Stage.customer, [:], now: Stage.start)
        let file = meta.media.put(
          [1],
          mimeType: "image/png",
          fileName: nil,
          phoneNumberID: "900800700",
          until: Stage.start + 1,
          now: Stage.start
        )
        meta.reset()
        return [first, second].flatMap { $0["ids"]?.items ?? [] }.compactMap(\.text)
          + [file?.id ?? ""]
      }
    }
    #expect(try ids(startedAt: nil) == ids(startedAt: nil))
    let lives = try ids(startedAt: nil) + ids(startedAt: 1, resets: 1) + ids(startedAt: 2)
    #expect(lives.count == 12)
    #expect(Set(lives).count == 12)
  }

  @Test func `a doubled webhook has the same message twice`() throws {
    var stage = Stage()
    _ = try stage.meta.addFault(["kind": "duplicate", "ms": 1000], now: stage.now)
    let answer = try stage.meta.customerWrites(Stage.customer, [:], now: stage.now)
    let ids = stage.changes().flatMap { $0.value["messages"]?.items ?? [] }.map { $0["id"] }
    #expect(ids == [answer["ids"]?.items.first, answer["ids"]?.items.first])
  }

  @Test func `a late webhook keeps its timestamp`() throws {
    var stage = Stage()
    _ = try stage.meta.customerWrites(
      Stage.customer,
      ["delay_ms": 90_000_000],
      now: stage.now
    )
    #expect(stage.bodies(within: 89_999).isEmpty)
    let message = stage.changes(within: 1).first?.value["messages"]?.items.first
    #expect(message?["timestamp"]?.integer == Stage.start / 1000)
  }

  @Test func `a lost webhook never arrives`() throws {
    var stage = Stage()
    _ = try stage.meta.addFault(["kind": "lose", "field": "messages"], now: stage.now)
    _ = try stage.meta.customerWrites(Stage.customer, [:], now: stage.now)
    #expect(stage.bodies(within: 700_000).isEmpty)
  }

  @Test func `one body holds as many news as the setting says`() throws {
    var settings = SandboxSettings()
    settings.batch = 5
    var stage = Stage(settings: settings)
    for index in 0..<12 {
      _ = try stage.meta.customerWrites("49170000\(1000 + index)", [:], now: stage.now)
    }
    let counts = stage.bodies().map { body in
      (body["entry"]?.items ?? []).flatMap { $0["changes"]?.items ?? [] }
        .flatMap { $0["value"]?["messages"]?.items ?? [] }.count
    }
    #expect(counts == [5, 5, 2])
  }

  @Test func `a body that is not taken is tried for seven days and then given up`() throws {
    var stage = Stage()
    _ = try stage.meta.customerWrites(Stage.customer, [:], now: stage.now)
    var waits: [Int64] = []
    while let post = stage.meta.takePosts(limit: 1, now: stage.now).first {
      stage.meta.post(post.id, answered: 503, now: stage.now)
      guard let next = stage.meta.nextAt else { break }
      waits.append(next - stage.now)
      stage.now = next
    }
    #expect((2000...2500).contains(waits.first ?? 0))
    #expect(waits.allSatisfy { $0 <= 13_500_000 })
    #expect((Stage.start + 590_000_000...Stage.start + 604_800_000).contains(stage.now))
    #expect(stage.meta.state(now: stage.now)["webhooks"]?["lost"]?.integer == 1)
  }

  @Test func `an account whose webhooks are off hears nothing`() throws {
    var stage = Stage()
    let path = ["v24.0", "700100200300", "subscribed_apps"]
    #expect(stage.call("DELETE", path).json == ["success": true])
    _ = try stage.meta.customerWrites(Stage.customer, [:], now: stage.now)
    #expect(stage.bodies().isEmpty)
    #expect(stage.get(path).json["data"]?.items.isEmpty == true)
    #expect(stage.call("POST", path).json == ["success": true])
    _ = try stage.meta.customerWrites(Stage.customer, [:], now: stage.now)
    #expect(stage.bodies().count == 1)
  }
}
