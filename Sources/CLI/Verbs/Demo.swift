import ArgumentParser
import Carriers
import CustomerCare
import Foundation
import Gateway
import Logging
import Metrics
import Sandbox
import ServiceLifecycle
import Storage
import Web

/// `carewindow demo`.
struct Demo: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "See the whole story in the terminal: gateway and simulated Meta in one process.",
    discussion: """
      Needs no account and no internet. The database is temporary. Afterwards it stays up, so that you can try it yourself.

      EXAMPLES
        carewindow demo
        carewindow demo --once
      """
  )

  @Option(help: "Address and port of the gateway.") var listen = "127.0.0.1:8080"
  @Option(help: "Address and port of the simulated Meta.") var sandboxListen = "127.0.0.1:8090"
  @Flag(help: "End after the story.") var once = false

  func validate() throws {
    let addresses = [("--listen", listen, 8080), ("--sandbox-listen", sandboxListen, 8090)]
    for (option, text, port) in addresses {
      let example = "Example: \(option) 127.0.0.1:\(port)"
      guard let address = Address(text) else {
        throw ValidationError("\(option) takes HOST:PORT. \(example)")
      }
      // Gateway and sandbox are told each other's address before either listens.
      guard address.port != 0 else {
        throw ValidationError("\(option) takes a port from 1 to 65535 in a demo. \(example)")
      }
    }
  }

  func run() async throws {
    let settings = try await Settings()
    for name in [Settings.Key.metaURL, .database] where settings.text(name) != nil {
      throw Failure(
        "\(name.rawValue) is set, and a demo beside real data is a mistake waiting to happen. "
          + "Unset it, or run carewindow serve."
      )
    }
    guard let listen = Address(listen), let sandboxListen = Address(sandboxListen) else { return }
    LoggingSystem.bootstrap { label in
      var handler = StreamLogHandler.standardError(label: label)
      // The story is told on stdout; what the servers' own loops say while they end would only disturb it.
      handler.logLevel = .critical
      return handler
    }
    let directory = NSTemporaryDirectory() + "/carewindow-demo-" + SystemChance().identifier()
    try FileManager.default.createDirectory(
      atPath: directory,
      withIntermediateDirectories: true,
      attributes: [.posixPermissions: 0o700]
    )
    defer { try? FileManager.default.removeItem(atPath: directory) }
    let stage = try await DemoStage(
      database: try Database(name: "sqlite:\(directory)/demo.db"),
      listen: listen,
      sandboxListen: sandboxListen
    )
    try await stage.run(once: once)
  }
}
