import Foundation
import Synchronization

/// A PostgreSQL server of the tests' own: an ordinary user's, in a temporary folder, behind a Unix socket.
///
/// It ends with the process that started it, however that ends: a shell starts and stops it as it is told, and at the end of
/// its input stops it and removes its folder.
package final class PostgresServer: Sendable {
  /// Something about the server did not work.
  package struct Trouble: Error, CustomStringConvertible {
    /// What was missing, or what was said.
    package let description: String
  }

  /// One server for all tests that only need a database of their own.
  ///
  /// - Throws: `Trouble`.
  package static func shared() throws -> PostgresServer { try common.get() }

  private static let common = Result { try PostgresServer() }

  /// The folder with its data, socket and log.
  package let folder: String
  private let binaries: String
  /// To whoever starts and stops the server, and ends it when this is closed.
  private let orders: FileHandle
  /// Whether it did what it was told: 0, or 1.
  private let reports: FileHandle
  private let databases = Mutex(0)
  /// The port it listens on; its socket is named by it, too.
  private let port: Int

  /// Makes a cluster and starts its server.
  ///
  /// - Parameter settings: Lines of `postgresql.conf`; by default nothing is synced, because nobody
  ///   pulls the plug.
  /// - Throws: `Trouble`.
  package convenience init(settings: [String] = ["fsync = off"]) throws {
    try self.init(settings: settings) { binaries, data in
      try OrdinaryUser.run(Self.makeCluster(binaries, data, ["--auth=trust"]))
    }
  }

  /// Starts a server that takes encrypted connections only, over TCP on loopback, with a password by SCRAM; and by its
  /// socket as every other, for the administrator.
  ///
  /// Its certificate is for `localhost`, made anew, and signed by itself: `certificate` is its file.
  ///
  /// - Parameter port: A free one.
  /// - Throws: `Trouble`.
  package convenience init(securedOn port: Int) throws {
    try self.init(
      port: port,
      settings: [
        "fsync = off", "listen_addresses = '127.0.0.1'", "ssl = on",
        "password_encryption = 'scram-sha-256'",
      ]
    ) { binaries, data in
      try OrdinaryUser.run(
        Self.makeCluster(binaries, data, ["--auth-local=trust", "--auth-host=scram-sha-256"])
      )
      try OrdinaryUser.run(
        [
          "/bin/sh", "-c",
          """
          printf '%s\\n' 'local all all trust' 'hostssl all all 127.0.0.1/32 scram-sha-256' > \(data)/pg_hba.conf
          """,
        ]
      )
      try Self.makeCertificate(in: data)
    }
  }

  /// The file of the server's certificate, if it has one.
  package var certificate: String { "\(folder)/data/server.crt" }

  /// Makes a certificate for `localhost` that nobody has signed but itself, with its key.
  ///
  /// - Parameter folder: Where `server.crt` and `server.key` are written.
  /// - Throws: `Trouble`.
  package static func makeCertificate(in folder: String) throws {
    try OrdinaryUser.run(
      [
        "openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1",
        "-nodes",
        "-days", "2", "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost",
        "-keyout", "\(folder)/server.key", "-out", "\(folder)/server.crt",
      ]
    )
    try OrdinaryUser.run(["chmod", "600", "\(folder)/server.key"])
  }

  private static func makeCluster(
    _ binaries: String,
    _ data: String,
    _ options: [String]
  ) -> [String] {
    ["\(binaries)/initdb", "--pgdata=\(data)", "--username=carewindow"]
      + ["--no-locale", "--encoding=UTF8", "--no-sync"] + options
  }

  /// Starts a server that follows another one.
  ///
  /// - Parameter primary: Whose changes it repeats.
  /// - Throws: `Trouble`.
  package convenience init(following primary: PostgresServer) throws {
    try self.init { binaries, data in
      try OrdinaryUser.run(
        ["\(binaries)/pg_basebackup", "--pgdata=\(data)", "--write-recovery-conf", "--no-sync"]
          + ["--checkpoint=fast", "--host=\(primary.folder)", "--username=carewindow"]
      )
    }
  }

  private init(
    port: Int = 5432,
    settings: [String] = [],
    make: (_ binaries: String, _ data: String) throws -> Void
  ) throws {
    self.port = port
    binaries = try Self.findBinaries()
    // A socket's path has at most 107 bytes, so it is not made in the tests' own temporary folder.
    folder = try OrdinaryUser.run(["/usr/bin/mktemp", "-d", "/tmp/carewindow-postgres-XXXXXX"])
    let (input, output) = (Pipe(), Pipe())
    orders = input.fileHandleForWriting
    reports = output.fileHandleForReading
    // It is not waited for: it ends after the tests.
    _ = try Spawn(
      OrdinaryUser.words(
        [
          "/bin/sh", "-c",
          """
          control() {
            if \(binaries)/pg_ctl "$@" --wait --pgdata=\(folder)/data > /dev/null; then echo 0; else echo 1; fi
          }
          while read -r verb; do
            case $verb in
              start) control start --log=\(folder)/log ;;
              crash) control stop --mode=immediate ;;
            esac
          done
          \(binaries)/pg_ctl stop --mode=immediate --pgdata=\(folder)/data > /dev/null
          rm -rf \(folder)
          """,
        ]
      ),
      in: "/tmp",
      input: input.fileHandleForReading.fileDescriptor,
      output: output.fileHandleForWriting.fileDescriptor
    )
    try input.fileHandleForReading.close()
    try output.fileHandleForWriting.close()
    try make(binaries, "\(folder)/data")
    try OrdinaryUser.write(
      [
        "listen_addresses = ''", "unix_socket_directories = '\(folder)'", "max_connections = 500",
        "shared_buffers = '32MB'", "port = \(port)",
      ] + settings,
      to: "\(folder)/data/postgresql.conf"
    )
    try start()
  }

  /// The address of a database.
  package func address(_ database: String) -> String {
    "postgres://carewindow@/\(database)?host=\(folder)&port=\(port)"
  }

  /// The address of a database over TCP, with a password.
  ///
  /// - Parameters:
  ///   - database: Its name.
  ///   - password: The user's.
  ///   - host: What the server is called.
  ///   - query: What else the address says: `sslmode=…`.
  /// - Returns: The address, as an engine takes it.
  package func address(
    _ database: String,
    password: String,
    host: String = "localhost",
    _ query: String = ""
  ) -> String {
    "postgres://carewindow:\(password)@\(host):\(port)/\(database)?\(query)"
  }

  /// Makes a new, empty database.
  ///
  /// - Returns: Its name.
  /// - Throws: `Trouble`, with what the server said.
  package func makeDatabase() throws -> String {
    let number = databases.withLock { count in
      count += 1
      return count
    }
    try sql("CREATE DATABASE test_\(number)")
    return "test_\(number)"
  }

  /// Runs SQL as the administrator.
  ///
  /// - Parameters:
  ///   - sql: What to run.
  ///   - database: Where.
  /// - Returns: What `psql` printed, unaligned.
  /// - Throws: `Trouble`, with what the server said.
  @discardableResult
  package func sql(_ sql: String, in database: String = "postgres") throws -> String {
    try OrdinaryUser.run(
      ["\(binaries)/psql", "--no-psqlrc", "--quiet", "--tuples-only", "--no-align"]
        + ["--set=ON_ERROR_STOP=1", address(database), "--command=\(sql)"]
    )
  }

  /// Copies a database into a new one as a backup and its way back do.
  ///
  /// - Parameter address: Of the database, while others may use it.
  /// - Returns: The address of the new one.
  /// - Throws: `Trouble`, with what the tools said.
  package func restore(dumpOf address: String) throws -> String {
    let copy = self.address(try makeDatabase())
    let file = "\(folder)/copy.dump"
    try OrdinaryUser.run(["\(binaries)/pg_dump", "--format=custom", "--file=\(file)", address])
    try OrdinaryUser.run(
      ["\(binaries)/pg_restore", "--exit-on-error", "--no-owner", "--dbname=\(copy)", file]
    )
    return copy
  }

  /// Starts it, and returns when it answers.
  ///
  /// - Throws: `Trouble`, with its log.
  package func start() throws {
    guard try obeys("start") else {
      let log = try? String(contentsOfFile: "\(folder)/log", encoding: .utf8)
      throw Trouble(description: "PostgreSQL did not start: \(log ?? "it wrote no log")")
    }
  }

  /// Ends it as a power cut would: nothing is finished.
  ///
  /// - Throws: `Trouble`.
  package func crash() throws {
    guard try obeys("crash") else { throw Trouble(description: "PostgreSQL did not stop") }
  }

  /// Makes a server that follows another one a primary of its own.
  ///
  /// - Throws: `Trouble`.
  package func promote() throws { try sql("SELECT pg_promote()") }

  /// Tells the guardian what to do, and waits until it is done.
  private func obeys(_ verb: String) throws -> Bool {
    try orders.write(contentsOf: Array("\(verb)\n".utf8))
    return try reports.read(upToCount: 2) == Data("0\n".utf8)
  }

  private static func findBinaries() throws -> String {
    let root = "/usr/lib/postgresql"
    let versions = (try? FileManager.default.contentsOfDirectory(atPath: root)) ?? []
    guard let newest = versions.compactMap({ Int($0) }).max() else {
      throw Trouble(description: "No PostgreSQL server here: apt-get install postgresql")
    }
    return "\(root)/\(newest)/bin"
  }
}

/// Whoever may run PostgreSQL, which refuses root.
private enum OrdinaryUser {
  /// A command as an ordinary user's.
  static func words(_ command: [String]) -> [String] {
    getuid() == 0 ? ["/usr/sbin/runuser", "-u", "postgres", "--"] + command : command
  }

  /// Runs a command to its end; gives what it printed.
  @discardableResult
  static func run(_ command: [String]) throws -> String {
    try Spawn.run(words(command), in: "/tmp")
  }

  /// Adds lines to a file.
  static func write(_ lines: [String], to file: String) throws {
    try run(
      ["/bin/sh", "-c", "file=$1; shift; printf '%s\\n' \"$@\" >> $file", "sh", file] + lines
    )
  }
}
