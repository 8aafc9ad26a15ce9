import Foundation
package import Storage

/// What a server says of itself, whatever it says: for whoever judges whether it is fit.
package struct ServerReport: Sendable {
  /// How far away the server is.
  package enum Distance: String, Sendable {
    /// On this machine: a Unix socket, or loopback.
    case local
    /// In a private network.
    case near
    /// Somewhere else.
    case far
  }

  /// How many connections there are and may be.
  package struct Connections: Sendable {
    /// How many the server takes from ordinary users.
    package var max: Int
    /// How many more it takes from us now, limits of the database and of its user included.
    package var free: Int
    /// How many nodes and verbs of ours have on this database, this one left out.
    package var ours: Int
  }

  /// Three clocks, in milliseconds since 1970: ours before the question, the server's, ours after the answer.
  package struct Clocks: Sendable {
    /// Ours before the question.
    package var before: Int64
    /// The server's.
    package var server: Int64
    /// Ours after the answer.
    package var after: Int64
  }

  /// Its version, as people write it.
  package var version: String
  /// Whether it has all that is used here.
  package var isNewEnough: Bool
  /// Encoding and collation of the database, with a space between.
  package var text: String
  /// Whether text is the same, and in the same order, as everywhere.
  package var hasOurText: Bool
  /// Whether it can be written to, as a standby cannot.
  package var isPrimary: Bool
  /// Settings without which an answer may be lost in a power cut, and what they are for us.
  package var durability: [(name: String, value: String)]
  /// How many connections there are and may be.
  package var connections: Connections
  /// How far away it is.
  package var distance: Distance
  /// The version of TLS; `nil` when nothing is encrypted.
  package var encryption: String?
  /// Whether the server's certificate and name are checked.
  package var isVerified: Bool
  /// What the clocks showed.
  package var clocks: Clocks

  /// Asks a server, a standby too if no other answers.
  ///
  /// - Parameters:
  ///   - address: As an engine takes it.
  ///   - wall: This machine's clock, in milliseconds since 1970.
  /// - Returns: What it says.
  /// - Throws: `StoreError` with code `unavailable`: nobody answers.
  package static func ask(
    _ address: String,
    wall: @escaping @Sendable () -> Int64
  ) async throws(StoreError) -> ServerReport {
    let result: Result<ServerReport, StoreError> = await withCheckedContinuation { continuation in
      // libpq's calls block: they are nothing for the cooperative pool.
      Thread.detachNewThread {
        continuation.resume(
          returning: Result { () throws(StoreError) in
            try ServerReport(asking: try reach(address), wall: wall)
          }
        )
      }
    }
    return try result.get()
  }

  private static func reach(_ address: String) throws(StoreError) -> Connection {
    let options = PostgresEngine.Options()
    do {
      return try Connection(address, options)
    } catch {
      // Perhaps it is there, and is only not to be written to.
      guard let connection = try? Connection(address, options, writes: false) else { throw error }
      return connection
    }
  }

  /// Its own column `reserved_connections` came with PostgreSQL 16; `clock_timestamp()` is asked alone, so
  /// that nothing else takes time between the two looks at our clock.
  private static let question = """
    SELECT current_setting('server_version'), current_setting('server_version_num'),
      pg_encoding_to_char(d.encoding) || ' ' || d.datcollate, pg_is_in_recovery()::text,
      current_setting('fsync'), current_setting('full_page_writes'),
      current_setting('synchronous_commit'),
      current_setting('max_connections')::int
        - current_setting('superuser_reserved_connections')::int
        - COALESCE(current_setting('reserved_connections', true), '0')::int,
      (SELECT sum(numbackends) FROM pg_stat_database) - 1,
      NULLIF(d.datconnlimit, -1) - (SELECT numbackends FROM pg_stat_database
        WHERE datid = d.oid) + 1,
      NULLIF(r.rolconnlimit, -1) - (SELECT count(*) FROM pg_stat_activity
        WHERE usesysid = r.oid) + 1,
      (SELECT count(*) FROM pg_stat_activity WHERE application_name LIKE 'carewindow%'
        AND datid = d.oid AND pid <> pg_backend_pid()),
      CASE WHEN inet_server_addr() IS NULL OR inet_server_addr() = inet_client_addr()
          OR inet_server_addr() <<= ANY (ARRAY['127.0.0.0/8', '::1']::inet[]) THEN 'local'
        WHEN inet_server_addr() <<= ANY (ARRAY['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16',
          'fc00::/7', '169.254.0.0/16', 'fe80::/10']::inet[]) THEN 'near' ELSE 'far' END,
      (SELECT version FROM pg_stat_ssl WHERE pid = pg_backend_pid())
    FROM pg_database d JOIN pg_roles r ON r.rolname = current_user
    WHERE d.datname = current_database()
    """

  private init(asking connection: Connection, wall: () -> Int64) throws(StoreError) {
    let row = try connection.text(Self.question).firstRow
    guard row.count == 14 else {
      throw StoreError.misuse("The server says nothing of the database it serves")
    }
    func number(_ column: Int) -> Int? { row[column].flatMap { Int($0) } }
    version = row[0] ?? "?"
    isNewEnough = (number(1) ?? 0) >= PostgresEngine.versionMin
    text = row[2] ?? "unknown"
    hasOurText = PostgresEngine.textsAllowed.contains(text)
    isPrimary = row[3] == "false"
    durability = [
      ("fsync", row[4] ?? "?"), ("full_page_writes", row[5] ?? "?"),
      ("synchronous_commit", row[6] ?? "?"),
    ]
    let most = number(7) ?? 0
    let free = [most - (number(8) ?? 0), number(9), number(10)].compactMap { $0 }.min() ?? 0
    connections = Connections(max: most, free: free, ours: number(11) ?? 0)
    distance = row[12].flatMap(Distance.init(rawValue:)) ?? .far
    encryption = row[13]
    isVerified = connection.parameter("sslmode") == "verify-full"
    let before = wall()
    let server = try connection.text(
      "SELECT floor(extract(epoch FROM clock_timestamp()) * 1000)::bigint"
    ).firstText
    clocks = Clocks(before: before, server: server.flatMap { Int64($0) } ?? 0, after: wall())
  }
}
