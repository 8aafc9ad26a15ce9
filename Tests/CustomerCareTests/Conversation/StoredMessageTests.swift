import Testing

@testable import CustomerCare

@Suite struct `A stored message` {
  static let placeholder = Content.unsupported(type: "unknown", code: 131060)
  static let contents: [Content] = [
    placeholder, .unsupported(type: "poll", code: 131051), .unknown(type: "hologram"),
    .text("Hello"), .text("Hallo"), .media(Content.Media(kind: .image, id: "1")),
  ]

  static func message(
    _ content: Content = .text("Hello"),
    origin: Origin = .customer,
    alias: Alias = Scene.anna,
    at: Instant = Scene.start,
    receivedAt: Instant = Scene.start,
    inReplyTo: MessageID? = nil
  ) -> StoredMessage {
    StoredMessage(
      id: "wamid.1",
      number: "900800700",
      alias: alias,
      origin: origin,
      content: content,
      at: at,
      receivedAt: receivedAt,
      inReplyTo: inReplyTo
    )
  }

  @Test func `replaces the placeholder when the message follows, and never the other way`() {
    let (placeholder, text) = (Self.message(Self.placeholder), Self.message(.text("Hello")))
    #expect(placeholder.merging(text).content == .text("Hello"))
    #expect(text.merging(placeholder).content == .text("Hello"))
  }

  @Test func `of ours stays ours when the phone's echo of it arrives`() {
    let (api, echo) = (Self.message(origin: .api), Self.message(origin: .phone))
    #expect(api.merging(echo).origin == .api)
    #expect(echo.merging(api).origin == .api)
  }

  @Test func `that came live is not of the history`() {
    for live in Origin.allCases where live != .history {
      #expect(Self.message(origin: .history).merging(Self.message(origin: live)).origin == live)
    }
  }

  @Test(arguments: seeds(300))
  func `is the same whatever order its reports arrive in`(seed: UInt64) {
    var generator = SeededGenerator(seed: seed)
    let reports = (0..<4).map { _ in
      Self.message(
        Self.contents.randomElement(using: &generator) ?? Self.placeholder,
        origin: Origin.allCases.randomElement(using: &generator) ?? .customer,
        alias: [Scene.anna, .bsuid("DE.1")].randomElement(using: &generator) ?? Scene.anna,
        at: Scene.start + .seconds(Int64.random(in: 0...3, using: &generator)),
        receivedAt: Scene.start + .seconds(Int64.random(in: 0...3, using: &generator)),
        inReplyTo: [nil, "wamid.0", "wamid.00"].randomElement(using: &generator) ?? nil
      )
    }
    let merged = reports.dropFirst().reduce(reports[0]) { $0.merging($1) }
    let delivered = generator.delivered(reports)
    #expect(delivered.dropFirst().reduce(delivered[0]) { $0.merging($1) } == merged, "seed \(seed)")
  }
}

@Suite struct `Edits and revocations` {
  let message = `A stored message`.message(.text("at four"))

  func amendment(
    _ change: Amendment.Change,
    id: MessageID = "wamid.E",
    target: MessageID = "wamid.1",
    after seconds: Int64
  ) -> Amendment {
    Amendment(id: id, target: target, change: change, at: Scene.start + .seconds(seconds))
  }

  @Test func `leave the newest text, in whichever order they arrive`() {
    let edits = [
      amendment(.edited(.text("at five")), after: 10),
      amendment(.edited(.text("at six")), id: "wamid.F", after: 20),
    ]
    #expect(message.content(after: edits) == .text("at six"))
    #expect(message.content(after: edits.reversed()) == .text("at six"))
    #expect(message.content(after: []) == .text("at four"))
  }

  @Test func `leave nothing after a revocation`() {
    let changes = [
      amendment(.revoked, after: 10), amendment(.edited(.text("late")), id: "wamid.F", after: 20),
    ]
    #expect(message.content(after: changes) == nil)
    #expect(message.content(after: changes.reversed()) == nil)
  }

  @Test func `of other messages change nothing`() {
    #expect(
      message.content(after: [amendment(.revoked, target: "wamid.2", after: 1)])
        == .text("at four")
    )
  }
}

@Suite struct `The newest report` {
  @Test(arguments: seeds(100))
  func `counts, whatever order they arrive in`(seed: UInt64) {
    var generator = SeededGenerator(seed: seed)
    let reports = (0..<5).map { _ in
      Newest(
        ["Anna", "Änne", "anna"].randomElement(using: &generator) ?? "",
        at: Scene.start + .seconds(Int64.random(in: 0...2, using: &generator))
      )
    }
    let merged = reports.dropFirst().reduce(reports[0]) { $0.merging($1) }
    let delivered = generator.delivered(reports)
    #expect(delivered.dropFirst().reduce(delivered[0]) { $0.merging($1) } == merged, "seed \(seed)")
    #expect(merged.at == reports.map(\.at).max())
  }
}
