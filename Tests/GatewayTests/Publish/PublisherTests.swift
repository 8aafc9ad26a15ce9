import CustomerCare
import Gateway
import Storage
import Support
import Synchronization
import Testing

/// A consumer that fails some rounds and remembers what it saw.
private final class Listener: EventConsumer {
  private struct State {
    var failuresLeft: Int
    var seen: [String] = []
  }

  let name = "listener"
  let rounds = Tally()
  private let state: Mutex<State>

  init(failures: Int) {
    state = Mutex(State(failuresLeft: failures))
  }

  var seen: [String] { state.withLock { $0.seen } }

  /// Returns once it was handed so many events.
  func sees(_ count: Int) async {
    while true {
      let round = rounds.count
      if seen.count >= count { return }
      await rounds.reaches(round + 1)
    }
  }

  func consume(_ events: [CareEvent]) async -> [String] {
    defer { rounds.raise() }
    return state.withLock { state in
      state.seen += events.map(\.id)
      guard state.failuresLeft == 0 else {
        state.failuresLeft -= 1
        return []
      }
      return events.map(\.id)
    }
  }
}

@Suite(.timeLimit(.minutes(2))) struct PublisherTests {
  /// Runs a publisher while something happens.
  private func publish(
    to listener: Listener,
    on stage: GatewayStage,
    _ act: (Wake) async throws -> Void
  ) async throws {
    let wake = Wake()
    let publisher = Publisher(
      engine: stage.engine,
      consumer: listener,
      wake: wake,
      time: stage.clock
    )
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask { try await publisher.run() }
      await stage.clock.sleepers()
      try await act(wake)
      group.cancelAll()
    }
  }

  @Test func `a consumer gets every event once it is known, in order`() async throws {
    try await GatewayStage.play { stage in
      let listener = Listener(failures: 0)
      try await publish(to: listener, on: stage) { wake in
        for customer in ["491700000042", "4917000000431", "4917000000432"] {
          // Meta's timestamps are whole seconds.
          stage.clock.advance(by: .seconds(1))
          try stage.meta.writes(customer)
          try await stage.hear()
        }
        wake.signal()
        await listener.sees(6)
      }
      let events = try await stage.events().map(\.id)
      #expect(events.count == 6)
      #expect(listener.seen == events)
      let left = try await stage.engine.read { unit in
        try Publish.pending("listener", limit: 10, in: unit)
      }
      #expect(left.isEmpty)
    }
  }

  @Test func `a consumer that fails gets the same events again`() async throws {
    try await GatewayStage.play { stage in
      let listener = Listener(failures: 2)
      try await publish(to: listener, on: stage) { wake in
        try stage.meta.writes(GatewayStage.customer)
        try await stage.hear()
        for round in 1...3 {
          wake.signal()
          await listener.rounds.reaches(round)
        }
      }
      let events = try await stage.events().map(\.id)
      #expect(events.count == 2)
      #expect(listener.seen == events + events + events)
    }
  }

  @Test func `without a signal the sweep finds what was written`() async throws {
    try await GatewayStage.play { stage in
      let listener = Listener(failures: 0)
      try await publish(to: listener, on: stage) { _ in
        try stage.meta.writes(GatewayStage.customer)
        try await stage.hear()
        await stage.clock.sleepers()
        stage.clock.advance(by: Wake.sweep)
        await listener.rounds.reaches(1)
      }
      #expect(listener.seen.count == 2)
    }
  }
}
