import CloudAPI
import NIOHTTP1
import Testing

/// Meta's limits on speed, between two programs.
@Suite struct PaceStoryTests {
  @Test func `while the clock stands, whoever waits for a slot or an answer is told so in time`()
    async throws
  {
    try await World.run { world in
      try await world.open(["--throughput", "10"])
      let path = "/v24.0/\(World.number)/messages"
      let ask: @Sendable (String?) async throws -> Answer = { key in
        try await world.gateway.ask(
          .POST,
          path,
          .template(to: "4917000020\(key?.count ?? 0)"),
          headers: key.map { [("Idempotency-Key", $0)] } ?? []
        )
      }
      #expect(try await ask(nil).status == 200)
      let alone = try await ask(nil)
      #expect(alone.status == 400 && alone.text.contains("130429"), "\(alone.text)")
      #expect(alone["CareWindow-Verdict"] == "not-sent")
      // What counts at the commit waits on; whoever asks with its key again is not kept for ever.
      let answers = try await withThrowingTaskGroup(of: Answer.self) { group in
        for _ in 0..<3 { group.addTask { try await ask("k") } }
        return try await group.reduce(into: []) { $0.append($1) }
      }
      #expect(answers.map(\.status) == [409, 409, 409], "\(answers.map(\.text))")
      #expect(try await world.messagesSeen == 1)
      try await world.advance(1)
      let sent = try await Patience.until("its slot has come") {
        let answer = try await ask("k")
        return answer.status == 200 ? answer : nil
      }
      #expect(sent.messageID?.hasPrefix("wamid.") == true, "\(sent.text)")
      #expect(try await world.messagesSeen == 2)
    }
  }
}
