import CloudAPI
import CustomerCare
import Gateway
import Storage
import Support
import Testing

/// A signed body that Meta would never send.
struct HostileBody: Sendable, CustomTestStringConvertible {
  let testDescription: String
  let body: [UInt8]
  /// Whether the entry is set aside with a reason.
  let isFlagged: Bool
  /// Messages in it that can be read, of which none may be lost.
  let goodOnes: [String]

  private init(_ name: String, _ body: String, isFlagged: Bool, good: [String] = []) {
    self.init(name, Array(body.utf8), isFlagged: isFlagged, good: good)
  }

  private init(_ name: String, _ body: [UInt8], isFlagged: Bool, good: [String] = []) {
    testDescription = name
    self.body = body
    self.isFlagged = isFlagged
    goodOnes = good
  }

  /// A change with a good message beside items that are none.
  private static func beside(_ bad: String) -> String {
    let good = Bodies.text("wamid.good").description
    return String(decoding: Bodies.change(["messages": ["?"]]).serialized(), as: UTF8.self)
      .replacing("\"?\"", with: "\(bad),\(good)")
  }

  private static func text(_ change: String) -> String {
    """
    {"from":"491700000042","id":"wamid.odd","timestamp":"\(GatewayStage.start.seconds)",\
    "type":"text",\(change)}
    """
  }

  static let all: [HostileBody] = [
    HostileBody("empty", "", isFlagged: true),
    HostileBody("not JSON", "hello", isFlagged: true),
    HostileBody("bytes that are no UTF-8", [0xFF, 0xFE, 0x00, 0x7B], isFlagged: true),
    HostileBody("an array", "[]", isFlagged: true),
    HostileBody("a number", "42", isFlagged: true),
    // Of another product of Meta's: readable, and nothing to us.
    HostileBody("another object", #"{"object":"page","entry":[{"id":"1"}]}"#, isFlagged: false),
    HostileBody("an object without entries", "{}", isFlagged: true),
    HostileBody(
      "null for the entries",
      #"{"object":"whatsapp_business_account","entry":null}"#,
      isFlagged: false
    ),
    HostileBody(
      "an object for the entries",
      #"{"object":"whatsapp_business_account","entry":{"a":1}}"#,
      isFlagged: true
    ),
    HostileBody(
      "truncated",
      Array(Bodies.message("wamid.cut").serialized().dropLast(9)),
      isFlagged: true
    ),
    HostileBody(
      "ten thousand arrays in each other",
      String(repeating: "[", count: 10_000) + String(repeating: "]", count: 10_000),
      isFlagged: true
    ),
    HostileBody(
      "ten thousand objects inside a message",
      beside(
        String(repeating: #"{"a":"#, count: 10_000) + "1" + String(repeating: "}", count: 10_000)
      ),
      isFlagged: true
    ),
    HostileBody("null among the messages", beside("null"), isFlagged: true, good: ["wamid.good"]),
    HostileBody("a word among them", beside(#""hello""#), isFlagged: true, good: ["wamid.good"]),
    HostileBody("an array among them", beside("[[]]"), isFlagged: true, good: ["wamid.good"]),
    HostileBody(
      "a message without an id",
      beside(#"{"type":"text","from":"49170"}"#),
      isFlagged: true,
      good: ["wamid.good"]
    ),
    HostileBody(
      "words for the timestamp",
      beside(
        #"{"from":"491700000042","id":"wamid.odd","timestamp":"noon","type":"text","text":{"body":"x"}}"#
      ),
      isFlagged: true,
      good: ["wamid.good"]
    ),
    HostileBody(
      "NUL in a text",
      beside(text(#""text":{"body":"a\u0000b"}"#)),
      isFlagged: false,
      good: ["wamid.odd", "wamid.good"]
    ),
    HostileBody(
      "half a surrogate pair",
      beside(text(#""text":{"body":"a\ud83d"}"#)),
      isFlagged: false,
      good: ["wamid.odd", "wamid.good"]
    ),
    HostileBody(
      "an array for the text",
      beside(text(#""text":["a"]"#)),
      isFlagged: true,
      good: ["wamid.good"]
    ),
    HostileBody(
      "twenty thousand ids",
      beside(
        (0..<20_000).map { #"{"id":"wamid.\#($0)"}"# }.joined(separator: ",")
      ),
      isFlagged: true,
      good: ["wamid.good"]
    ),
  ]
}

@Suite(.timeLimit(.minutes(3))) struct HostileBodyTests {
  @Test(arguments: HostileBody.all)
  func `a hostile body is kept, harms nothing beside it and nothing after it`(hostile: HostileBody)
    async throws
  {
    try await GatewayStage.play { stage in
      #expect(try await stage.take(hostile.body) == .stored)
      #expect(try await stage.take(Bodies.message("wamid.after").serialized()) == .stored)
      await stage.applier.drain()
      let counts = try await stage.journal()
      #expect(counts.entries == 2)
      #expect(counts.unapplied == 0)
      #expect(counts.flagged == (hostile.isFlagged ? 1 : 0))
      let kept = try await Day.journal(of: stage).first
      #expect(kept?.body == hostile.body)
      let messages = Set(try await stage.conversation().map(\.message.id.rawValue))
      #expect(messages.isSuperset(of: hostile.goodOnes + ["wamid.after"]), "\(messages)")
      #expect(try await stage.send().state == .handedOver)
    }
  }

  @Test func `flagged entries are tried again after an upgrade, and marked late`() async throws {
    try await GatewayStage.play { stage in
      _ = try await stage.take(Array("hello".utf8))
      await stage.applier.drain()
      let waiting = try await stage.engine.write(.rest) { unit in
        try Journal.releaseFlagged(in: unit)
      }
      #expect(waiting == 1)
      #expect(try await stage.journal().unapplied == 1)
      await stage.applier.drain()
      #expect(try await stage.journal().flagged == 1)
    }
  }
}
