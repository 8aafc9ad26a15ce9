import CloudAPI
import CustomerCare
import Gateway
import Storage
import Support
import Testing

@Suite(.timeLimit(.minutes(2))) struct FetchMediaTests {
  @Test func `what a customer sends is fetched at once, and is what they sent`() async throws {
    try await MediaScene.play { scene in
      var file = PaperMedia.File(MediaScene.bytes)
      file.address.sha256 = MediaScene.hexHash(file.bytes)
      file.address.bytes = Int64(file.bytes.count)
      try await scene.sends("4400", file, telling: MediaScene.base64Hash(file.bytes))
      #expect(try await scene.view()?.state == .pending)
      await scene.fetch()
      #expect(try await scene.view()?.state == .kept)
      #expect(try await scene.view()?.content?.hash.hex == MediaScene.hexHash(file.bytes))
      #expect(try await scene.content() == file.bytes)
      #expect(scene.carrier.tokens == ["sandbox-token"])
    }
  }

  @Test(arguments: [1, MediaBytes.chunkBytes - 1, MediaBytes.chunkBytes, MediaBytes.chunkBytes + 1])
  func `a file of any length is kept whole`(length: Int) async throws {
    try await MediaScene.play { scene in
      let bytes = [UInt8](MediaScene.bytes.prefix(length))
      try await scene.sends("4400", PaperMedia.File(bytes))
      await scene.fetch()
      #expect(try await scene.content() == bytes)
    }
  }

  @Test func `a message that names no file leaves nothing to fetch`() async throws {
    try await MediaScene.play { scene in
      try scene.stage.meta.writes(GatewayStage.customer, ["text": "Hello"])
      try scene.stage.meta.writes(GatewayStage.customer, ["type": "location"])
      try await scene.stage.hear()
      #expect(await scene.node().claim().isEmpty)
    }
  }

  @Test(arguments: [
    (MediaFailure.refused(MetaRefusal(code: 190, title: "Invalid token")), "meta_190"),
    (.refused(MetaRefusal(code: 401, title: "HTTP 401")), "meta_401"),
    (.unavailable(reason: "no connection"), "unavailable"), (.gone, "address_gone"),
    (.foreignAddress, "foreign_address"),
    (.refused(MetaRefusal(code: 100, title: "No such object")), "gone"),
  ])
  func `what may be better later is tried again, and kept`(
    failure: MediaFailure,
    word: String
  ) async throws {
    try await MediaScene.play { scene in
      scene.carrier.fail("4400", failure, failure)
      try await scene.sends()
      for pause in MediaRule.pauses.prefix(2) {
        await scene.fetch()
        #expect(try await scene.view()?.state == .pending)
        #expect(try await scene.reason() == word)
        #expect(try await scene.next() == scene.stage.clock.now + pause)
        scene.stage.clock.advance(by: pause)
      }
      await scene.fetch()
      #expect(try await scene.content() == MediaScene.bytes)
      #expect(try await scene.reason() == nil)
    }
  }

  @Test func `a number without a token waits for one`() async throws {
    try await MediaScene.play { scene in
      _ = try await scene.stage.engine.write(.rest) { unit in
        try unit.run("UPDATE business_number SET access_token = NULL")
      }
      try await scene.sends()
      await scene.fetch()
      #expect(try await scene.reason() == "no_token")
      #expect(scene.carrier.asked.isEmpty)
    }
  }

  @Test func `a file that is not there is asked for three times and then lost`() async throws {
    try await MediaScene.play { scene in
      let nothing = MediaFailure.refused(MetaRefusal(code: 100, title: "No such object"))
      scene.carrier.fail("4400", nothing, nothing, nothing, nothing)
      try await scene.sends()
      try await scene.fetchToTheEnd()
      #expect(try await scene.view()?.loss == .gone)
      #expect(scene.carrier.asked.count == MediaRule.goneAttemptsMax)
    }
  }

  @Test func `a token that stays wrong is tried as long as the id lives, and not longer`()
    async throws
  {
    try await MediaScene.play { scene in
      scene.carrier.fail(.refused(MetaRefusal(code: 190, title: "Invalid token")))
      try await scene.sends()
      let start = scene.stage.clock.now
      try await scene.fetchToTheEnd()
      #expect(try await scene.view()?.loss == .expired)
      #expect(scene.stage.clock.now == start + MediaRule.idLifetime)
      #expect((150...200).contains(scene.carrier.asked.count), "\(scene.carrier.asked.count)")
      await scene.fetch()
      #expect(try await scene.view()?.state == .lost)
    }
  }

  @Test func `what nobody fetched for a week is lost without asking`() async throws {
    try await MediaScene.play { scene in
      try await scene.sends()
      scene.stage.clock.advance(by: MediaRule.idLifetime + MediaLimits().lease)
      await scene.fetch()
      #expect(try await scene.view()?.loss == .expired)
      #expect(scene.carrier.asked.isEmpty)
    }
  }

  @Test(arguments: ["meta", "host", "nobody"])
  func `a file that is too large is lost, whoever says so`(teller: String) async throws {
    try await MediaScene.play { scene in
      let limit = MediaRule.bytesMax(.sticker)
      func file(_ size: Int) -> PaperMedia.File {
        var file = PaperMedia.File([UInt8](repeating: 7, count: size))
        if teller == "meta" { file.address.bytes = Int64(size) }
        if teller == "host" { file.announced = Int64(size) }
        return file
      }
      try await scene.sends("4400", type: "sticker", file(limit))
      try await scene.sends("4401", type: "sticker", file(limit + 1))
      await scene.fetch()
      #expect(try await scene.view("4400")?.content?.size == limit)
      #expect(try await scene.view("4401")?.state == .lost)
      #expect(try await scene.view("4401")?.loss == .tooLarge)
      _ = await scene.stage.due.round()
      #expect(try await scene.blobs() == 1)
    }
  }

  @Test(arguments: [true, false])
  func `bytes with another hash than Meta told are never kept`(byWebhook: Bool) async throws {
    try await MediaScene.play { scene in
      let wrong = Array("something else".utf8)
      var file = PaperMedia.File(MediaScene.bytes)
      if !byWebhook { file.address.sha256 = MediaScene.hexHash(wrong) }
      try await scene.sends("4400", file, telling: byWebhook ? MediaScene.base64Hash(wrong) : nil)
      await scene.fetch()
      #expect(try await scene.view()?.state == .pending)
      #expect(try await scene.reason() == "spoilt")
      try await scene.fetchToTheEnd()
      #expect(try await scene.view()?.loss == .spoilt)
      #expect(scene.carrier.asked.count == MediaRule.spoiltAttemptsMax)
      while await scene.stage.due.round() {}
      #expect(try await scene.blobs() == 0)
    }
  }

  @Test func `the same bytes are fetched and kept once`() async throws {
    try await MediaScene.play { scene in
      let hash = MediaScene.base64Hash(MediaScene.bytes)
      try await scene.sends("4400", telling: hash)
      await scene.fetch()
      try await scene.sends("4401", telling: hash)
      await scene.fetch()
      #expect(scene.carrier.asked == ["4400"])
      try await scene.sends("4402")
      await scene.fetch()
      #expect(scene.carrier.asked == ["4400", "4402"])
      for id in ["4400", "4401", "4402"] as [MediaID] {
        #expect(try await scene.content(id) == MediaScene.bytes)
      }
      while await scene.stage.due.round() {}
      #expect(try await scene.blobs() == 1)
    }
  }

  @Test func `files are kept as long as the setting says, and their bytes go soon after`()
    async throws
  {
    try await MediaScene.play { scene in
      try await scene.sends()
      await scene.fetch()
      let clock = scene.stage.clock
      clock.advance(by: MediaLimits().keepFor)
      while await scene.stage.due.round() {}
      #expect(try await scene.content() == MediaScene.bytes)
      clock.advance(by: .milliseconds(1))
      while await scene.stage.due.round() {}
      #expect(try await scene.view()?.loss == .pruned)
      #expect(try await scene.blobs() == 1)
      clock.advance(by: MediaRetention.grace)
      while await scene.stage.due.round() {}
      #expect(try await scene.blobs() == 0)
      try await scene.stage.hear()
      await scene.fetch()
      #expect(scene.carrier.asked.count == 1)
    }
  }
}
