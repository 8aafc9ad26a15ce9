import ArgumentParser
import CustomerCare
import Foundation
import Logging
import Sandbox
import ServiceLifecycle
import Web

/// `carewindow sandbox`.
struct SandboxVerb: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "sandbox",
    abstract: "Play Meta, for developers of bots and CRMs.",
    discussion: """
      Everything it does is under /_sandbox: customers write, clocks move, faults happen. See docs/reference/sandbox.md.

      EXAMPLES
        carewindow sandbox --deliver-to http://127.0.0.1:8080/webhooks/meta --app-secret test
        carewindow sandbox --listen 127.0.0.1:0 --clock manual --seed 7 --app-secret test
      """
  )

  /// Whose clock the sandbox goes by.
  enum ClockMode: String, ExpressibleByArgument, CaseIterable {
    case real, manual
  }

  @Option(help: "Address and port.") var listen = "127.0.0.1:8090"
  @Option(help: "Where webhooks are posted.") var deliverTo: String?
  @Option(help: "The app secret that webhooks are signed with.") var appSecret: String
  @Option(
    help: "The seed of all chance and ids. Default: the usual chance, and ids never given before."
  )
  var seed: UInt64?
  @Option(help: "real, or manual: stands still until it is moved.") var clock = ClockMode.real
  @Flag(help: "Let other machines reach it.") var `public` = false

  func run() async throws {
    guard let address = Address(listen) else {
      throw ValidationError("--listen takes HOST:PORT. Example: --listen 127.0.0.1:8090")
    }
    let sandbox: SandboxService
    do {
      sandbox = try SandboxService(
        SandboxConfiguration(
          host: address.host,
          port: address.port,
          deliverTo: deliverTo,
          appSecret: appSecret,
          seed: seed,
          isPublic: self.public
        ),
        clock: SandboxClock(clock == .manual ? .standing : .flowing, time: SandboxRealTime()),
        logger: Logger(label: "carewindow.sandbox")
      )
    } catch {
      throw ValidationError(error.description)
    }
    let group = serviceGroup(
      [
        Listener(listen: address.listen, application: sandbox),
        SandboxGreeting(sandbox: sandbox, host: address.host),
      ],
      logger: Logger(label: "carewindow.sandbox")
    )
    do {
      try await group.run()
    } catch let failure as ListenFailure {
      throw Failure("--listen \(failure.reason). Example: --listen 127.0.0.1:8091")
    }
  }
}

/// Says where the sandbox listens, once it does.
private struct SandboxGreeting: Service {
  let sandbox: SandboxService
  let host: String

  func run() async throws {
    if let port = await sandbox.port() {
      Output.result("The sandbox plays Meta on http://\(host):\(port); steer it under /_sandbox.")
    }
    try? await gracefulShutdown()
  }
}

/// The machine's clock, for the sandbox.
struct SandboxRealTime: SandboxTime {
  func now() -> Int64 { SystemTime().now.milliseconds }

  func sleep(milliseconds: Int64) async throws {
    try await Task.sleep(for: .milliseconds(milliseconds))
  }
}

/// A host and a port.
struct Address: Sendable, Hashable {
  var host: String
  var port: Int

  /// Reads `HOST:PORT`; an IPv6 address stands in brackets.
  init?(_ text: String) {
    guard let colon = text.lastIndex(of: ":"), let port = Int(text[text.index(after: colon)...]),
      (0...65535).contains(port)
    else { return nil }
    host = text[..<colon].trimmingCharacters(in: CharacterSet(charactersIn: "[]"))
    guard !host.isEmpty else { return nil }
    self.port = port
  }

  /// The place as the web's listeners know it.
  var listen: WebConfiguration.Listen { WebConfiguration.Listen(host: host, port: port) }
}
