import CloudAPI
package import CustomerCare
package import Gateway
import SQLiteEngine
import Sandbox
package import Storage

/// The whole gateway on a temporary database, in virtual time, beside a Meta on paper.
///
/// Nothing happens by itself but the outbox: a test posts webhooks (`hear`), applies, looks at what is
/// due and moves the clock.
package final class GatewayStage: Sendable {
  /// What the stage is set for.
  package struct Scenery: Sendable {
    /// Of all chance.
    package var seed: UInt64 = 7
    /// Whether the number is added.
    package var isAdded = true
    /// When the number was added.
    package var addedAt = GatewayStage.start - .seconds(864_000)
    /// Whether it was in use before.
    package var isInUse = false
    /// Since when it is a Coexistence number; `nil`: it is none.
    package var onboardedAt: Instant?
    /// Messages a second that Meta takes of it; `nil`: as of every number.
    package var throughput: Int?
    /// How long the outbox waits.
    package var limits = OutboxLimits()

    /// An ordinary number, added ten days ago.
    package init() {}
  }

  /// 2026-11-21T10:00:00Z, when every story begins.
  package static let start = Instant(milliseconds: 1_795_255_200_000)
  /// The business number of all stories.
  package static let number: PhoneNumberID = "900800700"
  /// Its account.
  package static let waba: WABAID = "700100200300"
  /// The app secret.
  package static let secret = "sandbox-secret"
  /// A customer who shows the phone number.
  package static let customer = "491700000042"
  /// The token of a program.
  package static let token: TokenID = "tok_crm"
  /// A consumer of events that takes none by itself.
  package static let consumer = "stage"

  /// Time.
  package let clock: TestClock
  /// Meta.
  package let meta: PaperMeta
  /// The database, which can die.
  package let engine: MortalEngine
  /// Takes webhooks.
  package let intake: Intake
  /// Folds them into the state.
  package let applier: Applier
  /// The gate.
  package let outbox: Outbox
  /// The flow of time.
  package let due: Due
  /// Raised whenever a request is done with, for now.
  package let finished = Tally()
  /// Raised after each page of the journal that was applied.
  package let applied = Tally()
  let scenery: Scenery
  let chance: SeededChance
  let makeEngine: MakeEngine

  /// Opens the stage's database, once for each node.
  package typealias MakeEngine = @Sendable () throws -> any SQLEngine

  private init(
    _ scenery: Scenery,
    on makeEngine: @escaping MakeEngine,
    clock: TestClock,
    meta: PaperMeta,
    chance: SeededChance
  ) throws {
    self.scenery = scenery
    self.makeEngine = makeEngine
    self.clock = clock
    self.meta = meta
    self.chance = chance
    engine = MortalEngine(try makeEngine())
    let wakes = (
      journalled: Wake(telling: .journalled, on: engine), due: Wake(telling: .due, on: engine)
    )
    intake = Intake(engine: engine, secrets: [Self.secret], wake: wakes.journalled, time: clock)
    let (finished, applied) = (finished, applied)
    applier = Applier(
      engine: engine,
      owner: chance.identifier(),
      wake: wakes.journalled,
      time: clock,
      changed: { applied.raise() }
    )
    outbox = Outbox(
      engine: engine,
      carrier: meta,
      seal: Self.seal,
      limits: scenery.limits,
      time: clock,
      chance: chance,
      changed: { finished.raise() }
    )
    due = Due(engine: engine, outbox: outbox, wake: wakes.due, time: clock)
    Wake.onNews(from: engine, [wakes.journalled, wakes.due], outbox)
  }

  /// Sets the stage, plays, and clears it away.
  package static func play(
    _ scenery: Scenery = Scenery(),
    _ act: (GatewayStage) async throws -> Void
  ) async throws {
    let file = TemporaryFile()
    defer { file.remove() }
    try await play(
      scenery,
      on: { [path = file.path] in try SQLiteEngine(path: path) { .zero } },
      act
    )
  }

  /// Sets the stage on a new, empty database, plays, and clears it away.
  package static func play(
    _ scenery: Scenery = Scenery(),
    on makeEngine: @escaping MakeEngine,
    _ act: (GatewayStage) async throws -> Void
  ) async throws {
    let clock = TestClock(start)
    let stage = try GatewayStage(
      scenery,
      on: makeEngine,
      clock: clock,
      meta: PaperMeta(
        seed: scenery.seed,
        clock: clock,
        secret: secret,
        numbers: [scenery.sandboxNumber]
      ),
      chance: SeededChance(seed: scenery.seed)
    )
    try await Schema.migrate(stage.engine, at: start)
    if scenery.isAdded { try await stage.addNumber() }
    try await stage.engine.write(.rest) { unit in try Publish.register(consumer, in: unit) }
    try await stage.run(act)
    try await stage.engine.close()
  }

  /// Plays on after a crash: another process opens the database this one left behind.
  package func restart(_ act: (GatewayStage) async throws -> Void) async throws {
    engine.die()
    try await playBeside(act)
  }

  /// Plays on with another node on the same database, and this one beside it.
  package func playBeside(_ act: (GatewayStage) async throws -> Void) async throws {
    let next = try GatewayStage(scenery, on: makeEngine, clock: clock, meta: meta, chance: chance)
    try await next.run(act)
    try await next.engine.close()
  }

  private func run(_ act: (GatewayStage) async throws -> Void) async throws {
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask { try await self.outbox.run() }
      defer { group.cancelAll() }
      try await act(self)
    }
  }

  /// The seed of all chance.
  package var seed: UInt64 { scenery.seed }

  /// Adds the number of the scenery now; gives how many entries wait for it.
  @discardableResult
  package func addNumber() async throws -> Int? {
    let record = try scenery.number(sealedBy: Self.seal)
    return try await engine.write(.rest) { unit in try Numbers.add(record, in: unit) }
  }

  /// What seals the number's token.
  package static let seal = Seal(secrets: [Array("a secret key for tests only".utf8)])
}

extension GatewayStage.Scenery {
  /// The number as Meta knows it.
  fileprivate var sandboxNumber: SandboxNumber {
    var number = SandboxNumber.standard
    number.isOnBusinessApp = onboardedAt != nil
    number.onboardedAt = onboardedAt?.milliseconds
    return number
  }

  fileprivate func number(sealedBy seal: Seal) throws -> NumberRecord {
    NumberRecord(
      facts: NumberFacts(
        phoneNumberID: GatewayStage.number,
        wabaID: GatewayStage.waba,
        displayPhoneNumber: "+4930000001",
        addedAt: addedAt,
        inUse: isInUse,
        coexistence: onboardedAt != nil,
        onboardedAt: onboardedAt,
        throughput: throughput
      ),
      sealedAccessToken: try seal.seal("sandbox-token")
    )
  }
}
