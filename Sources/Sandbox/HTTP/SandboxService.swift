import AsyncHTTPClient
import CloudAPI
import Hummingbird
package import Logging
import NIOCore
import ServiceLifecycle

/// The sandbox as a service: a server that plays Meta, and the sender of its webhooks.
package final class SandboxService: Service {
  /// The simulated Meta and its clock.
  package let world: SandboxWorld

  /// The port the server listens on, once, as soon as it does.
  package let bound: AsyncStream<Int>

  /// The seed of chance when none is named.
  private static let usualSeed: UInt64 = 1

  private let configuration: SandboxConfiguration
  private let logger: Logger
  private let sender: WebhookSender
  private let isBound: AsyncStream<Int>.Continuation

  /// Creates a sandbox that does nothing until it runs.
  ///
  /// - Throws: `SandboxError.notLoopback` if it would be reachable from outside without `isPublic`.
  package init(
    _ configuration: SandboxConfiguration,
    clock: SandboxClock,
    logger: Logger
  ) throws(SandboxError) {
    guard configuration.isPublic || HostCheck.isLoopback(name: configuration.host) else {
      throw .notLoopback(configuration.host)
    }
    self.configuration = configuration
    self.logger = logger
    let app = SandboxApp(
      id: configuration.appID,
      secret: configuration.appSecret,
      callbackURL: configuration.deliverTo ?? ""
    )
    world = SandboxWorld(
      SimulatedMeta(
        seed: configuration.seed ?? Self.usualSeed,
        startedAt: configuration.seed == nil ? clock.now : nil,
        app: app,
        numbers: configuration.numbers,
        settings: configuration.settings
      ),
      clock: clock
    )
    sender = WebhookSender(
      world: world,
      secret: configuration.appSecret,
      address: configuration.deliverTo,
      logger: logger
    )
    (bound, isBound) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
  }

  /// Says where webhooks go from now on.
  package func deliver(to address: String) { sender.deliver(to: address) }

  /// The port the server listens on; nil if it never came to listen.
  package func port() async -> Int? { await bound.first { _ in true } }

  /// Serves and sends until shut down gracefully or cancelled.
  package func run() async throws {
    var settings = HTTPClient.Configuration(timeout: .init(connect: .seconds(5)))
    settings.redirectConfiguration = .disallow
    // A receiver that is down is a failed attempt at once: the post office has its own pauses, and
    // moving the clock waits for every attempt under way.
    settings.connectionPool.retryConnectionEstablishment = false
    let client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: settings)
    defer { isBound.finish() }
    do {
      try await withThrowingTaskGroup(of: Void.self) { group in
        group.addTask {
          await cancelWhenGracefulShutdown { await self.sender.run(client: client) }
        }
        // The server ends on shutdown, or at once if it cannot listen; then nothing is sent either.
        defer { group.cancelAll() }
        try await application().run()
      }
    } catch {
      try await client.shutdown()
      throw error
    }
    try await client.shutdown()
  }

  /// The server alone, for tests that need no socket.
  func application() -> Application<SandboxResponder> {
    let isBound = self.isBound
    return Application(
      responder: SandboxResponder(world: world, isPublic: configuration.isPublic),
      configuration: ApplicationConfiguration(
        address: .hostname(configuration.host, port: configuration.port),
        serverName: "sandbox"
      ),
      onServerRunning: { channel in
        if let port = channel.localAddress?.port { isBound.yield(port) }
        isBound.finish()
      },
      logger: logger
    )
  }
}
