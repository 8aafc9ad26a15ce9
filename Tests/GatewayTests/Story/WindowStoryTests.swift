import CloudAPI
import CustomerCare
import Gateway
import Storage
import Support
import Testing

/// What a customer does, and what may be answered: through the real gateway, beside a Meta on paper.
@Suite(.timeLimit(.minutes(2))) struct WindowStoryTests {
  @Test func `a customer who writes opens the window, and an answer goes out`() async throws {
    try await GatewayStage.play { stage in
      try stage.meta.writes(GatewayStage.customer, ["text": "Is my bicycle ready?"])
      #expect(try await stage.hear() == [.stored])
      let window = try await stage.window()
      #expect(window.isOpen(at: stage.clock.now))
      let answered = try await stage.send()
      #expect(answered.state == .handedOver)
      #expect(try stage.meta.copies(of: answered.request.id) == 1)
      #expect(stage.meta.handedOutside == 0)
    }
  }

  @Test(arguments: [
    (after: -1, state: "handed_over"), (after: 0, state: "inside_safety_margin"),
    (after: 59_999, state: "inside_safety_margin"), (after: 60_000, state: "window_closed"),
    (after: 60_001, state: "window_closed"),
  ])
  func `an answer is taken until the margin before the end, and not after`(
    after: Int,
    state: String
  ) async throws {
    try await GatewayStage.play { stage in
      try stage.meta.writes(GatewayStage.customer)
      try await stage.hear()
      stage.clock.advance(by: CareWindow.length - .seconds(60) + .milliseconds(after))
      let submitted = await stage.submit()
      let found = submitted.refusal?.code ?? submitted.state?.rawValue
      #expect(found == state)
      #expect(stage.meta.handed == (state == "handed_over" ? 1 : 0))
    }
  }

  @Test(arguments: [false, true])
  func `a call opens the window again, answered or not`(isAnswered: Bool) async throws {
    try await GatewayStage.play { stage in
      try stage.meta.writes(GatewayStage.customer)
      try await stage.hear()
      stage.clock.advance(by: CareWindow.length)
      #expect(await stage.submit().refusal?.code == "window_closed")
      try stage.meta.calls(GatewayStage.customer, ["answered": .bool(isAnswered)])
      try await stage.hear()
      #expect(try await stage.send().state == .handedOver)
      #expect(stage.meta.handedOutside == 0)
    }
  }

  @Test func `a call of ours opens the window when the customer picks up, from that instant`()
    async throws
  {
    try await GatewayStage.play { stage in
      let call: JSON = ["direction": "business", "answered": true, "answered_after_ms": 8_000]
      try stage.meta.calls(GatewayStage.customer, call)
      try await stage.live(.seconds(7))
      #expect(await stage.submit().refusal?.code == "never_opened")
      try await stage.live(.seconds(60))
      #expect(
        try await stage.window().state.end == GatewayStage.start + .seconds(8) + CareWindow.length
      )
      #expect(try await stage.send().state == .handedOver)
    }
  }

  @Test(arguments: Silence.allCases)
  func `what is not the customer's word opens nothing`(silence: Silence) async throws {
    var scenery = GatewayStage.Scenery()
    scenery.onboardedAt = silence.needsApp ? GatewayStage.start - .seconds(432_000) : nil
    try await GatewayStage.play(scenery) { stage in
      try await silence.happen(on: stage)
      try await stage.live(.seconds(10))
      #expect(try await stage.window().state == .neverOpened)
      #expect(await stage.submit().refusal?.windowRefusal?.code == "never_opened")
      #expect(try await stage.events(.windowOpened).isEmpty)
    }
  }

  @Test(arguments: SimulationSeeds.some(8))
  func `disorder and repetition change neither the window nor what is announced`(seed: UInt64)
    async throws
  {
    var scenery = GatewayStage.Scenery()
    scenery.seed = seed
    try await GatewayStage.play(scenery) { stage in
      try stage.meta.breaks(["kind": "duplicate", "probability": .decimal(0.7), "ms": 3_600_000])
      try stage.meta.breaks(["kind": "reorder", "probability": .decimal(0.7), "ms": 3_600_000])
      for _ in 0..<6 {
        try stage.meta.writes(GatewayStage.customer)
        try await stage.live(.seconds(600))
      }
      try await stage.live(.seconds(7_200))
      #expect(
        try await stage.window().state.end
          == GatewayStage.start + .seconds(3_000) + CareWindow.length
      )
      #expect(try await stage.events(.messageReceived).count == 6)
      #expect(try await stage.events(.windowOpened).count == 1)
    }
  }
}

/// What happens in a conversation without the customer doing anything that counts.
enum Silence: String, CaseIterable {
  case echo, history, template, ourRingingCall, notice

  var needsApp: Bool { self == .echo || self == .history }

  func happen(on stage: GatewayStage) async throws {
    switch self {
    case .echo: try stage.meta.appWrites(["to": .string(GatewayStage.customer)])
    case .history:
      try stage.meta.sharesHistory([
        "threads": [
          [
            "wa_id": .string(GatewayStage.customer),
            "messages": [["from": "customer", "text": "Hello", "seconds_ago": 60]],
          ]
        ]
      ])
    case .template:
      #expect(try await stage.send(GatewayStage.template()).state == .handedOver)
    case .ourRingingCall:
      try stage.meta.calls(GatewayStage.customer, ["direction": "business"])
    case .notice: try stage.meta.changes(GatewayStage.customer, ["moves_to": "+491700000099"])
    }
  }
}

extension CareWindow.State {
  /// When it ends or ended; `nil` for a window that never was.
  var end: Instant? {
    switch self {
    case .open(let until, _), .uncertain(_, let until): until
    case .closed(let since, _): since
    case .neverOpened: nil
    }
  }
}
