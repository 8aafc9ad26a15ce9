import Carriers
import CustomerCare
import Gateway
import Logging
import ServiceLifecycle
import Storage
import UnixSignals
import Web

/// The gateway's long-lived objects, each with its collaborators.
struct BuiltGateway: Sendable {
  let engine: any SQLEngine
  let intake: Intake
  let applier: Applier
  let outbox: Outbox
  let passage: Passage
  let due: Due
  let publishers: [Publisher]
  let connection: MetaConnection
  let callbacks: CallbackSender
  let media: FetchMedia
  let callbackDesk: CallbackDesk
  let callbackConnection: CallbackConnection
}

/// What wakes whom; each has one listener.
private struct Wakes: Sendable {
  /// A webhook was journalled.
  let journalled: Wake
  /// Something may have become due.
  let passing: Wake
  /// A callback is owed something.
  let owed: Wake
  /// A message may have named a file.
  let named = Wake()
  /// Whoever listens to what happens, callbacks last.
  let listeners: [(consumer: any EventConsumer, wake: Wake)]

  init(_ consumers: [any EventConsumer], engine: any SQLEngine, time: any TimeSource) {
    journalled = Wake(telling: .journalled, on: engine)
    passing = Wake(telling: .due, on: engine)
    let owed = Wake(telling: .owed, on: engine)
    let promising = CallbackConsumer(engine: engine, time: time, promised: { owed.signal() })
    listeners = (consumers + [promising]).map { ($0, Wake()) }
    self.owed = owed
  }

  /// Something happened that somebody may listen to.
  func tell() {
    for (_, wake) in listeners { wake.signal() }
  }

  /// The state has changed.
  func signalChange() {
    passing.signal()
    owed.signal()
    named.signal()
    tell()
  }
}

/// Builds the flows.
///
/// `consumers` are whoever listens to what happens; `secrets` the Meta app secrets that may sign webhooks.
func buildGateway(
  engine: any SQLEngine,
  seal: Seal,
  secrets: [String],
  limits: OutboxLimits,
  media: MediaLimits = MediaLimits(),
  connection: MetaConnection,
  version: GraphVersion,
  callbacks: CallbackConnection,
  publicURL: String,
  consumers: [any EventConsumer] = [],
  time: any TimeSource,
  chance: any Chance
) -> BuiltGateway {
  let wakes = Wakes(consumers, engine: engine, time: time)
  let changed: @Sendable () -> Void = { wakes.signalChange() }
  let outbox = Outbox(
    engine: engine,
    carrier: MetaCarrier(connection: connection, version: version),
    seal: seal,
    limits: limits,
    time: time,
    chance: chance,
    // Time has nothing to do after a settlement: who waits for the turn waits in the outbox.
    changed: { wakes.tell() }
  )
  Wake.onNews(from: engine, [wakes.journalled, wakes.passing, wakes.owed], outbox)
  return BuiltGateway(
    engine: engine,
    intake: Intake(engine: engine, secrets: secrets, wake: wakes.journalled, time: time),
    applier: Applier(
      engine: engine,
      owner: chance.identifier(),
      wake: wakes.journalled,
      time: time,
      changed: changed
    ),
    outbox: outbox,
    passage: Passage(engine, connection, version, seal, publicURL, time, chance),
    due: Due(
      engine: engine,
      outbox: outbox,
      wake: wakes.passing,
      time: time,
      keepFor: media.keepFor,
      changed: changed
    ),
    publishers: wakes.listeners.map { consumer, wake in
      Publisher(engine: engine, consumer: consumer, wake: wake, time: time)
    },
    connection: connection,
    callbacks: CallbackSender(
      engine: engine,
      carrier: callbacks,
      seal: seal,
      wake: wakes.owed,
      time: time
    ),
    media: FetchMedia(
      engine: engine,
      carrier: MetaMedia(connection: connection, version: version),
      seal: seal,
      limits: media,
      wake: wakes.named,
      time: time
    ),
    callbackDesk: CallbackDesk(engine: engine, seal: seal, time: time, chance: chance),
    callbackConnection: callbacks
  )
}

extension Passage {
  /// A passage over the way that messages take, too.
  fileprivate convenience init(
    _ engine: any SQLEngine,
    _ connection: MetaConnection,
    _ version: GraphVersion,
    _ seal: Seal,
    _ publicURL: String,
    _ time: any TimeSource,
    _ chance: any Chance
  ) {
    self.init(
      engine: engine,
      carrier: MetaPassage(connection: connection),
      media: MetaMedia(connection: connection, version: version),
      seal: seal,
      publicURL: publicURL,
      time: time,
      chance: chance
    )
  }
}

/// The database and the ways out, which close last: after everybody who uses them.
struct LastToClose: Service {
  let engine: any SQLEngine
  let connection: MetaConnection
  let callbacks: CallbackConnection

  func run() async throws {
    try? await gracefulShutdown()
    await connection.close()
    await callbacks.close()
    try await engine.close()
  }
}

extension BuiltGateway {
  /// The services, in the order of their dependencies; they are shut down in reverse.
  ///
  /// So the web stops taking first, then the outbox finishes what it holds, and the database closes last.
  func services(
    clock: (any Service)?,
    web configuration: WebConfiguration,
    time: any TimeSource,
    margin: Duration,
    metrics: MetricsRegistry,
    onListening: @escaping @Sendable (Int) async -> Void
  ) -> [any Service] {
    let web = buildWeb(
      configuration,
      WebParts(
        engine: engine,
        intake: intake,
        outbox: outbox,
        passage: passage,
        registry: metrics,
        callbacks: callbackDesk,
        time: time,
        margin: margin
      ),
      onServerRunning: onListening
    )
    let last = LastToClose(engine: engine, connection: connection, callbacks: callbackConnection)
    return [last] + (clock.map { [$0] } ?? []) + [callbacks, media] + publishers
      + [applier, outbox, due, web.metrics, web.main]
  }
}

/// How long a stop may take.
///
/// A message may wait ten seconds for its turn (`OutboxLimits.turn`), and Meta's answer thirty (`CarrierLimits.whole`);
/// the rest takes a moment. Then everything is cancelled, and what was on its way is unknown after the next start. The
/// unit and the containers wait longer than this before they kill.
private let stopMax: Duration = .seconds(45)

/// Runs services until a signal comes, or `last` is done.
///
/// One that fails ends the others in order, as a signal would: so its error is all there is to say.
func serviceGroup(
  _ services: [any Service],
  until last: (any Service)? = nil,
  logger: Logger = Logger(label: "carewindow")
) -> ServiceGroup {
  typealias Member = ServiceGroupConfiguration.ServiceConfiguration
  var members = services.map {
    Member(service: $0, failureTerminationBehavior: .gracefullyShutdownGroup)
  }
  if let last {
    members.append(
      Member(
        service: last,
        successTerminationBehavior: .gracefullyShutdownGroup,
        failureTerminationBehavior: .gracefullyShutdownGroup
      )
    )
  }
  var configuration = ServiceGroupConfiguration(
    services: members,
    gracefulShutdownSignals: [.sigterm, .sigint],
    logger: logger
  )
  configuration.maximumGracefulShutdownDuration = stopMax
  return ServiceGroup(configuration: configuration)
}
