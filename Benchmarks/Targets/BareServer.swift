import Hummingbird
import Logging

/// The limit: a Hummingbird handler that reads the same body and answers 200, and does nothing else.
///
/// - Throws: what the server throws; it runs until it is told to end.
package func serveBare(port: Int) async throws {
  let router = Router()
  router.post("\(Webhooks.path)") { request, _ in
    _ = try await request.body.collect(upTo: 4 * 1024 * 1024)
    return HTTPResponse.Status.ok
  }
  router.get("/readyz") { _, _ in HTTPResponse.Status.ok }
  var logger = Logger(label: "bare")
  logger.logLevel = .warning
  let application = Application(
    router: router,
    configuration: .init(address: .hostname("127.0.0.1", port: port)),
    logger: logger
  )
  try await application.runService()
}

enum BareServer {
  /// Starts the bare handler as a program of its own.
  static func start(in workplace: Workplace) async throws -> RunningServer {
    let folder = try workplace.folder("bare")
    let port = try await freePort()
    let child = try ChildProcess(
      workplace.executable,
      ["bench", "--serve-bare", "\(port)"],
      environment: workplace.environment,
      directory: folder,
      log: folder + "/bare.log",
      among: workplace.children
    )
    _ = try await waitUntilReady(port: port, path: "/readyz", of: child)
    return RunningServer(child: child, port: port)
  }
}
