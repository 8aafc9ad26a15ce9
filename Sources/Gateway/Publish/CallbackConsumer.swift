import Crypto
import CustomerCare
import Logging
package import Storage

/// Turns events into what each callback is owed, in the order in which they happened.
package struct CallbackConsumer: EventConsumer {
  /// Known to the outbox of events while a callback asks for some.
  package var name: String { Callbacks.consumer }
  /// Verbs and the API say when it listens.
  package var isAlwaysListening: Bool { false }

  private let engine: any SQLEngine
  private let time: any TimeSource
  private let promised: @Sendable () -> Void
  private let logger = Logger(label: "carewindow.publish")

  /// Makes the consumer; `promised` is called when something is owed.
  package init(
    engine: any SQLEngine,
    time: any TimeSource,
    promised: @escaping @Sendable () -> Void = {}
  ) {
    self.engine = engine
    self.time = time
    self.promised = promised
  }

  /// Writes what is owed for the events; written twice, it is owed once.
  package func consume(_ events: [CareEvent]) async -> [String] {
    let now = time.now
    do {
      try await engine.write(.rest) { unit in
        let callbacks = try Callbacks.list(in: unit)
        for event in events.sorted(by: CareEvent.happensBefore) {
          try Deliver.promise(
            try Self.promises(event, to: callbacks, in: unit),
            at: now,
            in: unit
          )
        }
      }
      promised()
      return events.map(\.id)
    } catch {
      logger.error(
        "Events could not be promised to callbacks; they come again",
        metadata: ["store.error": "\(error)"]
      )
      return []
    }
  }

  private static func promises(
    _ event: CareEvent,
    to callbacks: [CallbackRecord],
    in unit: any SQLUnit
  ) throws -> [Deliver.Promise] {
    guard let kind = CallbackKind(rawValue: event.kind.rawValue) else { return [] }
    let whom = callbacks.filter { $0.wants(kind, of: event.number) }
    guard !whom.isEmpty else { return [] }
    let body = CallbackBody.envelope(of: event, try EventDetails.read(event, in: unit))
    return whom.map { callback in
      Deliver.Promise(
        callback: callback.id,
        id: deliveryID(of: event),
        kind: kind,
        lane: "\(event.number)/\(event.customer)",
        body: body
      )
    }
  }

  /// The same for the same event on every node, in letters that headers and paths take.
  static func deliveryID(of event: CareEvent) -> String {
    let digest = SHA256.hash(data: Array(event.id.utf8)).prefix(16)
    return "evt_" + digest.map { String($0 >> 4, radix: 16) + String($0 & 0xF, radix: 16) }.joined()
  }
}

extension CareEvent {
  /// Whether one event comes before another: Meta counts in whole seconds, so what happened in the same
  /// one is told in the order in which it can only have happened.
  static func happensBefore(_ one: CareEvent, _ other: CareEvent) -> Bool {
    (one.at, one.rank, one.id) < (other.at, other.rank, other.id)
  }

  private var rank: Int {
    switch kind {
    case .windowClosed: 0
    case .messageReceived: 1
    case .windowOpened: 2
    case .windowClosing: 3
    case .messageState: 4 + stateRank
    }
  }

  /// How far a message is; words that stand here nowhere come last, as a failure does.
  private var stateRank: Int {
    let states = ["accepted", "dispatching", "unknown", "handed_over", "sent", "delivered", "read"]
    let word = id.split(separator: "/").last?.split(separator: "@").first.map(String.init) ?? ""
    return states.firstIndex(of: word) ?? states.count
  }
}
