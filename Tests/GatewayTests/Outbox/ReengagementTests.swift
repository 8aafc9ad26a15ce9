import CloudAPI
import CustomerCare
import Gateway
import Storage
import Support
import Testing

/// A template goes out in the place of what a closed window keeps back, through the whole gateway.
@Suite(.timeLimit(.minutes(2))) struct ReengagementTests {
  /// Plays with a template that fits everybody.
  private func play(
    _ scenery: GatewayStage.Scenery = GatewayStage.Scenery(),
    _ act: (GatewayStage) async throws -> Void
  ) async throws {
    try await GatewayStage.play(scenery) { stage in
      try stage.meta.set(["pair_limit": false])
      try await WelcomeTemplate.become(fallbackOf: GatewayStage.number, in: stage.engine)
      try await act(stage)
    }
  }

  private func write(
    _ body: String,
    on stage: GatewayStage,
    through door: GatewayStage.Door = .facade,
    key: String? = nil
  ) async throws -> RequestReport {
    let submitted = await stage.submit(
      GatewayStage.text(body),
      through: door,
      key: key,
      ifClosed: .template
    )
    return try #require(submitted.report)
  }

  /// What went out, the first first.
  private func outbound(_ stage: GatewayStage) async throws -> [String] {
    try await stage.conversation().filter { $0.direction == .outbound }.reversed().map { view in
      if case .text(let text) = view.message.content { text } else { view.type }
    }
  }

  private func answer(on stage: GatewayStage) async throws {
    try stage.meta.writes(GatewayStage.customer)
    try await stage.hear()
    await stage.attend()
  }

  @Test func `the template's answer is given, and the text follows when the customer answers`()
    async throws
  {
    try await play { stage in
      let report = try await write("Your parcel is here.", on: stage, key: "k")
      #expect(report.state == .parked)
      let template = try #require(report.template)
      let answer = try JSON.parse(try #require(template.answer).body)
      #expect(answer["messages"]?.items.first?["id"]?.text == template.message.rawValue)
      #expect(try await outbound(stage) == ["template"])

      // The same again is answered the same, and nothing is sent.
      let again = try await write("Your parcel is here.", on: stage, key: "k")
      #expect(again.isReplay && again.id == report.id)
      #expect(again.template?.message == template.message)

      // More is kept until the answer, without another template.
      stage.clock.advance(by: .seconds(60))
      let more = try await write("Shall we bring it?", on: stage)
      #expect(more.state == .parked && more.template == nil)
      #expect(stage.meta.handed == 1)

      try await self.answer(on: stage)
      for id in [report.id, more.id] {
        await stage.attend()
        #expect(try await stage.finish(id).state == .handedOver)
      }
      // Both may go at the same instant; that they go in order is the conformance suite's.
      let texts = try await outbound(stage)
      #expect(texts.first == "template")
      #expect(Set(texts) == ["template", "Your parcel is here.", "Shall we bring it?"])
      #expect(stage.meta.handedOutside == 0)
      let later = try await write("Your parcel is here.", on: stage, key: "k")
      #expect(later.isReplay && later.template?.message == template.message)
      #expect(stage.meta.handed == 3)
    }
  }

  @Test func `through the door that answers at once the template goes all the same`() async throws {
    try await play { stage in
      let report = try await write("Hello", on: stage, through: .api)
      #expect(report.state == .parked && report.template == nil)
      let template = try #require(
        try await stage.engine.read { try Requests.template(inPlaceOf: report.id, in: $0) }
      )
      #expect(try await stage.finish(template.request.id).state == .handedOver)
      #expect(try await outbound(stage) == ["template"])
    }
  }

  @Test(arguments: [PaperMeta.Mishap.unknownBeforeAccepting, .unknownAfterAccepting])
  func `of a template whose outcome nobody knows its sender learns that the text waits`(
    mishap: PaperMeta.Mishap
  ) async throws {
    try await play { stage in
      stage.meta.foretell(mishap)
      let report = try await write("Hello", on: stage)
      #expect(report.state == .parked && report.template == nil)
      // It may be with the customer: no second one goes.
      #expect(try await write("More", on: stage).template == nil)
      #expect(stage.meta.handed <= 1)
      try await answer(on: stage)
      #expect(try await stage.finish(report.id).state == .handedOver)
    }
  }

  @Test func `a template that Meta refuses leaves the text waiting, and the next one begins anew`()
    async throws
  {
    try await play { stage in
      try stage.meta.breaks(["kind": "code", "code": 132015, "path": "http"])
      let report = try await write("Hello", on: stage)
      #expect(report.state == .parked && report.template == nil)
      let next = try await write("Are you there?", on: stage)
      #expect(next.template != nil)
      try await answer(on: stage)
      #expect(try await stage.finish(report.id).state == .handedOver)
      await stage.attend()
      #expect(try await stage.finish(next.id).state == .handedOver)
      #expect(Set(try await outbound(stage)) == ["template", "Hello", "Are you there?"])
    }
  }

  @Test func `a template that cannot leave now is waited for, and goes later`() async throws {
    try await play { stage in
      stage.meta.foretell(.notSent)
      async let report = write("Hello", on: stage)
      await stage.clock.sleepers()
      stage.clock.advance(by: .seconds(10))
      let told = try await report
      #expect(told.state == .parked && told.template == nil)
      let template = try #require(
        try await stage.engine.read { try Requests.template(inPlaceOf: told.id, in: $0) }
      )
      await stage.attend()
      #expect(try await stage.finish(template.request.id).state == .handedOver)
      #expect(stage.meta.handed == 1)
    }
  }

  @Test func `a crash before the template went out sends it once, and loses nothing`() async throws
  {
    try await play { stage in
      // The process dies with the commit of the reservation.
      stage.engine.die(after: .gate)
      _ = await stage.submit(GatewayStage.text("Hello"), ifClosed: .template)
      #expect(stage.meta.handed == 0)
      try await stage.restart { next in
        await next.attend()
        let ids = try await next.requests()
        #expect(ids.count == 2)
        for id in ids { _ = try await next.finish(id) }
        #expect(next.meta.handed == 1)
        try await answer(on: next)
        for id in ids { #expect(try await next.finish(id).state == .handedOver) }
      }
      #expect(stage.meta.handed == 2 && stage.meta.handedOutside == 0)
    }
  }

  @Test
  func `a window that Meta has closed behind our back costs one refusal, then a template goes`()
    async throws
  {
    try await play { stage in
      try stage.meta.writes(GatewayStage.customer)
      try await stage.hear()
      stage.clock.advance(by: .seconds(60))
      for _ in 0..<2 { try stage.meta.breaks(["kind": "code", "code": 131047, "path": "webhook"]) }
      let report = try await write("Hello", on: stage, key: "k")
      #expect(report.state == .handedOver)
      // The first word of it may be a glitch at Meta: it is tried once more.
      try await stage.live(.seconds(20))
      #expect(try await stage.request(report.id)?.state == .accepted)
      stage.clock.advance(by: .seconds(10))
      await stage.attend()
      #expect(try await stage.finish(report.id).state == .handedOver)
      try await stage.live(.seconds(20))
      await stage.attend()
      let again = try await stage.finish(report.id)
      #expect(again.state == .parked && again.attempts.count == 2)
      await stage.attend()
      let template = try #require(
        try await stage.engine.read { try Requests.template(inPlaceOf: report.id, in: $0) }
      )
      #expect(try await stage.finish(template.request.id).state == .handedOver)
      try await answer(on: stage)
      #expect(try await stage.finish(report.id).state == .handedOver)
      #expect(try await stage.request(report.id)?.attempts.count == 3)
    }
  }
}
