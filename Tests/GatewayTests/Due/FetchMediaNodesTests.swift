import CustomerCare
import Gateway
import Storage
import Support
import Testing

/// What happens to a file when things go wrong between two nodes, or in the middle.
@Suite(.timeLimit(.minutes(2))) struct FetchMediaNodesTests {
  @Test func `two nodes fetch a file once`() async throws {
    try await MediaScene.play { scene in
      try await scene.sends()
      let (one, other) = (scene.node(), scene.node())
      async let first = one.claim()
      async let second = other.claim()
      let claims = await [(one, first), (other, second)]
      #expect(claims.map(\.1.count).sorted() == [0, 1])
      for (node, claimed) in claims { for claimed in claimed { await node.fetch(claimed) } }
      #expect(scene.carrier.asked.count == 1)
      #expect(try await scene.content() == MediaScene.bytes)
    }
  }

  @Test func `a node that hangs while fetching leaves nothing to be seen, and another takes over`()
    async throws
  {
    try await MediaScene.play { scene in
      var file = PaperMedia.File(MediaScene.bytes)
      file.stallsAfter = 4
      try await scene.sends("4400", file)
      let hanging = scene.node()
      let claimed = try #require(await hanging.claim().first)
      try await withThrowingTaskGroup { group in
        group.addTask { await hanging.fetch(claimed) }
        await scene.carrier.stalling.reaches(1)
        let (half, blobs) = (try await scene.view(), try await scene.blobs())
        #expect(half?.content == nil)
        #expect(blobs == 1)
        await scene.fetch()
        #expect(scene.carrier.asked.count == 1)
        scene.carrier.put("4400", PaperMedia.File(MediaScene.bytes))
        scene.stage.clock.advance(by: MediaLimits().lease)
        await scene.fetch()
        let whole = try await scene.content()
        #expect(whole == MediaScene.bytes)
        group.cancelAll()
      }
      #expect(try await scene.content() == MediaScene.bytes)
      while await scene.stage.due.round() {}
      #expect(try await scene.blobs() == 1)
    }
  }

  @Test func `a node that shuts down gives back what it was fetching`() async throws {
    try await MediaScene.play { scene in
      var file = PaperMedia.File(MediaScene.bytes)
      file.stallsAfter = 4
      try await scene.sends("4400", file)
      let leaving = scene.node()
      let claimed = try #require(await leaving.claim().first)
      await withTaskGroup { group in
        group.addTask { await leaving.fetch(claimed) }
        await scene.carrier.stalling.reaches(1)
        group.cancelAll()
      }
      #expect(try await scene.reason() == nil)
      scene.carrier.put("4400", PaperMedia.File(MediaScene.bytes))
      await scene.fetch()
      #expect(try await scene.content() == MediaScene.bytes)
      while await scene.stage.due.round() {}
      #expect(try await scene.blobs() == 1)
    }
  }

  @Test func `a disk that is full in the middle costs an attempt, and no bytes`() async throws {
    try await MediaScene.play { scene in
      try await scene.sends()
      let node = scene.node()
      let claimed = try #require(await node.claim().first)
      scene.stage.engine.failOnce(.rest, skipping: 1)
      await node.fetch(claimed)
      #expect(try await scene.view()?.state == .pending)
      scene.stage.clock.advance(by: MediaLimits().lease)
      await scene.fetch()
      #expect(try await scene.content() == MediaScene.bytes)
      while await scene.stage.due.round() {}
      #expect(try await scene.blobs() == 1)
    }
  }

  @Test func `a file that breaks off in the middle is not seen, and comes whole the next time`()
    async throws
  {
    try await MediaScene.play { scene in
      var file = PaperMedia.File(MediaScene.bytes)
      file.breaksAfter = 4
      try await scene.sends("4400", file)
      await scene.fetch()
      #expect(try await scene.reason() == "unavailable")
      #expect(try await scene.view()?.content == nil)
      scene.carrier.put("4400", PaperMedia.File(MediaScene.bytes))
      try await scene.fetchToTheEnd()
      #expect(try await scene.content() == MediaScene.bytes)
      while await scene.stage.due.round() {}
      #expect(try await scene.blobs() == 1)
    }
  }

  @Test func `a file that never ends is given up after a while`() async throws {
    try await MediaScene.play { scene in
      var file = PaperMedia.File(MediaScene.bytes)
      file.stallsAfter = 2
      try await scene.sends("4400", file)
      let node = scene.node()
      let claimed = try #require(await node.claim().first)
      await withTaskGroup { group in
        group.addTask { await node.fetch(claimed) }
        await scene.carrier.stalling.reaches(1)
        await scene.stage.clock.sleepers(1)
        scene.stage.clock.advance(by: MediaLimits().whole)
      }
      #expect(try await scene.reason() == "timeout")
      #expect(try await scene.view()?.state == .pending)
    }
  }

  @Test func `whoever is slow keeps the file while chunks come in`() async throws {
    try await MediaScene.play { scene in
      let clock = scene.stage.clock
      var file = PaperMedia.File(MediaScene.bytes)
      file.pieceBytes = MediaBytes.chunkBytes
      file.beforePiece = { clock.advance(by: .seconds(60)) }
      try await scene.sends("4400", file)
      let node = scene.node()
      let claimed = try #require(await node.claim().first)
      await node.fetch(claimed)
      #expect(clock.now == GatewayStage.start + .seconds(240))
      #expect(try await scene.content() == MediaScene.bytes)
    }
  }

  @Test func `whoever was overtaken changes nothing`() async throws {
    try await MediaScene.play { scene in
      try await scene.sends()
      let late = scene.node()
      let claimed = try #require(await late.claim().first)
      scene.stage.clock.advance(by: MediaLimits().lease)
      await scene.fetch()
      let before = try await scene.view()
      await late.fetch(claimed)
      #expect(try await scene.view() == before)
      while await scene.stage.due.round() {}
      #expect(try await scene.blobs() == 1)
    }
  }

  @Test func `a number takes its own places only, and the service fetches whatever comes`()
    async throws
  {
    try await MediaScene.play { scene in
      var limits = MediaLimits()
      limits.perNumberMax = 2
      for id in 4400..<4405 { try await scene.sends("\(id)", PaperMedia.File([1])) }
      let node = scene.node(limits)
      let first = await node.claim()
      #expect(first.count == 2)
      #expect(await node.claim().isEmpty)
      await node.fetch(first[0])
      #expect(await node.claim().count == 1)
      await withTaskGroup { group in
        let service = scene.node(limits)
        group.addTask { try? await service.run() }
        await scene.carrier.asking.reaches(3)
        group.cancelAll()
      }
      #expect(Set(scene.carrier.asked).count == 3)
    }
  }
}
