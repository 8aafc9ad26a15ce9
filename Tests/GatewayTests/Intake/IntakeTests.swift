import CloudAPI
import CustomerCare
import Gateway
import Storage
import Support
import Testing

/// From the first byte of a webhook to the disk.
@Suite(.timeLimit(.minutes(2))) struct IntakeTests {
  private static let body = Bodies.message().serialized()

  @Test(arguments: [
    nil, "", "sha256=", "sha1=\(String(repeating: "0", count: 40))",
    "sha256=\(String(repeating: "0", count: 64))",
    Signature.header(for: Self.body, secret: "another-secret"),
    Signature.header(for: Self.body + [0x20], secret: GatewayStage.secret),
  ])
  func `without a signature that fits nothing is stored`(signature: String?) async throws {
    try await GatewayStage.play { stage in
      let answer = try await stage.intake.take(Pieces(Self.body), signature: signature)
      #expect(answer == .badSignature)
      #expect(try await stage.journal().entries == 0)
    }
  }

  @Test(arguments: [1, 7, 64, 100_000])
  func `a body is verified however it is cut`(size: Int) async throws {
    try await GatewayStage.play { stage in
      let signature = Signature.header(for: Self.body, secret: GatewayStage.secret)
      let answer = try await stage.intake.take(
        Pieces(Self.body, of: size),
        signature: signature
      )
      #expect(answer == .stored)
      #expect(try await Day.journal(of: stage).map(\.body) == [Self.body])
    }
  }

  @Test(arguments: ["old-secret", "new-secret"])
  func `while a secret is rotated both are taken`(secret: String) async throws {
    try await GatewayStage.play { stage in
      let intake = Intake(
        engine: stage.engine,
        secrets: ["new-secret", "old-secret"],
        wake: Wake(),
        time: stage.clock
      )
      let signature = Signature.header(for: Self.body, secret: secret)
      let answer = try await intake.take(Pieces(Self.body), signature: signature)
      #expect(answer == .stored)
    }
  }

  @Test(arguments: [(extra: 0, answer: IntakeAnswer.stored), (extra: 1, answer: .tooLarge)])
  func `a body may have its limit and not a byte more`(extra: Int, answer: IntakeAnswer)
    async throws
  {
    try await GatewayStage.play { stage in
      var limits = IntakeLimits()
      limits.bodyBytesMax = Self.body.count - extra
      let intake = Intake(
        engine: stage.engine,
        secrets: [GatewayStage.secret],
        limits: limits,
        wake: Wake(),
        time: stage.clock
      )
      let signature = Signature.header(for: Self.body, secret: GatewayStage.secret)
      let found = try await intake.take(Pieces(Self.body, of: 10), signature: signature)
      #expect(found == answer)
      #expect(try await stage.journal().entries == (answer == .stored ? 1 : 0))
    }
  }

  @Test func `bodies in flight share one limit, and give their bytes back`() async throws {
    try await GatewayStage.play { stage in
      var limits = IntakeLimits()
      limits.inFlightBytesMax = Self.body.count + 10
      let intake = Intake(
        engine: stage.engine,
        secrets: [GatewayStage.secret],
        limits: limits,
        wake: Wake(),
        time: stage.clock
      )
      let signature = Signature.header(for: Self.body, secret: GatewayStage.secret)
      let latch = Latch()
      async let slow = intake.take(Hesitant(Self.body, latch), signature: signature)
      await latch.arrivals()
      let second = try await intake.take(Pieces(Self.body), signature: signature)
      #expect(second == .overloaded)
      latch.open()
      #expect(try await slow == .stored)
      #expect(try await intake.take(Pieces(Self.body), signature: signature) == .stored)
    }
  }

  @Test func `what the disk did not take is not answered as stored, and Meta's next try is`()
    async throws
  {
    try await GatewayStage.play { stage in
      stage.engine.failOnce(.journal)
      try stage.meta.writes(GatewayStage.customer)
      #expect(try await stage.hear() == [.notStored])
      #expect(try await stage.window().state == .neverOpened)
      try await stage.live(.seconds(10))
      #expect(try await stage.window().isOpen(at: stage.clock.now))
    }
  }

  @Test func `what apply could not store is applied on the next round`() async throws {
    try await GatewayStage.play { stage in
      stage.engine.failOnce(.apply)
      try stage.meta.writes(GatewayStage.customer)
      try await stage.hear()
      #expect(try await stage.journal().unapplied == 1)
      await stage.applier.drain()
      #expect(try await stage.journal().unapplied == 0)
      #expect(try await stage.window().isOpen(at: stage.clock.now))
    }
  }
}

/// A body whose second half waits at a door.
private struct Hesitant: AsyncSequence, AsyncIteratorProtocol, Sendable {
  private let latch: Latch
  private var halves: [ArraySlice<UInt8>]

  init(_ body: [UInt8], _ latch: Latch) {
    self.latch = latch
    halves = [body[(body.count / 2)...], body[..<(body.count / 2)]]
  }

  func makeAsyncIterator() -> Hesitant { self }

  mutating func next() async -> ArraySlice<UInt8>? {
    if halves.count == 1 { await latch.pass() }
    return halves.popLast()
  }
}
