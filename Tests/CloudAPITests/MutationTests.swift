import CloudAPI
import Testing

/// Recorded bodies, damaged in ways that give the same bodies on every run.
@Suite struct MutationTests {
  private static let rounds = 3_000

  /// Pieces that break readers more often than random bytes do.
  private static let pieces: [[UInt8]] =
    [
      "null", "[]", "{}", "\"\"", "-1", "1e999", "true", "\\u0000", "\\ud800", "[[[[", "\"id\":",
      "9223372036854775808", "{\"a\":1,\"a\":2}", ",", "\"", "\\",
    ].map { Array($0.utf8) } + [[0], [0xFF, 0xFE], [0xC3]]

  @Test(arguments: [1, 42, 20_261_121] as [UInt64])
  func `no damaged body traps, and what is still JSON is stable when written`(
    seed: UInt64
  ) throws {
    let bodies = try (Fixture.updates + Fixture.documents).flatMap { try $0.cases().map(\.body) }
    var chance = SeededChance(seed: seed)
    var readable = 0
    for _ in 0..<Self.rounds / 3 {
      let body = Self.damaged(bodies, &chance)
      _ = try? WebhookDelivery.decode(body)
      guard let json = try? JSON.parse(body) else { continue }
      readable += 1
      let written = json.serialized()
      let again = try JSON.parse(written)
      #expect(again == json)
      #expect(again.serialized() == written)
      _ = try? OutboundMessage.parse(json)
      _ = GraphErrorBody(json)
      _ = SendResponse(json)
    }
    // Damage that leaves nothing readable would test only the parser's first error.
    #expect(readable > 100)
  }

  private static func damaged(_ bodies: [[UInt8]], _ chance: inout SeededChance) -> [UInt8] {
    var body = bodies[Int.random(in: bodies.indices, using: &chance)]
    for _ in 0..<Int.random(in: 1...4, using: &chance) where !body.isEmpty {
      let place = Int.random(in: body.indices, using: &chance)
      switch Int.random(in: 0..<6, using: &chance) {
      case 0: body[place] ^= UInt8.random(in: 1...255, using: &chance)
      case 1: body[place] = UInt8.random(in: UInt8(ascii: "0")...UInt8(ascii: "z"), using: &chance)
      case 2: body.insert(contentsOf: Self.pieces.randomElement(using: &chance) ?? [], at: place)
      case 3:
        // Replaces a whole value, so that what comes out is JSON of an unexpected shape.
        body = Self.replacingValue(in: body, after: place, &chance)
      case 4: body.removeSubrange(place..<min(place + 8, body.count))
      default:
        let other = bodies[Int.random(in: bodies.indices, using: &chance)]
        let start = Int.random(in: other.indices, using: &chance)
        body.replaceSubrange(place..., with: other[start...])
      }
    }
    return body
  }

  /// Puts one of the pieces where the next string value stands.
  private static func replacingValue(
    in body: [UInt8],
    after place: Int,
    _ chance: inout SeededChance
  ) -> [UInt8] {
    let quote = UInt8(ascii: "\"")
    guard let colon = body[place...].firstIndex(of: UInt8(ascii: ":")), colon + 1 < body.count,
      body[colon + 1] == quote, colon + 2 < body.count,
      let end = body[(colon + 2)...].firstIndex(of: quote)
    else { return body }
    var body = body
    body.replaceSubrange(
      (colon + 1)...end,
      with: pieces[Int.random(in: 0..<7, using: &chance)]
    )
    return body
  }
}
