import CloudAPI
import Foundation
import NIOHTTP1
import Testing

/// A customer's picture, from the phone to a program.
@Suite struct MediaStoryTests {
  /// Several chunks of no meaning.
  private static let bytes = (0..<700_000).map { UInt8(truncatingIfNeeded: $0 / 3 ^ $0) }

  private static func file(_ bytes: [UInt8]) -> JSON {
    ["base64": .string(Data(bytes).base64EncodedString()), "mime_type": "image/png"]
  }

  /// The object of the newest message that names a file, once it is in a state.
  private static func media(
    _ type: String = "image",
    of customer: String = World.customer,
    is state: String,
    in world: World
  ) async throws -> JSON {
    try await Patience.until("the file is \(state)") {
      let path = "/v1/conversations/\(World.number)/\(customer)/messages"
      let messages = try await world.gateway.get(path).json["data"]?.items ?? []
      let media = messages.compactMap { $0[type] }.first
      return media?["state"]?.text == state ? media : JSON?.none
    }
  }

  private static func path(_ media: JSON) throws -> String {
    let url = try #require(media["url"]?.text)
    let start = try #require(url.firstRange(of: "/v1/media/")?.lowerBound)
    return String(url[start...])
  }

  @Test(arguments: World.Engine.allCases)
  func `what a customer sends is fetched, and handed out as it was`(on engine: World.Engine)
    async throws
  {
    try await World.run(on: engine) { world in
      try await world.open()
      try await world.writes(
        World.customer,
        [
          "type": "image", "image": ["caption": "Broken"], "file": Self.file(Self.bytes),
        ]
      )
      let media = try await Self.media(is: "kept", in: world)
      #expect(media["caption"]?.text == "Broken")
      let path = try Self.path(media)
      let answer = try await world.gateway.get(path)
      #expect(answer.status == 200)
      #expect(answer.body == Self.bytes)
      #expect(answer["Content-Type"] == "image/png")
      #expect(answer["X-Content-Type-Options"] == "nosniff")
      let part = try await world.gateway.ask(
        .GET,
        path,
        headers: [("Range", "bytes=262140-262150")]
      )
      #expect(part.status == 206)
      #expect(part.body == Array(Self.bytes[262_140...262_150]))

      // The same picture again: known by its hash.
      try await world.writes(
        "491700000043",
        ["type": "image", "file": Self.file(Self.bytes)]
      )
      let again = try await Self.media(of: "491700000043", is: "kept", in: world)
      #expect(try await world.gateway.get(Self.path(again))["ETag"] == answer["ETag"])
      // Larger than a picture may be.
      try await world.writes("491700000044", ["type": "image", "file": ["size": 5_242_881]])
      let lost = try await Self.media(of: "491700000044", is: "lost", in: world)
      #expect(lost["reason"]?.text == "too_large")
      #expect(try await world.gateway.get(Self.path(lost)).status == 410)

      try await Patience.until("the metrics say so") {
        let metrics = try await Caller(base: "http://127.0.0.1:\(world.metricsPort)")
          .get("/metrics").text
        let lines = [
          "carewindow_media_bytes 700000", "carewindow_media_pending 0",
          "carewindow_media_total{state=\"kept\"} 2", "carewindow_media_total{state=\"lost\"} 1",
        ]
        return lines.allSatisfy { metrics.contains("\n\($0)\n") } ? () : nil
      }
      let served = try world.served
      #expect(!(served.output + served.errors).contains("sandbox-token"))
    }
  }

  @Test func `a node that is killed while fetching is no loss`() async throws {
    try await World.run(on: .postgres) { world in
      try await world.open()
      let other = try await world.serveBeside()
      for index in 0..<12 {
        try await world.writes(
          "4917000000\(50 + index)",
          ["type": "image", "file": Self.file([UInt8(index)] + Self.bytes)]
        )
        if index == 5 { await other.child.kill() }
      }
      // What it had claimed is free when the lease ends.
      try await world.advance(90)
      for index in 0..<12 {
        let customer = "4917000000\(50 + index)"
        let media = try await Self.media(of: customer, is: "kept", in: world)
        #expect(try await world.gateway.get(Self.path(media)).body == [UInt8(index)] + Self.bytes)
      }
    }
  }

  @Test func `files are thrown away when they were kept long enough, and doctor says what waits`()
    async throws
  {
    try await World.run { world in
      try await world.open(changes: ["CAREWINDOW_MEDIA_KEEP_DAYS": "2"])
      try await world.writes(
        World.customer,
        ["type": "document", "document": ["filename": "a.pdf"]]
      )
      let media = try await Self.media("document", is: "kept", in: world)
      try await world.advance(2 * 86_400)
      #expect(try await world.gateway.get(Self.path(media)).status == 200)
      try await world.advance(1)
      let lost = try await Self.media("document", is: "lost", in: world)
      #expect(lost["reason"]?.text == "pruned")
      let check = try await world.doctor()["checks"]?.items.first { $0["name"]?.text == "media" }
      #expect(check?["ok"]?.flag == true, "\(check ?? .null)")
    }
  }
}
