import ArgumentParser
import Carriers
import CustomerCare
import Gateway
import Logging
import Metrics
import ServiceLifecycle
import SQLiteEngine
import Storage
import UnixSignals
import Web

/// `carewindow serve`.
struct Serve: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Run the gateway: webhooks, the gate, the API.",
    discussion: """
      EXAMPLES
        CAREWINDOW_APP_SECRET=… CAREWINDOW_VERIFY_TOKEN=… carewindow serve
      """
  )

  func run() async throws {
    let settings = try await Settings()
    let configuration = try ServeConfiguration(settings)
    let follower = try SandboxFollower(settings)
    try Logs.bootstrap(settings)
    let metrics = MetricsRegistry()
    MetricsSystem.bootstrap(metrics)
    let database = try Database(settings)
    let lock = try ServeLock(database)
    let engine = try await database.open()
    try await follower?.look()
    let gateway = buildGateway(
      engine: engine,
      seal: try database.seal(settings),
      secrets: configuration.secrets,
      limits: configuration.limits,
      connection: MetaConnection(base: configuration.base, release: Carewindow.version),
      version: configuration.version,
      time: follower ?? SystemTime(),
      chance: SystemChance()
    )
    let listen = configuration.web.listen
    let group = ServiceGroup(
      services: gateway.services(
        clock: follower,
        web: configuration.web,
        time: follower ?? SystemTime(),
        margin: configuration.limits.margin,
        metrics: metrics,
        onListening: { port in
          Output.say("CareWindow \(Carewindow.version) listens on http://\(listen.host):\(port)")
        }
      ),
      gracefulShutdownSignals: [.sigterm, .sigint],
      logger: Logger(label: "carewindow")
    )
    try await group.run()
    _ = consume lock
  }
}
