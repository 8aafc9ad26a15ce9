import CloudAPI
import CustomerCare
import Gateway
import Storage
import Support
import Testing

/// Callbacks on a stage: a desk, receivers on paper, and the two flows between them.
struct CallbackScene {
  static let secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"

  let stage: GatewayStage
  let receiver = PaperReceiver()
  let wake = Wake()
  let seal = Seal(secrets: [Array("a secret key for callbacks only".utf8)])

  var desk: CallbackDesk {
    CallbackDesk(
      engine: stage.engine,
      seal: seal,
      time: stage.clock,
      chance: SeededChance(seed: 3)
    )
  }

  /// A new process's sender: what another had claimed is another's.
  func sender(_ limits: CallbackLimits = CallbackLimits()) -> CallbackSender {
    CallbackSender(
      engine: stage.engine,
      carrier: receiver,
      seal: seal,
      limits: limits,
      wake: wake,
      time: stage.clock
    )
  }

  @discardableResult
  func add(
    _ url: String = "https://crm.example.com",
    _ kinds: String...,
    numbers: [String]? = nil,
    desk: CallbackDesk? = nil
  ) async throws -> CallbackRecord {
    try await (desk ?? self.desk).add(
      CallbackDesk.Draft(url: url, kinds: kinds, numbers: numbers, secret: Self.secret)
    )
  }

  /// Turns events into what callbacks are owed.
  func promise() async throws {
    let consumer = CallbackConsumer(engine: stage.engine, time: stage.clock)
    let events = try await stage.engine.read { unit in
      try Publish.pending(consumer.name, limit: 256, in: unit)
    }
    let done = await consumer.consume(events)
    try await stage.engine.write(.rest) { unit in
      try Publish.done(consumer.name, done, in: unit)
    }
  }

  /// Delivers what is due now, and what becomes due by that.
  func deliver() async throws {
    try await promise()
    let sender = sender()
    while case let claimed = await sender.claim(), !claimed.isEmpty {
      for delivery in claimed { await sender.deliver(delivery) }
    }
  }

  /// The types of what came to an address, oldest first.
  func types(at url: String) throws -> [String] {
    try receiver.parcels(at: url).map { parcel in
      try JSON.parse(parcel.body)["type"]?.text ?? "?"
    }
  }

  func deliveries(
    of callback: CallbackRecord,
    state: DeliveryView.State? = nil
  ) async throws -> [DeliveryView] {
    try await stage.engine.read { unit in
      try CallbackDeliveries.list(of: callback.id, state: state, limit: 100, in: unit).items
    }
  }
}
