import CloudAPI
import Dispatch
import Gateway
import SQLiteEngine
import Storage
import Support
import Synchronization
import Testing

/// Webhooks that arrive while the writer is busy.
@Suite(.timeLimit(.minutes(2))) struct GatheringTests {
  @Test(arguments: [(webhooks: 1, units: 1), (64, 1), (65, 2), (150, 3)])
  func `go to the disk together, and each is answered`(webhooks: Int, units: Int) async throws {
    try await Self.play { intake, engine in
      let answers = Mutex<[IntakeAnswer]>([])
      let answered = Tally()
      let busy = await Busy.keep(engine)
      for index in 0..<webhooks {
        let body = Array("{\"webhook\":\(index)}".utf8)
        let signature = Signature.header(for: body, secret: GatewayStage.secret)
        let reception = intake.begin(signature: signature)
        #expect(reception.take(body) == nil)
        reception.end { answer in
          answers.withLock { $0.append(answer) }
          answered.raise()
        }
      }
      #expect(engine.waiting == units)
      #expect(answered.count == 0)
      busy.end()
      await answered.reaches(webhooks)
      #expect(answers.withLock { $0 } == Array(repeating: .stored, count: webhooks))
      let kept = try await engine.read { unit in
        try Journal.page(after: nil, limit: 1_000, in: unit).map(\.body)
      }
      #expect(kept == (0..<webhooks).map { Array("{\"webhook\":\($0)}".utf8) })
      let waiting = try await engine.read { unit in
        try Journal.pending(limit: 1_000, in: unit).map { $0.body.count }
      }
      #expect(waiting == kept.map(\.count))
    }
  }

  @Test func `a large body does not wait for others, nor they for it`() async throws {
    try await Self.play { intake, engine in
      let answered = Tally()
      let busy = await Busy.keep(engine)
      for size in [100, 900_000, 900_000] {
        let body = [UInt8](repeating: 0x20, count: size)
        let signature = Signature.header(for: body, secret: GatewayStage.secret)
        let reception = intake.begin(signature: signature)
        #expect(reception.take(body) == nil)
        reception.end { _ in answered.raise() }
      }
      #expect(engine.waiting == 2, "together they would be more than a megabyte")
      busy.end()
      await answered.reaches(3)
    }
  }

  @Test func `nobody joins those whose unit has begun, and nobody is answered for another's`()
    async throws
  {
    try await Self.play { intake, engine in
      let answered = Tally()
      let body = { (name: String) in Array("{\"webhook\":\"\(name)\"}".utf8) }
      let take = { (name: String) in
        let signature = Signature.header(for: body(name), secret: GatewayStage.secret)
        let reception = intake.begin(signature: signature)
        #expect(reception.take(body(name)) == nil)
        reception.end { answer in
          #expect(answer == .stored)
          answered.raise()
        }
      }
      let before = await Busy.keep(engine)
      take("first")
      // In the batch of the first one's unit, behind it: that has run, and is not answered.
      let behind = Busy.queue(engine)
      before.end()
      await behind.begins()
      take("second")
      #expect(engine.waiting == 1)
      #expect(answered.count == 0)
      behind.end()
      await answered.reaches(2)
      let kept = try await engine.read { unit in
        try Journal.page(after: nil, limit: 10, in: unit).map(\.body)
      }
      #expect(kept == [body("first"), body("second")])
    }
  }

  private static func play(_ act: (Intake, SQLiteEngine) async throws -> Void) async throws {
    let file = TemporaryFile()
    defer { file.remove() }
    let engine = try SQLiteEngine(path: file.path) { .zero }
    let clock = TestClock(GatewayStage.start)
    try await Schema.migrate(engine, at: clock.now)
    let intake = Intake(
      engine: engine,
      secrets: [GatewayStage.secret],
      wake: Wake(),
      time: clock
    )
    try await act(intake, engine)
    try await engine.close()
  }

  /// A unit of work that takes as long as a test wants.
  private struct Busy {
    private let began = Tally()
    private let over = DispatchSemaphore(value: 0)

    /// Begins at once.
    static func keep(_ engine: SQLiteEngine) async -> Busy {
      let busy = queue(engine)
      await busy.begins()
      return busy
    }

    /// Begins when it is its turn.
    static func queue(_ engine: SQLiteEngine) -> Busy {
      let busy = Busy()
      engine.write(.gate) { _ in
        busy.began.raise()
        busy.over.wait()
      } answered: { _ in
      }
      return busy
    }

    func begins() async { await began.reaches(1) }

    func end() { over.signal() }
  }
}
