import Foundation
import PostgresEngine
import Storage
import Support
import Testing

/// Who may come in, and whom we believe to be the server.
@Suite(.timeLimit(.minutes(5))) struct `A server that asks for a password and for encryption` {
  private static let password = "open-sesame-42"
  private static let server = Result {
    let server = try PostgresServer(securedOn: try FreePort.number())
    try server.sql("ALTER ROLE carewindow PASSWORD '\(password)'")
    return server
  }

  @Test(arguments: ["sslmode=require", "sslmode=verify-full&sslrootcert=CERTIFICATE", ""])
  func `lets in who knows the password, and nobody else can read along`(
    _ query: String
  ) async throws {
    let server = try Self.server.get()
    let query = query.replacing("CERTIFICATE", with: server.certificate)
    let engine = try ScratchPostgres.engine(
      server.address("postgres", password: Self.password, query)
    )
    let isEncrypted = try await engine.read { unit in
      try unit.first("SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()") {
        try $0.integer("ssl")
      }
    }
    #expect(isEncrypted == 1)
    let kind = try server.sql(
      "SELECT substr(rolpassword, 1, 13) FROM pg_authid WHERE rolname = 'carewindow'"
    )
    #expect(kind == "SCRAM-SHA-256")
    try await engine.close()
  }

  /// What is wrong, and what is said to be done.
  static let wrongs: [(password: String, host: String, query: String, remedy: String)] = [
    (
      "not-it", "localhost", "sslmode=require",
      "Correct the user or the password in CAREWINDOW_DATABASE"
    ),
    ("", "localhost", "sslmode=require", "Put the password into CAREWINDOW_DATABASE"),
    (password, "localhost", "sslmode=disable", "add ?sslmode=verify-full to CAREWINDOW_DATABASE"),
    (
      password, "localhost", "sslmode=verify-full&sslrootcert=OTHER",
      "The server's certificate is not signed by the authority in sslrootcert"
    ),
    (
      password, "localhost", "sslmode=verify-full&sslrootcert=/nowhere.crt",
      "Name the file of the authority that signed the server's certificate"
    ),
    (
      password, "127.0.0.1", "sslmode=verify-full&sslrootcert=CERTIFICATE",
      "Use the host name that the server's certificate was made for"
    ),
  ]

  @Test(arguments: wrongs)
  func `is told apart from another one, and what is wrong is said without the password`(
    _ wrong: (password: String, host: String, query: String, remedy: String)
  ) throws {
    let server = try Self.server.get()
    let other = FileManager.default.temporaryDirectory
      .appending(path: "carewindow-\(UUID().uuidString)")
    try FileManager.default.createDirectory(
      at: other,
      withIntermediateDirectories: true,
      attributes: [.posixPermissions: 0o777]
    )
    defer { try? FileManager.default.removeItem(at: other) }
    if wrong.query.contains("OTHER") { try PostgresServer.makeCertificate(in: other.path) }
    let query = wrong.query.replacing("CERTIFICATE", with: server.certificate)
      .replacing("OTHER", with: other.path + "/server.crt")
    let error = #expect(throws: StoreError.self) {
      try ScratchPostgres.engine(
        server.address("postgres", password: wrong.password, host: wrong.host, query)
      )
    }
    #expect(error?.code == .unavailable)
    #expect(error?.message.contains(wrong.remedy) == true, "\(String(describing: error))")
    for secret in [Self.password, "not-it"] {
      #expect(error?.description.contains(secret) == false)
    }
  }

  @Test func `a server whose certificate is not asked for takes no encryption it has not`() throws {
    let server = try PostgresServer.shared()
    let error = #expect(throws: StoreError.self) {
      try ScratchPostgres.engine(server.address("postgres") + "&sslmode=require&hostaddr=127.0.0.1")
    }
    #expect(error?.code == .unavailable)
  }

  @Test func `a server that has no connection left says how many a node takes`() throws {
    let server = try PostgresServer.shared()
    try server.sql("CREATE ROLE nobody_left LOGIN CONNECTION LIMIT 0")
    let database = try server.makeDatabase()
    let address = server.address(database).replacing("carewindow@", with: "nobody_left@")
    let error = #expect(throws: StoreError.self) { try ScratchPostgres.engine(address) }
    #expect(error?.code == .unavailable)
    #expect(error?.message.contains("A node takes up to 12 connections") == true)
  }
}
