import CloudAPI
import CustomerCare
import Gateway
import Storage
import Support
import Testing

/// What `meta.raw` tells, and does not, where CareWindow knows more than Meta: exceptions (b) and (c) of contract 4.4.
@Suite(.timeLimit(.minutes(2))) struct EndedCallbackTests {
  private static let bot = "https://bot.example.com"

  /// Plays with a callback and a window that is open.
  private func play(_ act: (CallbackScene) async throws -> Void) async throws {
    try await GatewayStage.play { stage in
      let scene = CallbackScene(stage: stage)
      try await scene.add(Self.bot, "meta.raw")
      try stage.meta.set(["pair_limit": false])
      try stage.meta.writes(GatewayStage.customer)
      try await stage.hear()
      try await act(scene)
    }
  }

  /// Every status that came, as a program that speaks Cloud API reads it.
  private func statuses(_ scene: CallbackScene) async throws -> [MessageStatus] {
    try await scene.deliver()
    return try scene.receiver.parcels(at: Self.bot).flatMap { parcel in
      try WebhookDelivery.decode(parcel.body).changes.flatMap { change -> [MessageStatus] in
        guard case .messages(let value) = change.value else { return [] }
        #expect(change.phoneNumberID == GatewayStage.number.rawValue)
        return value.statuses
      }
    }
  }

  @Test(arguments: [nil, "order-7"])
  func `who was given our id in the place of Meta's is told once that the message failed`(
    reference: String?
  ) async throws {
    try await play { scene in
      scene.stage.meta.foretell(.unknownBeforeAccepting)
      var message = GatewayStage.text()
      message.set("biz_opaque_callback_data", to: reference.map { .string($0) })
      let unknown = try await scene.stage.send(message)
      #expect(unknown.state == .unknown)
      #expect(try await statuses(scene).isEmpty, "nobody knows yet")
      scene.stage.clock.advance(by: Wait.unknownFor - .milliseconds(1))
      await scene.stage.attend()
      #expect(try await statuses(scene).isEmpty)
      scene.stage.clock.advance(by: .milliseconds(1))
      await scene.stage.attend()
      let told = try await statuses(scene)
      let status = try #require(told.first)
      #expect(told.count == 1)
      #expect(status.id == "carewindow.\(unknown.request.id)")
      #expect(status.kind == .failed)
      #expect(status.recipientID == GatewayStage.customer)
      #expect(status.callbackData == reference)
      #expect(status.errors.map(\.code) == [131_000])
      #expect(status.timestamp == scene.stage.clock.now.seconds)
      let parcel = try #require(scene.receiver.parcels(at: Self.bot).last)
      #expect(
        Signature.isValid(
          header: parcel[Signature.headerName],
          body: parcel.body,
          secrets: [CallbackScene.secret]
        )
      )
      await scene.stage.attend()
      #expect(try await statuses(scene).count == 1)
    }
  }

  @Test(arguments: [GatewayStage.Door.api, .employee])
  func `who was not given such an id is not told of it`(door: GatewayStage.Door) async throws {
    try await play { scene in
      scene.stage.meta.foretell(.unknownBeforeAccepting)
      let unknown = try await scene.stage.send(through: door)
      #expect(unknown.state == .unknown)
      scene.stage.clock.advance(by: Wait.unknownFor)
      await scene.stage.attend()
      #expect(try await statuses(scene).isEmpty)
    }
  }

  @Test func `what Meta tells of after all is told by Meta alone`() async throws {
    try await play { scene in
      scene.stage.meta.foretell(.unknownAfterAccepting)
      let unknown = try await scene.stage.send()
      #expect(unknown.state == .unknown)
      try await scene.stage.live(.seconds(60))
      scene.stage.clock.advance(by: Wait.unknownFor)
      await scene.stage.attend()
      let told = try await statuses(scene)
      #expect(!told.isEmpty)
      #expect(told.allSatisfy { $0.kind != .failed && $0.id.hasPrefix("wamid.") }, "\(told)")
    }
  }

  @Test(arguments: [nil, "key-1"])
  func `after a crash only who can ask again is told, because only that one may have our id`(
    key: String?
  ) async throws {
    try await play { scene in
      scene.stage.engine.die(after: .gate, count: key == nil ? 1 : 2)
      scene.stage.meta.foretell(.unknownBeforeAccepting)
      let seen = scene.stage.finished.count
      _ = await scene.stage.submit(key: key)
      await scene.stage.finished.reaches(seen + 1)
      try await scene.stage.restart { stage in
        let next = CallbackScene(stage: stage)
        let id = try #require(try await stage.requests().first)
        stage.clock.advance(by: OutboxLimits().lease)
        await stage.attend()
        #expect(try await stage.request(id)?.state == .unknown)
        stage.clock.advance(by: Wait.unknownFor)
        await stage.attend()
        #expect(try await stage.request(id)?.state == .failed)
        #expect(try await statuses(next).map(\.id) == (key == nil ? [] : ["carewindow.\(id)"]))
      }
    }
  }

  /// A failed status as Meta would send it, for an attempt of ours.
  private func failure(_ code: Int, of attempt: AttemptReference, as id: String) -> JSON {
    let encoder = WebhookEncoder(
      wabaID: GatewayStage.waba.rawValue,
      phoneNumberID: GatewayStage.number.rawValue,
      displayPhoneNumber: "4930000001"
    )
    let status = MessageStatus(
      id: id,
      kind: .failed,
      timestamp: GatewayStage.start.seconds,
      recipientID: GatewayStage.customer,
      callbackData: attempt.text,
      errors: [ReportedError(code: code, title: "Re-engagement message")]
    )
    return (try? JSON.parse(encoder.body([encoder.messages(MessagesValue(statuses: [status]))])))
      ?? .null
  }

  @Test(arguments: [(131_047, []), (131_026, ["wamid.first"])])
  func `a 131047 after which we try again is withheld, and any other failure is not`(
    code: Int,
    told: [String]
  ) async throws {
    try await play { scene in
      try await scene.stage.live(.seconds(60))
      try scene.stage.meta.breaks(["kind": "glitch", "path": "http"])
      let id = try #require(await scene.stage.submit(through: .api).report?.id)
      await scene.stage.finished.reaches(1)
      let waiting = try #require(try await scene.stage.request(id))
      #expect(waiting.state == .accepted)
      let first = AttemptReference(
        request: id,
        number: 1,
        dispatchBeganAt: waiting.attempts[0].dispatchBeganAt,
        neededWindow: true
      )
      try await scene.stage.hear(failure(code, of: first, as: "wamid.first"))
      #expect(try await statuses(scene).map(\.id) == told)
      let callback = try await scene.stage.engine.read { try Callbacks.list(in: $0) }[0]
      let results = try await scene.deliveries(of: callback).map(\.result)
      #expect(results.contains("withheld") == told.isEmpty, "\(results)")
    }
  }

  @Test func `a 131047 that nobody takes over is told`() async throws {
    try await play { scene in
      try await scene.stage.live(.seconds(60))
      try scene.stage.meta.breaks(["kind": "glitch", "path": "status"])
      let sent = try await scene.stage.send()
      #expect(sent.state == .handedOver)
      try await scene.stage.live(.seconds(5))
      let told = try await statuses(scene)
      #expect(told.contains { $0.kind == .failed && $0.errors.first?.code == 131_047 }, "\(told)")
    }
  }
}
