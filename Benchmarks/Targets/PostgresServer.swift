import Foundation
import Synchronization

/// A PostgreSQL server of the benchmark's own: an ordinary user's, behind a Unix socket, synced as in
/// production.
final class PostgresServer: Sendable {
  /// What differs from PostgreSQL's own defaults: nobody else gets in, there is room for the
  /// connections of four nodes and of pgbench, and the memory that its manual starts with for a
  /// server of its own.
  private static let settings = [
    "listen_addresses=", "max_connections=200", "shared_buffers=1GB",
  ]
  /// The account Debian's package makes: PostgreSQL refuses to run as root.
  private static let ordinaryUser = "postgres"

  private let workplace: Workplace
  private let folder: String
  private let binaries: String
  private let server: Mutex<ChildProcess>

  /// Makes a cluster and starts its server.
  ///
  /// - Throws: `ChildProcessError` if PostgreSQL is not installed, or does not start.
  static func start(in workplace: Workplace) async throws -> PostgresServer {
    let binaries = try findBinaries()
    let folder = try workplace.emptyFolder("postgres")
    if getuid() == 0 {
      _ = try await ChildProcess.run(
        "/bin/chown",
        [ordinaryUser, folder],
        environment: workplace.environment,
        directory: folder,
        among: workplace.children
      )
    }
    _ = try await run(
      [
        "\(binaries)/initdb", "--pgdata=\(folder)/data", "--username=carewindow", "--auth=trust",
        "--no-locale", "--encoding=UTF8",
      ],
      folder,
      workplace
    )
    let child = try launch(binaries, folder, workplace)
    let postgres = PostgresServer(workplace, folder, binaries, child)
    do {
      try await postgres.waitUntilReady()
      return postgres
    } catch {
      await postgres.stop()
      throw error
    }
  }

  /// Runs a server while the work lasts, however that ends.
  static func play<Found>(
    in workplace: Workplace,
    _ work: (PostgresServer) async throws -> Found
  ) async throws -> Found {
    let postgres = try await start(in: workplace)
    return try await doing {
      try await work(postgres)
    } finally: {
      await postgres.stop()
    }
  }

  private init(_ workplace: Workplace, _ folder: String, _ binaries: String, _ child: ChildProcess)
  {
    self.workplace = workplace
    self.folder = folder
    self.binaries = binaries
    server = Mutex(child)
  }

  /// The address of a database, as CareWindow takes it.
  func address(_ database: String) -> String {
    "postgres://carewindow@/\(database)?host=\(folder)"
  }

  /// Makes an empty database.
  func make(_ database: String) async throws { try await sql("CREATE DATABASE \(database)") }

  /// Throws a database away, and writes what is left to disk, so that the next one starts as this
  /// one did.
  func drop(_ database: String) async throws {
    try await sql("DROP DATABASE IF EXISTS \(database) WITH (FORCE)")
    try await sql("CHECKPOINT")
  }

  /// Runs SQL; gives what `psql` printed, unaligned.
  @discardableResult
  func sql(_ sql: String, in database: String = "postgres") async throws -> String {
    try await command(
      "psql",
      [
        "--no-psqlrc", "--quiet", "--tuples-only", "--no-align", "--set=ON_ERROR_STOP=1",
        address(database), "--command=\(sql)",
      ]
    ).trimmingCharacters(in: .whitespacesAndNewlines)
  }

  /// Runs one of PostgreSQL's programs to its end; gives its standard output.
  func command(_ name: String, _ arguments: [String]) async throws -> String {
    try await Self.run(["\(binaries)/\(name)"] + arguments, folder, workplace)
  }

  /// The processor time of its sessions and helpers so far, in microseconds, by process.
  var processorMicroseconds: [Int32: Double] {
    var used: [Int32: Double] = [:]
    for pid in ProcessFigures.children(of: server.withLock(\.pid)) {
      used[pid] = ProcessFigures.processorMicroseconds(pid)
    }
    return used
  }

  /// Ends it as a power cut would, without finishing anything, and returns when it has ended.
  func crash() async throws { try await server.withLock(\.self).end(by: SIGQUIT) }

  /// Starts it again after a crash, and returns when it answers.
  func restart() async throws {
    let child = try Self.launch(binaries, folder, workplace)
    server.withLock { $0 = child }
    try await waitUntilReady()
  }

  /// Ends it, without waiting for whoever is connected, and throws its data away.
  func stop() async {
    let child = server.withLock(\.self)
    if child.isRunning { kill(child.pid, SIGINT) }
    await child.stop()
    try? FileManager.default.removeItem(atPath: folder)
  }

  private func waitUntilReady() async throws {
    let child = server.withLock(\.self)
    let stopwatch = Stopwatch()
    while child.isRunning, stopwatch.seconds < 60 {
      if (try? await sql("SELECT 1")) == "1" { return }
      try await Task.sleep(for: .milliseconds(5))
    }
    throw ChildProcessError(description: "PostgreSQL did not answer: \(child.output.suffix(800))")
  }

  private static func launch(
    _ binaries: String,
    _ folder: String,
    _ workplace: Workplace
  ) throws -> ChildProcess {
    let options = settings + ["unix_socket_directories=\(folder)"]
    let command = asOrdinaryUser(
      ["\(binaries)/postgres", "-D", "\(folder)/data"] + options.flatMap { ["-c", $0] }
    )
    return try ChildProcess(
      command[0],
      Array(command.dropFirst()),
      environment: workplace.environment,
      directory: folder,
      log: folder + "/postgres.log",
      among: workplace.children
    )
  }

  private static func run(
    _ command: [String],
    _ folder: String,
    _ workplace: Workplace
  ) async throws -> String {
    let command = asOrdinaryUser(command)
    return try await ChildProcess.run(
      command[0],
      Array(command.dropFirst()),
      environment: workplace.environment,
      directory: folder,
      among: workplace.children
    )
  }

  /// A command as an ordinary user's; it becomes the program itself, so that a signal reaches it.
  private static func asOrdinaryUser(_ command: [String]) -> [String] {
    guard getuid() == 0 else { return command }
    return ["/usr/bin/setpriv", "--reuid=\(ordinaryUser)", "--regid=\(ordinaryUser)"]
      + ["--init-groups"] + command
  }

  private static func findBinaries() throws -> String {
    let root = "/usr/lib/postgresql"
    let versions = (try? FileManager.default.contentsOfDirectory(atPath: root)) ?? []
    guard let newest = versions.compactMap({ Int($0) }).max() else {
      throw ChildProcessError(
        description: "PostgreSQL is not installed: Scripts/install-packages bench"
      )
    }
    return "\(root)/\(newest)/bin"
  }
}
