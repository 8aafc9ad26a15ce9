import CloudAPI
import NIOHTTP1
import Synchronization
import Testing

/// A stop in the middle of everything: what a deployment does to a gateway several times a week.
@Suite struct StopTests {
  /// How long a stop may take here, where Meta takes a second and a half: far less than the 45 s it may take at most.
  private static let stopMax: Duration = .seconds(15)
  private static let customers = (0..<8).map { "49170000\(5_000 + $0)" }

  /// Webhooks as Meta posts them, one after the other, until nobody takes them any more.
  private final class Poster: Sendable {
    /// The ids of messages that were answered with 200.
    let acknowledged = Mutex<Set<String>>([])

    func post(_ lane: Int, to world: World) async {
      guard let now = try? await world.now else { return }
      for index in 0... {
        let id = "wamid.stop.\(lane).\(index)"
        let body = MetaBody.messages(
          [(id, "4917000060\(10 + lane)", "Line \(index)")],
          at: now / 1000
        )
        guard let answer = try? await world.webhook(body) else { return }
        guard answer.status == 200 else {
          #expect(answer.status == 503, "a stop answers nothing else")
          return
        }
        acknowledged.withLock { _ = $0.insert(id) }
      }
    }
  }

  @Test(arguments: World.Engine.allCases)
  func `under load answers what it has in hand, forgets nothing, and takes seconds`(
    engine: World.Engine
  ) async throws {
    try await World.run(on: engine) { world in
      try await world.open()
      for customer in Self.customers {
        try await world.writes(customer)
        try await world.window(is: "open", of: customer)
      }
      try await world.fault(["kind": "slow", "ms": 1500, "next": 8])
      let poster = Poster()
      try await withThrowingTaskGroup { group in
        for lane in 0..<4 { group.addTask { await poster.post(lane, to: world) } }
        for (index, customer) in Self.customers.enumerated() {
          group.addTask { try await Self.send(to: customer, durably: index % 2 == 1, by: world) }
        }
        try await Patience.until("every message is on its way, and webhooks come") {
          () async throws -> Void? in
          // Meta has them already, and answers in a second and a half.
          for customer in Self.customers {
            guard try await world.phone(of: customer).count == 1 else { return nil }
          }
          return poster.acknowledged.withLock { $0.count } > 20 ? () : nil
        }
        let clock = ContinuousClock()
        let began = clock.now
        try world.served.terminate()
        #expect(try await world.served.end(atMost: Self.stopMax) == 0)
        #expect(began.duration(to: clock.now) < Self.stopMax)
        try await group.waitForAll()
      }
      try await world.serve()
      try await Self.expect(poster.acknowledged.withLock { $0 }, in: world)
      for customer in Self.customers {
        #expect(try await world.phone(of: customer).count == 1, "\(customer)")
      }
      let states = try await Self.states(of: world)
      #expect(states == Self.customers.map { _ in "handed_over" }, "\(states)")
    }
  }

  /// Sends a message that is answered before the stop, or in spite of it.
  private static func send(to customer: String, durably: Bool, by world: World) async throws {
    guard durably else {
      let answer = try await world.sendText("Before the end", to: customer)
      #expect(answer.status == 200, "\(answer.text)")
      #expect(answer.messageID?.hasPrefix("wamid.") == true, "\(answer.text)")
      return
    }
    let answer = try await world.gateway.post(
      "/v1/messages",
      [
        "from": .string(World.number), "to": .string(customer), "type": "text",
        "text": ["body": "Before the end"],
      ]
    )
    #expect(answer.status == 202, "\(answer.text)")
  }

  /// The states of every message that was sent, as the conversations show them.
  private static func states(of world: World) async throws -> [String] {
    var states: [String] = []
    for customer in customers {
      let path = "/v1/conversations/\(World.number)/\(customer)/messages"
      states += try await world.gateway.list(path).filter { $0["direction"]?.text == "out" }
        .compactMap { $0["state"]?.text }
    }
    return states
  }

  /// Expects every acknowledged message to be in its conversation.
  private static func expect(_ acknowledged: Set<String>, in world: World) async throws {
    for lane in 0..<4 {
      let path = "/v1/conversations/\(World.number)/4917000060\(10 + lane)/messages"
      let mine = acknowledged.filter { $0.hasPrefix("wamid.stop.\(lane).") }
      try await Patience.until("all that was acknowledged is shown") {
        let shown = Set(try await world.gateway.list(path).compactMap { $0["wamid"]?.text })
        return mine.isSubset(of: shown) ? () : nil
      }
    }
  }
}
