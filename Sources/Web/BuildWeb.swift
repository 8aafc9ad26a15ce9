package import Gateway
import Hummingbird
import HummingbirdCore
package import Logging
import NIOCore
package import ServiceLifecycle
package import Storage

/// What the web is built on.
package struct WebParts: Sendable {
  /// Where everything is remembered.
  package var engine: any SQLEngine
  /// Takes webhooks.
  package var intake: Intake
  /// The gate.
  package var outbox: Outbox
  /// Lets other calls of Cloud API pass.
  package var passage: Passage
  /// Adds callbacks.
  package var callbacks: CallbackDesk
  /// Where metrics are kept; also what the process bootstraps its metrics with.
  package var registry: MetricsRegistry
  /// What time it is.
  package var time: any TimeSource
  /// How long before its end a window is no longer used: the outbox's own margin.
  package var margin: Duration

  /// Names the parts.
  package init(
    engine: any SQLEngine,
    intake: Intake,
    outbox: Outbox,
    passage: Passage,
    registry: MetricsRegistry,
    callbacks: CallbackDesk,
    time: any TimeSource,
    margin: Duration
  ) {
    self.engine = engine
    self.intake = intake
    self.outbox = outbox
    self.passage = passage
    self.registry = registry
    self.callbacks = callbacks
    self.time = time
    self.margin = margin
  }
}

/// The two listeners: the public one, and the one for Prometheus.
package struct Web: Sendable {
  /// Meta, programs and people.
  package var main: any Service
  /// `/metrics`.
  package var metrics: any Service
}

/// Builds the HTTP face; nothing listens before the services run.
///
/// - Parameters:
///   - configuration: Where to listen, and the limits.
///   - parts: What is behind the doors.
///   - logger: For the server itself; what happens in a request is logged under `carewindow.web`.
///   - onServerRunning: Told the port once the public listener takes connections.
///   - onMetricsRunning: Told the port once the metrics listener does.
/// - Returns: The two listeners, to be run as services; the public one last of all.
package func buildWeb(
  _ configuration: WebConfiguration,
  _ parts: WebParts,
  logger: Logger = Logger(label: "carewindow.web"),
  onServerRunning: @escaping @Sendable (Int) async -> Void = { _ in },
  onMetricsRunning: @escaping @Sendable (Int) async -> Void = { _ in }
) -> Web {
  let journal = JournalWatch()
  return Web(
    main: listener(
      frontDoor(configuration, parts, journal),
      at: configuration.listen,
      mainServer(configuration, parts, journal),
      configuration,
      logger: logger,
      onServerRunning
    ),
    metrics: listener(
      MetricsDoor(registry: parts.registry, engine: parts.engine, time: parts.time),
      at: configuration.metricsListen,
      guardedHTTP1(configuration.limits, parts),
      configuration,
      logger: logger,
      onMetricsRunning
    )
  )
}

/// The responder of the public listener.
func frontDoor(
  _ configuration: WebConfiguration,
  _ parts: WebParts,
  _ journal: JournalWatch
) -> FrontDoor {
  let tokens = TokenGate(engine: parts.engine, time: parts.time)
  let limits = configuration.limits
  let api = API(
    engine: parts.engine,
    outbox: parts.outbox,
    callbacks: parts.callbacks,
    tokens: tokens,
    time: parts.time,
    margin: parts.margin,
    publicURL: configuration.publicURL,
    limits: limits
  )
  return FrontDoor(
    webhook: MetaWebhook(verifyToken: configuration.verifyToken),
    facade: Facade(
      outbox: parts.outbox,
      passage: parts.passage,
      tokens: tokens,
      limits: limits
    ),
    api: api,
    health: Health(engine: parts.engine, journal: journal),
    openAPI: OpenAPIDocument(
      publicURL: configuration.publicURL,
      routes: api.routes,
      limits: limits
    ),
    limits: limits
  )
}

/// The server of the public listener: guarded, with the door of the webhooks.
func mainServer(
  _ configuration: WebConfiguration,
  _ parts: WebParts,
  _ journal: JournalWatch
) -> HTTPServerBuilder {
  guardedHTTP1(configuration.limits, parts) {
    WebhookDoor(intake: parts.intake, journal: journal, time: parts.time)
  }
}

/// A listener.
func listener(
  _ responder: some HTTPResponder<DoorContext>,
  at listen: WebConfiguration.Listen,
  _ server: HTTPServerBuilder,
  _ configuration: WebConfiguration,
  logger: Logger,
  _ onServerRunning: @escaping @Sendable (Int) async -> Void
) -> any Service {
  var quiet = logger
  // Hummingbird's own lines at info say no more than what CLI says in our words.
  quiet.logLevel = max(quiet.logLevel, .notice)
  let application = Application(
    responder: responder,
    server: server,
    configuration: ApplicationConfiguration(
      address: .hostname(listen.host, port: listen.port),
      availableConnectionsDelegate: MaximumAvailableConnections(configuration.limits.connectionsMax)
    ),
    onServerRunning: { channel in await onServerRunning(channel.localAddress?.port ?? listen.port)
    },
    logger: quiet
  )
  return Listener(listen: listen, application: application)
}

/// A server with the guards that every door of ours has.
private func guardedHTTP1(
  _ limits: WebLimits,
  _ parts: WebParts,
  webhooks: (@Sendable () -> WebhookDoor)? = nil
) -> HTTPServerBuilder {
  HTTPServerBuilder { responder in
    GuardedHTTP1(
      http: HTTP1Channel(
        responder: responder,
        configuration: HTTP1Channel.Configuration(
          httpDecoderConfiguration: HTTP1Channel.Configuration.DecoderConfiguration(
            maxHeaderFieldSize: limits.headerBytesMax,
            maxHeaderListSize: limits.headerBytesMax,
            maxHeaderFieldCount: limits.headersMax
          )
        )
      ),
      bodyTime: TimeAmount(parts.intake.limits.bodyTime),
      idleTime: TimeAmount(limits.idleTime),
      stallTime: TimeAmount(limits.stallTime),
      webhooks: webhooks
    )
  }
}
