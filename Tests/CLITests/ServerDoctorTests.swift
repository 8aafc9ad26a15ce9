import CloudAPI
import Foundation
import Support
import Testing

/// What `doctor` sees of a PostgreSQL server, and what it says of it.
@Suite struct ServerDoctorTests {
  private static let names = [
    "database", "database.version", "database.text", "database.primary", "database.durability",
    "database.connections", "database.encryption", "database.clock", "database.schema",
  ]

  /// What `doctor` says of one database with a number in it, after `spoil` has had a hand in it.
  private func examine(
    _ world: World,
    on server: PostgresServer? = nil,
    owner: String = "carewindow",
    spoiling spoil: (PostgresServer, String) throws -> Void = { _, _ in }
  ) async throws -> World.Outcome {
    let server = try server ?? .shared()
    let database = try server.makeDatabase()
    if owner != "carewindow" {
      try server.sql("CREATE ROLE \(owner) LOGIN; ALTER DATABASE \(database) OWNER TO \(owner)")
      try server.sql("ALTER SCHEMA public OWNER TO \(owner)", in: database)
    }
    let address = server.address(database)
      .replacingOccurrences(of: "carewindow@", with: "\(owner)@")
    let changes = Self.changes(address)
    try await world.addNumber(changes: changes)
    try spoil(server, database)
    return try await world.verb("doctor", "--json", changes: changes)
  }

  private static func changes(_ address: String) -> [String: String] {
    ["CAREWINDOW_DATABASE": address, "CAREWINDOW_SECRET_KEY": "the key of all nodes of a test"]
  }

  @Test func `a server that is as it should be is found well in everything`() async throws {
    let server = try PostgresServer(settings: [])
    try await World.run { world in
      let doctor = try await examine(world, on: server)
      for name in Self.names {
        #expect(doctor.check(name)?["ok"]?.flag == true, "\(name): \(doctor.output)")
        #expect(doctor.check(name)?["remedy"]?.text == nil, "\(name): \(doctor.output)")
      }
      let found = (doctor.json["checks"]?.items ?? []).compactMap { $0["name"]?.text }
      #expect(found.filter { $0.hasPrefix("database") } == Self.names)
      #expect(doctor.check("database.clock")?["detail"]?.text?.contains("within ") == true)
      #expect(doctor.json["journal"]?["entries"]?.integer == 0)
    }
  }

  /// What is done to a database as its administrator, which check finds it, and what is said.
  private static let troubles: [(sql: String, check: String, isWrong: Bool, words: [String])] = [
    ("SELECT 1", "database.durability", true, ["fsync = off", "fsync = on", "power cut"]),
    (
      pretending("clock_timestamp() RETURNS timestamptz", "pg_catalog.now() - interval '30 s'"),
      "database.clock", true, ["at least ", "ahead of the server's clock", "chrony"]
    ),
    (
      pretending("clock_timestamp() RETURNS timestamptz", "pg_catalog.now() + interval '90 s'"),
      "database.clock", true, ["behind the server's clock"]
    ),
    (
      pretending("inet_server_addr() RETURNS inet", "'203.0.113.7'::inet"), "database.encryption",
      true, ["in the clear", "sslmode=verify-full"]
    ),
    (
      pretending("inet_server_addr() RETURNS inet", "'10.1.2.3'::inet"), "database.encryption",
      false, ["not encrypted", "sslmode=verify-full"]
    ),
    (
      pretending("inet_server_addr() RETURNS inet", "'10.1.2.3'::inet")
        + """
        ; CREATE TABLE pg_stat_ssl AS SELECT pid, 'TLSv1.3'::text AS version
          FROM generate_series(1, 4194304) AS pid
        """, "database.encryption", false, ["TLSv1.3", "right server"]
    ),
    (
      """
      INSERT INTO migration VALUES (98, 'be next', 99, 0), (99, 'tell the future', 99, 0)
      """, "database.schema", true,
      ["newer", "tell the future", "backup"]
    ),
  ]

  /// Puts a function in the place of the server's own.
  private static func pretending(_ signature: String, _ value: String) -> String {
    """
    CREATE FUNCTION public.\(signature) AS $$ SELECT \(value) $$ LANGUAGE sql;
    DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET search_path = public, pg_catalog',
      current_database()); END $$
    """
  }

  @Test(arguments: troubles.indices)
  func `what is wrong with a server is found, with what to do`(index: Int) async throws {
    let trouble = Self.troubles[index]
    try await World.run { world in
      let doctor = try await examine(world) { server, database in
        try server.sql(trouble.sql, in: database)
      }
      // Its server syncs nothing, so something is always wrong.
      #expect(doctor.status == 1)
      let check = try #require(doctor.check(trouble.check), "\(doctor.output) \(doctor.errors)")
      let ok = check.members.first { $0.key == "ok" }?.value
      #expect(ok == (trouble.isWrong ? .bool(false) : .null), "\(check)")
      let said = "\(check["detail"]?.text ?? "") \(check["remedy"]?.text ?? "")"
      for word in trouble.words { #expect(said.contains(word), "\(check)") }
      #expect(check["remedy"]?.text?.isEmpty == false)
    }
  }

  @Test(arguments: [(11, false), (12, true)])
  func `a server needs room for one more node`(limit: Int, isEnough: Bool) async throws {
    try await World.run { world in
      let owner = "narrow_\(limit)"
      let doctor = try await examine(world, owner: owner) { server, _ in
        try server.sql("ALTER ROLE \(owner) CONNECTION LIMIT \(limit)")
      }
      let check = try #require(doctor.check("database.connections"), "\(doctor.output)")
      #expect(check["ok"]?.flag == isEnough, "\(check)")
      #expect(check["detail"]?.text?.hasPrefix("\(limit) of ") == true, "\(check)")
      #expect((check["remedy"]?.text?.contains("max_connections") ?? false) == !isEnough)
    }
  }

  @Test func `a standby is called one, and not asked for more`() async throws {
    let primary = try PostgresServer()
    let standby = try PostgresServer(following: primary)
    try await World.run { world in
      let changes = Self.changes(standby.address("postgres"))
      let doctor = try await world.verb("doctor", "--json", changes: changes)
      #expect(doctor.status == 1)
      #expect(doctor.check("database")?["ok"]?.flag == false)
      let check = doctor.check("database.primary")
      #expect(check?["ok"]?.flag == false, "\(doctor.output)")
      #expect(check?["remedy"]?.text?.contains("host1,host2") == true, "\(doctor.output)")
    }
  }

  @Test func `a collation of another order, and a server that is not there, are said`()
    async throws
  {
    try await World.run { world in
      let server = try PostgresServer.shared()
      try server.sql("CREATE DATABASE other_text TEMPLATE template0 LOCALE 'C.UTF-8'")
      let other = try await world.verb(
        "doctor",
        "--json",
        changes: Self.changes(server.address("other_text"))
      )
      #expect(other.status == 1)
      #expect(other.check("database.text")?["ok"]?.flag == false, "\(other.output)")
      #expect(other.check("database.text")?["remedy"]?.text?.contains("--locale=C") == true)
      let nowhere = try await world.verb(
        "doctor",
        "--json",
        changes: Self.changes("postgres://carewindow:word@127.0.0.1:1/carewindow")
      )
      #expect(nowhere.status == 1)
      let check = nowhere.check("database")
      #expect(check?["remedy"]?.text?.contains("pg_hba.conf") == true, "\(nowhere.output)")
      #expect(!nowhere.output.contains("word@"))
    }
  }

  @Test func `doctor makes no table`() async throws {
    try await World.run { world in
      let server = try PostgresServer.shared()
      let database = try server.makeDatabase()
      let doctor = try await world.verb(
        "doctor",
        "--json",
        changes: Self.changes(server.address(database))
      )
      #expect(doctor.check("database")?["detail"]?.text?.contains("is empty") == true)
      let tables = "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'"
      #expect(try server.sql(tables, in: database) == "0")
    }
  }

  @Test(arguments: [(0, true), (-30, false), (90, false)])
  func `this machine's clock is compared with Meta's`(offset: Int, agrees: Bool) async throws {
    try await World.run { world in
      let meta = try await world.receiver(environment: ["CLOCK_OFFSET": "\(offset)"])
      try await world.addNumber()
      let doctor = try await world.verb(
        "doctor",
        "--json",
        changes: ["CAREWINDOW_META_URL": meta.base, "CAREWINDOW_CLOCK": ""]
      )
      let check = try #require(doctor.check("clock"), "\(doctor.output)")
      #expect(check["ok"]?.flag == agrees, "\(check)")
      #expect((check["remedy"]?.text?.contains("chrony") ?? false) == !agrees, "\(check)")
    }
  }
}
