import Testing

@testable import CustomerCare

@Suite struct `A request's state` {
  static let terminal: [RequestState] = [.handedOver, .failed, .refused, .expired, .withdrawn]

  @Test(arguments: RequestState.allCases)
  func `is terminal or leads to a terminal one`(state: RequestState) {
    #expect(state.isTerminal == Self.terminal.contains(state))
    var reached: Set<RequestState> = [state]
    var size = 0
    while reached.count > size {
      size = reached.count
      reached.formUnion(
        RequestState.allCases.filter { next in reached.contains { $0.canBecome(next) } }
      )
    }
    #expect(!reached.isDisjoint(with: Self.terminal))
  }

  @Test func `once unknown is never sent again`() {
    let next = RequestState.allCases.filter(RequestState.unknown.canBecome)
    #expect(next == [.handedOver, .failed, .refused])
  }

  @Test func `is handed over only from dispatching, or when it was unknown`() {
    #expect(
      RequestState.allCases.filter { $0.canBecome(.handedOver) } == [.dispatching, .unknown]
    )
    #expect(RequestState.allCases.filter { $0.canBecome(.dispatching) } == [.accepted])
  }

  @Test func `goes on after its end only where Meta took it and says that the window was closed`() {
    for state in Self.terminal {
      #expect(
        RequestState.allCases.filter(state.canBecome) == (state == .handedOver ? [.accepted] : [])
      )
    }
  }

  @Test func `cannot be withdrawn once Meta may have it`() {
    #expect(
      RequestState.allCases.filter { $0.canBecome(.withdrawn) }
        == [.accepted, .scheduled, .parked]
    )
  }
}

@Suite struct `A delivery` {
  @Test func `goes up only, and fails only below delivered`() {
    let order: [Delivery] = [.none, .sent, .failed, .delivered, .read, .played]
    for (index, one) in order.enumerated() {
      for (otherIndex, other) in order.enumerated() {
        #expect(one.merging(other) == order[max(index, otherIndex)], "\(one), \(other)")
      }
    }
  }

  @Test(arguments: seeds(100))
  func `is the same whatever order its statuses arrive in`(seed: UInt64) {
    var generator = SeededGenerator(seed: seed)
    let statuses = Delivery.allCases.filter { _ in Bool.random(using: &generator) }
    let expected = statuses.reduce(Delivery.none) { $0.merging($1) }
    let delivered = generator.delivered(statuses)
    #expect(delivered.reduce(Delivery.none) { $0.merging($1) } == expected, "seed \(seed)")
  }

  @Test(
    arguments: [
      ([], Delivery.none), ([.failed], .failed), ([.failed, .failed], .failed),
      ([.sent, .failed], .sent), ([.failed, .sent, .delivered], .delivered),
      ([.read, .failed, .sent], .read), ([.none, .failed], .failed), ([.none], .none),
    ] as [([Delivery], Delivery)]
  )
  func `to many failed only if it reached nobody`(recipients: [Delivery], overall: Delivery) {
    #expect(Delivery.overall(recipients) == overall)
    #expect(Delivery.overall(recipients.reversed()) == overall)
  }
}
