import ArgumentParser
import Carriers
import CustomerCare
import Foundation
import Gateway
import Metrics
import NIOCore
import ServiceLifecycle
import Storage
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

  /// How many event loops carry connections: half of the cores have enough to do for them, because
  /// what connections bring goes through the one writer, which needs the other half with the folding.
  private static let loops = max(1, System.coreCount / 2)

  func run() async throws {
    NIOSingletons.groupLoopCountSuggestion = Self.loops
    let settings = try await Settings()
    let configuration = try ServeConfiguration(settings)
    let follower = try SandboxFollower(settings)
    try Logs.bootstrap(settings)
    let metrics = MetricsRegistry()
    MetricsSystem.bootstrap(metrics)
    let database = try Database(settings)
    let lock = try ServeLock(database)
    let engine = try await database.open(creating: true)
    try await follower?.look()
    let (numbers, callbacks) = try await engine.read { unit in
      (try Numbers.list(in: unit), try Callbacks.list(in: unit))
    }
    let seal = try database.seal(settings, for: numbers, callbacks)
    try Self.open(numbers, callbacks, with: seal)
    let gateway = buildGateway(
      engine: engine,
      seal: seal,
      secrets: configuration.secrets,
      limits: configuration.limits,
      media: configuration.media,
      connection: MetaConnection(base: configuration.base, release: Carewindow.version),
      version: configuration.version,
      callbacks: CallbackConnection(
        networks: configuration.callbackNetworks,
        release: Carewindow.version
      ),
      publicURL: configuration.web.publicURL,
      time: follower ?? SystemTime(),
      chance: SystemChance()
    )
    let listen = configuration.web.listen
    let group = serviceGroup(
      gateway.services(
        clock: follower,
        web: configuration.web,
        time: follower ?? SystemTime(),
        margin: configuration.limits.margin,
        metrics: metrics,
        onListening: { port in
          Output.say("CareWindow \(Carewindow.version) listens on http://\(listen.host):\(port)")
        }
      )
    )
    do {
      try await group.run()
    } catch let failure as ListenFailure {
      throw Self.problem(failure, of: configuration.web)
    }
    _ = consume lock
  }

  /// Stops the start where a stored token or secret cannot be opened: better now than at the first send.
  private static func open(
    _ numbers: [NumberRecord],
    _ callbacks: [CallbackRecord],
    with seal: Seal
  ) throws {
    let sealed =
      numbers.map { ("access token of \($0.facts.phoneNumberID)", $0.sealedAccessToken) }
      + callbacks.map { ("secret of the callback \($0.id)", $0.sealedSecret) }
    for case (let what, let sealed?) in sealed {
      do {
        _ = try seal.open(sealed)
      } catch {
        throw Settings.Problem(
          name: "CAREWINDOW_SECRET_KEY",
          reason: "does not open the stored \(what)",
          example: "new-key,the-key-it-was-stored-with"
        )
      }
    }
  }

  private static func problem(
    _ failure: ListenFailure,
    of web: WebConfiguration
  ) -> Settings.Problem {
    let isMetrics = failure.listen == web.metricsListen
    return Settings.Problem(
      name: isMetrics ? "CAREWINDOW_METRICS_LISTEN" : "CAREWINDOW_LISTEN",
      reason: failure.reason,
      example: isMetrics ? "127.0.0.1:9465" : "127.0.0.1:8081"
    )
  }
}
