import CloudAPI
import Crypto
import CustomerCare
import Foundation
import Gateway
import Storage
import Support
import Testing

@Suite(.timeLimit(.minutes(2))) struct CallbackTests {
  private static let crm = "https://crm.example.com"
  private static let down = "https://down.example.com"

  private func play(_ act: (CallbackScene) async throws -> Void) async throws {
    try await GatewayStage.play { stage in try await act(CallbackScene(stage: stage)) }
  }

  @Test func `a program is told what happened to a conversation, in order`() async throws {
    try await play { scene in
      try await scene.add(
        Self.crm,
        "message.received",
        "message.state",
        "window.opened",
        "window.closing",
        "window.closed"
      )
      try scene.stage.meta.writes(GatewayStage.customer, ["text": "Hello"])
      try await scene.stage.hear()
      _ = try await scene.stage.send()
      try await scene.stage.live(.seconds(60))
      try await scene.deliver()
      for _ in 1...2 {
        try await scene.stage.live(.seconds(23 * 3600))
        _ = await scene.stage.due.round()
        try await scene.deliver()
      }
      let types = try scene.types(at: Self.crm)
      #expect(types.prefix(2) == ["message.received", "window.opened"])
      #expect(types.suffix(2) == ["window.closing", "window.closed"])
      let bodies = try scene.receiver.parcels(at: Self.crm).map { try JSON.parse($0.body) }
      let data = try #require(bodies.first?["data"])
      #expect(data["message"]?["text"]?["body"]?.text == "Hello")
      #expect(data["phone_number_id"]?.text == GatewayStage.number.rawValue)
      #expect(data["customer"]?["wa_id"]?.text == GatewayStage.customer)
      let states = bodies.compactMap { $0["data"]?["message"]?["state"]?.text }
      let order = ["accepted", "dispatching", "handed_over", "sent", "delivered", "read"]
      let places = states.compactMap(order.firstIndex)
      #expect(!states.isEmpty)
      #expect(places.count == states.count, "\(states)")
      #expect(places == places.sorted(), "\(states)")
    }
  }

  @Test func `a message that names a file tells where its bytes are, and what is known of them`()
    async throws
  {
    try await play { scene in
      try await scene.add(Self.crm, "message.received")
      let files = MediaScene(stage: scene.stage)
      let hash = MediaScene.base64Hash(MediaScene.bytes)
      try await files.sends("4400", telling: hash)
      try await scene.promise()
      try await files.sends("4401", PaperMedia.File([1, 2, 3]))
      await files.fetch()
      try scene.stage.meta.writes(GatewayStage.customer, ["text": "No file"])
      try await scene.stage.hear()
      try await scene.deliver()
      let told = try scene.receiver.parcels(at: Self.crm).map { parcel in
        try JSON.parse(parcel.body)["data"]?["message"]
      }
      func media(_ id: String, _ state: String, _ bytes: [UInt8]) -> JSON {
        [
          "id": .string(id), "url": .string("/v1/media/\(GatewayStage.number)/\(id)"),
          "state": .string(state), "mime_type": "image/jpeg",
          "sha256": .string(MediaScene.hexHash(bytes)),
        ]
      }
      let expected: [JSON?] = [
        media("4400", "pending", MediaScene.bytes), media("4401", "kept", [1, 2, 3]), nil,
      ]
      #expect(told.map { $0?["media"] } == expected)
      #expect(told.allSatisfy { $0?["image"]?["url"] == nil })
    }
  }

  @Test func `every delivery is signed as Standard Webhooks has it`() async throws {
    try await play { scene in
      try await scene.add(Self.crm, "message.received")
      try scene.stage.meta.writes(GatewayStage.customer)
      try await scene.stage.hear()
      try await scene.deliver()
      let parcel = try #require(scene.receiver.parcels(at: Self.crm).first)
      let id = try #require(parcel["webhook-id"])
      let timestamp = try #require(parcel["webhook-timestamp"])
      #expect(timestamp == "\(scene.stage.clock.now.milliseconds / 1000)")
      #expect(!id.contains("."))
      let key = try #require(Data(base64Encoded: "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"))
      let code = HMAC<SHA256>.authenticationCode(
        for: Data("\(id).\(timestamp).".utf8) + Data(parcel.body),
        using: SymmetricKey(data: key)
      )
      #expect(parcel["webhook-signature"] == "v1," + Data(code).base64EncodedString())
      #expect(parcel[Signature.headerName] == nil)
    }
  }

  @Test func `the scheme's own example comes out as it is printed`() throws {
    let secret = try #require(CallbackSecret(CallbackScene.secret))
    let headers = secret.headers(
      id: "msg_p5jXN8AQM9LWM0D4loKWxJek",
      timestamp: 1_614_265_330,
      body: Array(#"{"test": 2432232314}"#.utf8)
    )
    #expect(headers.last?.value == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=")
    #expect("\(secret)" == "<callback secret>")
    #expect(String(reflecting: secret).contains("MfKQ") == false)
  }

  @Test(arguments: [
    ("whsec_", false), ("whsec_%%%%", false), ("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", true),
    ("fifteen-letters", false), ("sixteen--letters", true),
    (String(repeating: "x", count: 128), true), (String(repeating: "x", count: 129), false),
  ])
  func `a secret has enough bytes and not too many`(text: String, isTaken: Bool) {
    #expect((CallbackSecret(text) != nil) == isTaken)
  }

  @Test func `a failing conversation waits in order and holds up no other`() async throws {
    try await play { scene in
      let callback = try await scene.add(Self.crm, "message.received")
      scene.receiver.set(Self.crm, .answers(.answered(status: 500)))
      try scene.stage.meta.writes(GatewayStage.customer, ["text": "1"])
      try await scene.stage.hear()
      try await scene.deliver()
      scene.receiver.set(Self.crm, .answers(.delivered(status: 204)))
      scene.stage.clock.advance(by: .seconds(1))
      try scene.stage.meta.writes(GatewayStage.customer, ["text": "2"])
      try scene.stage.meta.writes("491700000043", ["text": "other"])
      try await scene.stage.hear()
      try await scene.deliver()
      scene.stage.clock.advance(by: .seconds(5))
      try await scene.deliver()
      let texts = try scene.receiver.parcels(at: Self.crm).map {
        try JSON.parse($0.body)["data"]?["message"]?["text"]?["body"]?.text
      }
      #expect(texts == ["1", "other", "1", "2"])
      #expect(try await scene.deliveries(of: callback, state: .delivered).count == 3)
    }
  }

  @Test func `whoever dies between the call and its mark calls again under the same id`()
    async throws
  {
    try await play { scene in
      try await scene.add(Self.crm, "message.received")
      try scene.stage.meta.writes(GatewayStage.customer)
      try await scene.stage.hear()
      try await scene.promise()
      let dying = scene.sender()
      let claimed = try #require(await dying.claim().first)
      scene.stage.engine.failOnce(.rest)
      await dying.deliver(claimed)
      try await scene.deliver()
      #expect(scene.receiver.parcels(at: Self.crm).count == 1)
      scene.stage.clock.advance(by: CallbackLimits().lease)
      try await scene.deliver()
      let calls = scene.receiver.parcels(at: Self.crm)
      #expect(calls.count == 2)
      #expect(calls[0]["webhook-id"] == calls[1]["webhook-id"])
      #expect(calls[0].body == calls[1].body)
      #expect(calls[0]["webhook-signature"] != calls[1]["webhook-signature"])
      try await scene.deliver()
      #expect(scene.receiver.parcels(at: Self.crm).count == 2)
    }
  }

  @Test(arguments: [
    CallbackOutcome.answered(status: 500), .answered(status: 302), .failed(.timeout),
    .failed(.forbiddenAddress),
  ])
  func `after three days of failure a delivery is dead, and comes again on demand`(
    outcome: CallbackOutcome
  ) async throws {
    try await play { scene in
      let callback = try await scene.add(Self.down, "message.received")
      scene.receiver.set(Self.down, .answers(outcome))
      try scene.stage.meta.writes(GatewayStage.customer)
      try await scene.stage.hear()
      try await scene.deliver()
      let end = scene.stage.clock.now + CallbackRetry.lifetime
      while let next = try await scene.deliveries(of: callback, state: .pending).first?.nextAt {
        #expect(next <= end)
        scene.stage.clock.advance(to: next)
        try await scene.deliver()
      }
      #expect(scene.stage.clock.now == end)
      let dead = try await scene.deliveries(of: callback, state: .dead)
      #expect(dead.map(\.result) == [outcome.word])
      let calls = scene.receiver.parcels(at: Self.down).count
      scene.stage.clock.advance(by: .seconds(3600))
      try await scene.deliver()
      #expect(scene.receiver.parcels(at: Self.down).count == calls)
      scene.receiver.set(Self.down, .answers(.delivered(status: 200)))
      let now = scene.stage.clock.now
      let again = try await scene.stage.engine.write(.rest) { unit in
        try CallbackDeliveries.redeliver(nil, of: callback.id, now: now, in: unit)
      }
      #expect(again == 1)
      try await scene.deliver()
      let ids = Set(scene.receiver.parcels(at: Self.down).map { $0["webhook-id"] })
      #expect(ids.count == 1)
      #expect(try await scene.deliveries(of: callback, state: .delivered).count == 1)
    }
  }

  @Test func `a receiver that hangs takes its own places and delays nobody`() async throws {
    try await play { scene in
      let hanging = "https://hanging.example.com"
      let latch = Latch()
      try await scene.add(hanging, "meta.raw")
      let second = CallbackDesk(
        engine: scene.stage.engine,
        seal: scene.seal,
        time: scene.stage.clock,
        chance: SeededChance(seed: 4)
      )
      try await scene.add(Self.crm, "meta.raw", desk: second)
      scene.receiver.set(hanging, .waits(latch))
      var limits = CallbackLimits()
      limits.perCallbackMax = 3
      for index in 0..<10 {
        scene.stage.clock.advance(by: .seconds(1))
        try scene.stage.meta.writes("4917000001\(index)")
        try await scene.stage.hear()
      }
      let sender = scene.sender(limits)
      await withTaskGroup { group in
        group.addTask { try? await sender.run() }
        await scene.receiver.calls.reaches(13)
        #expect(scene.receiver.parcels(at: Self.crm).count == 10)
        #expect(scene.receiver.parcels(at: hanging).count == 3)
        latch.open()
        await scene.receiver.calls.reaches(20)
        #expect(scene.receiver.parcels(at: hanging).count == 10)
        group.cancelAll()
      }
    }
  }

  @Test func `what is wrong about a callback is said, and nothing is kept`() async throws {
    try await play { scene in
      let good = CallbackDesk.Draft(
        url: Self.crm,
        kinds: ["meta.raw"],
        numbers: nil,
        secret: CallbackScene.secret
      )
      let wrong: [(String, (inout CallbackDesk.Draft) -> Void)] = [
        ("url", { $0.url = "ftp://crm.example.com" }), ("url", { $0.url = "https://" }),
        ("url", { $0.url = "https://user:word@crm.example.com" }),
        ("url", { $0.url = "https://crm.example.com/#x" }), ("url", { $0.url = "crm.example.com" }),
        ("url", { $0.url = "https://crm.example.com/" + String(repeating: "x", count: 2048) }),
        ("kinds", { $0.kinds = [] }), ("kinds", { $0.kinds = ["meta.raw", "cost.charged"] }),
        ("numbers", { $0.numbers = [] }), ("numbers", { $0.numbers = ["1"] }),
        ("secret", { $0.secret = "short" }),
      ]
      for (member, spoil) in wrong {
        var draft = good
        spoil(&draft)
        await #expect { _ = try await scene.desk.add(draft) } throws: { error in
          (error as? CallbackDesk.Refusal)?.member == member
        }
      }
      let kept = try await scene.stage.engine.read { unit in try Callbacks.list(in: unit) }
      #expect(kept.isEmpty)
    }
  }
}
