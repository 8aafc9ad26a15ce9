import CloudAPI
import CustomerCare
import Gateway
import Storage
import Support
import Testing

/// A random day between some customers and the programs that write to them.
///
/// Customers write and call, webhooks are late, doubled and out of order, the clock moves to the edges
/// of windows, and programs send through every door, with parcels that take their time to Meta.
struct Drama {
  private static let customers = [
    "491700000042", "US.13491208655302741918", "553187654321", "4917000000431",
  ]
  /// The longest a parcel takes to Meta: less than the margin, as the margin's rule demands.
  private static let journeyMax: Duration = .milliseconds(59_000)

  /// How long a call that nobody answers rings.
  private static let ringingMax: Duration = .seconds(45)

  let stage: GatewayStage
  private var chance: SeededGenerator
  /// How many free-form messages went out.
  private(set) var taken = 0
  /// How many the gate kept back.
  private(set) var refused = 0

  init(seed: UInt64, on stage: GatewayStage) throws {
    self.stage = stage
    chance = SeededGenerator(seed: seed)
    stage.meta.journeys(upTo: Self.journeyMax)
    try stage.meta.set(["pair_limit": false])
    try stage.meta.breaks(["kind": "duplicate", "probability": .decimal(0.3), "ms": 14_400_000])
    try stage.meta.breaks(["kind": "reorder", "probability": .decimal(0.4), "ms": 14_400_000])
    try stage.meta.breaks(
      ["kind": "http_status", "status": 500, "when": "after", "probability": .decimal(0.05)])
    // Meta's own glitch casts doubt on a window that is open.
    try stage.meta.breaks(["kind": "glitch", "probability": .decimal(0.05)])
  }

  /// Plays so many scenes, then lets every webhook arrive.
  mutating func perform(scenes: Int) async throws {
    for _ in 0..<scenes {
      try await scene()
      let customer = chance.pick(Self.customers)
      try await compare(customer)
    }
    stage.meta.heals()
    try await stage.hear()
    while let next = stage.meta.nextAt {
      stage.clock.advance(to: next)
      try await stage.hear()
    }
    for customer in Self.customers {
      try await dispelDoubt(about: customer)
      try await compare(customer, isEverythingKnown: true)
    }
  }

  /// Makes the one more try after Meta's glitch, unless the window ends before it would prove anything.
  private func dispelDoubt(about customer: String) async throws {
    try await stage.catchUp()
    try await stage.live(.seconds(5))
    stage.clock.advance(by: CareWindow.Doubt.retryDelay)
    guard case .uncertain(let doubt, let until) = try await stage.window(customer).state,
      doubt.report != nil, stage.clock.now + Self.journeyMax + .seconds(61) < until
    else { return }
    let record = try await stage.send(GatewayStage.text(to: customer))
    #expect(record.state == .handedOver, "seed \(stage.seed): \(customer) \(record.verdict)")
    try await stage.live(.seconds(5))
  }

  private mutating func scene() async throws {
    let customer = chance.pick(Self.customers)
    switch Int.random(in: 0..<10, using: &chance) {
    case 0, 1:
      try stage.meta.writes(
        customer,
        [
          "type": .string(
            chance.pick(["text", "text", "image", "button", "reaction", "unsupported"])
          )
        ]
      )
    case 2:
      try stage.meta.calls(
        customer,
        [
          "answered": .bool(chance.happens(0.5)),
          "direction": chance.happens(0.5) ? "customer" : "business",
          "answered_after_ms": .integer(Int.random(in: 0..<30_000, using: &chance)),
        ]
      )
    case 3, 4: try moveClock(towards: customer)
    case 5, 6: try await stage.hear()
    case 7: await stage.attend()
    default: try await send(to: customer)
    }
  }

  private mutating func moveClock(towards customer: String) throws {
    let edges: [Duration] = [
      .milliseconds(-60_001), .milliseconds(-60_000), .milliseconds(-59_999), .milliseconds(-1),
      .zero, .milliseconds(1),
    ]
    if chance.happens(0.5), let end = try stage.meta.windowEnd(customer) {
      stage.clock.advance(to: end + chance.pick(edges))
    } else {
      let most = chance.pick([1_000, 60_000, 3_600_000, 36_000_000])
      stage.clock.advance(by: .milliseconds(Int.random(in: 0..<most, using: &chance)))
    }
  }

  private mutating func send(to customer: String) async throws {
    let message =
      chance.happens(0.1)
      ? GatewayStage.template(to: customer)
      : chance.happens(0.2)
        ? GatewayStage.message(
          "image",
          ["link": "https://example.com/bicycle.jpg"],
          to: customer
        )
        : GatewayStage.text(to: customer)
    // What was glitched at goes first; nobody waits for it in a day whose clock stands meanwhile.
    try await stage.catchUp()
    let record = try await stage.send(
      message,
      through: chance.happens(0.5) ? .facade : .api,
      key: chance.happens(0.2) ? "key-\(taken + refused)-\(stage.clock.now)" : nil
    )
    guard record.request.kind.needsOpenWindow else { return }
    if record.attempts.isEmpty { refused += 1 } else { taken += 1 }
  }

  /// Compares a window with Meta's books.
  ///
  /// The gateway may know less than Meta, never more; once everything was heard, as much.
  private func compare(_ customer: String, isEverythingKnown: Bool = false) async throws {
    let now = stage.clock.now
    let end = try stage.meta.windowEnd(customer)
    let isOpenAtMeta = end.map { now < $0 } ?? false
    let window = try await stage.window(customer)
    if case .open(let until, let entry) = window.state {
      // A call of which only the end was heard so far is dated by it: late by no more than it rang.
      let slack: Duration = entry.openingKind == .userCall ? Self.ringingMax : .zero
      let isRight = until <= (end ?? .distantPast) + slack && (isOpenAtMeta || slack > .zero)
      #expect(isRight, "seed \(stage.seed): \(customer) \(window.state), Meta: \(end as Any)")
    }
    guard isEverythingKnown, isOpenAtMeta, !window.isDisputed(at: now) else { return }
    #expect(
      window.isOpen(at: now) && window.state.end == end,
      "seed \(stage.seed): \(customer) \(window.state), Meta: \(end as Any)"
    )
  }
}

extension CareWindow {
  /// Whether Meta's glitch struck twice, or too late for the one more try: then less is known than Meta's books say.
  fileprivate func isDisputed(at now: Instant) -> Bool {
    switch state {
    case .closed(_, let entry): entry.kind == .refutation
    case .uncertain(let doubt, let until): doubt.report != nil && until.since(now) < .seconds(180)
    case .open, .neverOpened: false
    }
  }
}
