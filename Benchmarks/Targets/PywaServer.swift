import Foundation

/// pywa's own webhook server on FastAPI and uvicorn: what a company would run instead, storing nothing.
struct PywaServer: Sendable {
  /// The version compared with, so that two runs compare the same.
  static let version = "4.5.0"

  private let python: String
  private let folder: String

  /// Prepares a Python environment with pywa.
  ///
  /// - Throws: `ChildProcessError` if there is no Python, or pywa cannot be installed.
  static func prepare(in workplace: Workplace) async throws -> PywaServer {
    let folder = try workplace.folder("pywa")
    let python = folder + "/venv/bin/python"
    let environment = workplace.environment
    if !FileManager.default.fileExists(atPath: folder + "/installed-\(version)") {
      guard let system = ChildProcess.find("python3") else {
        throw ChildProcessError(description: "python3 is not installed")
      }
      workplace.say("installing pywa \(version) into \(folder)/venv")
      _ = try await ChildProcess.run(
        system,
        ["-m", "venv", folder + "/venv"],
        environment: environment,
        directory: folder,
        among: workplace.children
      )
      _ = try await ChildProcess.run(
        python,
        [
          "-m", "pip", "install", "-q", "pywa[fastapi]==\(version)", "uvicorn", "uvloop",
          "httptools",
        ],
        environment: environment,
        directory: folder,
        secondsMax: 300,
        among: workplace.children
      )
      try "".write(toFile: folder + "/installed-\(version)", atomically: true, encoding: .utf8)
    }
    try script.write(toFile: folder + "/server.py", atomically: true, encoding: .utf8)
    return PywaServer(python: python, folder: folder)
  }

  /// Starts it: one process, as `uvicorn` does by itself, with its fastest loop and parser.
  func start(in workplace: Workplace) async throws -> RunningServer {
    let port = try await freePort()
    let child = try ChildProcess(
      python,
      [
        "-m", "uvicorn", "server:app", "--host", "127.0.0.1", "--port", "\(port)", "--loop",
        "uvloop",
        "--http", "httptools", "--no-access-log", "--log-level", "warning",
      ],
      environment: workplace.environment,
      directory: folder,
      log: folder + "/pywa.log",
      among: workplace.children
    )
    _ = try await waitUntilReady(port: port, path: "/readyz", of: child)
    return RunningServer(child: child, port: port)
  }

  private static let script = """
    # A bot as pywa's documentation writes it: signatures checked, one handler that does nothing.
    import fastapi
    from pywa_async import WhatsApp

    app = fastapi.FastAPI()
    received = 0


    @app.get("/readyz")
    async def ready():
        return {"received": received}


    bot = WhatsApp(
        phone_id="\(Webhooks.phoneNumberID)",
        token="unused",
        server=app,
        webhook_endpoint="\(Webhooks.path)",
        verify_token="unused",
        app_secret="\(Webhooks.secret)",
    )


    @bot.on_message
    async def on_message(_, message):
        global received
        received += 1

    """
}
