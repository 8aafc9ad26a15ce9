import Carriers
import CustomerCare
import Gateway
import Logging
import Metrics
import Sandbox
import ServiceLifecycle
import Storage
import Web

/// Gateway and simulated Meta in one process, on one clock.
struct DemoStage {
  static let number = "900800700"
  static let account = "700100200300"
  static let displayNumber = "+4930000001"
  static let metaToken = "sandbox-token"

  let sandbox: SandboxService
  let clock: SandboxClock
  let narrator = Narrator()
  let token: String
  let listen: Address
  let sandboxListen: Address
  private let services: [any Service]
  private let logger = Logger(label: "carewindow.demo")

  init(database: Database, listen: Address, sandboxListen: Address) async throws {
    self.listen = listen
    self.sandboxListen = sandboxListen
    let secret = SystemChance().identifier()
    clock = SandboxClock(.flowing, time: SandboxRealTime())
    sandbox = try SandboxService(
      SandboxConfiguration(
        host: sandboxListen.host,
        port: sandboxListen.port,
        deliverTo: "http://\(listen.host):\(listen.port)/webhooks/meta",
        appSecret: secret
      ),
      clock: clock,
      logger: logger
    )
    let time = DemoTime(clock: clock)
    let engine = try await database.open(creating: true, quietly: true)
    let settings = try await Settings(environment: [:])
    let seal = try database.seal(settings, for: [])
    token = TokenSecret.make(SystemChance())
    try await Self.furnish(engine, seal: seal, token: token, at: time.now)
    let metrics = MetricsRegistry()
    MetricsSystem.bootstrap(metrics)
    let gateway = buildGateway(
      engine: engine,
      seal: seal,
      secrets: [secret],
      limits: OutboxLimits(),
      connection: MetaConnection(
        base: try GraphBase("http://\(sandboxListen.host):\(sandboxListen.port)"),
        release: Carewindow.version
      ),
      version: try settings.metaVersion(),
      callbacks: CallbackConnection(networks: CallbackNetworks(), release: Carewindow.version),
      publicURL: "http://\(listen.listen)",
      consumers: [narrator],
      time: time,
      chance: SystemChance()
    )
    var web = WebConfiguration(verifyToken: secret)
    web.listen = listen.listen
    web.metricsListen = WebConfiguration.Listen(host: "127.0.0.1", port: 0)
    let narrator = narrator
    services =
      [Listener(listen: sandboxListen.listen, application: sandbox)]
      + gateway.services(
        clock: nil,
        web: web,
        time: time,
        margin: OutboxLimits().margin,
        metrics: metrics,
        onListening: { _ in narrator.curtain() }
      )
  }

  /// One of the simulated Meta's templates, as `template sync` would read it.
  private static let template = ListedTemplateRecord(
    id: "1",
    name: "hello_world",
    language: "en_US",
    status: .approved,
    category: .utility,
    components: "[]",
    form: TemplateForm(body: "Welcome and congratulations! Your number is connected.")
  )

  /// A number and a token, as `number add` and `token create` would make them.
  private static func furnish(
    _ engine: any SQLEngine,
    seal: Seal,
    token: String,
    at now: Instant
  ) async throws {
    let record = NumberRecord(
      facts: NumberFacts(
        phoneNumberID: PhoneNumberID(number),
        wabaID: WABAID(account),
        displayPhoneNumber: displayNumber,
        addedAt: now
      ),
      timeZone: "Europe/Berlin",
      currency: "EUR",
      fallback: NumberRecord.FallbackTemplate(name: template.name, language: template.language),
      sealedAccessToken: try seal.seal(metaToken)
    )
    try await engine.write(.rest) { unit in
      _ = try Numbers.add(record, in: unit)
      try Templates.record([template], of: WABAID(account), askedAt: now, in: unit)
      try Tokens.create(
        TokenRecord(
          id: "tok_demo",
          name: "demo",
          hash: TokenSecret.hash(of: token),
          scopes: [.send, .read],
          createdAt: now
        ),
        in: unit
      )
    }
  }

  /// Plays the story, then stays up unless it is played once.
  func run(once: Bool) async throws {
    let play = DemoPlay(stage: self, once: once)
    let group = serviceGroup(services, until: play, logger: logger)
    do {
      try await group.run()
    } catch let failure as ListenFailure {
      let option = failure.listen == listen.listen ? "--listen" : "--sandbox-listen"
      throw Failure("\(option) \(failure.reason). Choose another place for it.")
    }
  }
}

/// The sandbox's clock, as the gateway's.
struct DemoTime: TimeSource {
  let clock: SandboxClock

  var now: Instant { Instant(milliseconds: clock.now) }

  var elapsed: Duration { SystemTime().elapsed }

  func sleep(for duration: Duration) async throws {
    try await Task.sleep(for: duration)
  }
}
