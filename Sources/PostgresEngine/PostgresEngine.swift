import Foundation
package import Storage

/// The seam over PostgreSQL: any number of processes on one database.
///
/// - Why: a company that outgrows one machine starts more nodes, and leaves high availability to PostgreSQL's own
///   tools.
/// - How: a bounded number of threads with a connection each. Units are transactions, SERIALIZABLE and run again
///   when they meet (`Transaction`); webhooks that wait share one; applying goes on in one place at a time (`ApplyTurn`).
///   The server puts commits together by itself.
/// - Advice: one engine per process. Give the database the collation C, so that text has the order it has everywhere.
package final class PostgresEngine: SQLEngine {
  /// How an engine behaves; the defaults are for production.
  package struct Options: Sendable {
    /// How many transactions run at once for whom somebody outside waits.
    package var urgentWriters = 4
    /// How many transactions run at once for whom nobody outside waits; applying has one more for itself.
    package var patientWriters = 2
    /// How many snapshots are read at once.
    package var readers = 4
    /// How many webhooks share one transaction at most.
    package var webhooksPerTransactionMax = 64
    /// How often a transaction that met another is run again, beside others; then it runs alone.
    package var triesMax = 5
    /// How long connecting may take, and how long what was sent may stay unreceived, in whole seconds.
    ///
    /// Nodes and server share a data centre: a second is a lost packet sent again twice.
    package var connectTimeout: Duration = .seconds(3)
    /// How long a unit waits for a server that went away.
    ///
    /// Meta gives a webhook about 20 s, and a server that changes its role takes a few.
    package var outageMax: Duration = .seconds(8)
    /// How long one statement may take, and how long a transaction may stand still.
    ///
    /// Statements take milliseconds; with the silence that is allowed beyond it, an answer comes within the 20 s that
    /// Meta waits for.
    package var statementTimeout: Duration = .seconds(15)
    /// How long one statement may wait for a lock.
    ///
    /// Long enough for a node that changes the tables, short enough to be told apart from a statement that takes long.
    package var lockTimeout: Duration = .seconds(10)
    /// How long one statement may take that changes the tables: an index over some hundred million rows.
    package var migrationTimeout: Duration = .seconds(3600)
    /// How often other nodes are told to look again at most.
    ///
    /// Each time takes a lock on the whole database's notifications for a moment: 20 times a second are few for a
    /// server, and a wait that nobody notices.
    package var tellingPause: Duration = .milliseconds(50)

    /// The defaults.
    package init() {}

    /// How long a node waits for its turn at applying, before it goes without.
    ///
    /// Some dozens of turns of other nodes; whoever keeps it longer hangs, or is cut off.
    package var turnMax: Duration = .seconds(1)
    /// How long a node goes without turns after it waited in vain: as long as the server lets a session hang that was cut off.
    package var withoutTurns: Duration = .seconds(15)

    /// How many connections a node has at most, the one for wake-ups included.
    package var connectionsMax: Int { urgentWriters + 1 + patientWriters + readers + 1 }

    /// How long the server may be silent before its connection is given up: it ends a statement by itself before.
    var silenceMax: Duration { statementTimeout + connectTimeout }
  }

  /// How PostgreSQL writes what databases write differently.
  package var dialect: SQLDialect { .postgres }

  /// Any number of nodes serve one database.
  package let isShared = true

  private let urgent: Crew
  private let applying: Crew
  private let patient: Crew
  private let readers: Crew
  private let herald: Herald

  /// Connects to a database.
  ///
  /// - Parameters:
  ///   - address: `postgres://user:password@host:port/database`, as libpq reads it.
  ///   - options: How the engine behaves.
  ///   - elapsed: Elapsed time since any fixed instant; measures how long the server is away.
  /// - Throws: `StoreError` with code `unavailable`: nobody answers, or the database is not fit for us.
  package init(
    address: String,
    options: Options = Options(),
    elapsed: @escaping @Sendable () -> Duration
  ) throws(StoreError) {
    try Self.inspect(try Connection(address, options))
    herald = try Herald(address, options, elapsed: elapsed)
    let transaction = Transaction(address: address, options: options, elapsed: elapsed)
    let together = options.webhooksPerTransactionMax
    urgent = Crew("carewindow-urgent", count: options.urgentWriters, together: together) {
      transaction.run($0, at: $1)
    }
    applying = Crew("carewindow-apply", count: 1, together: together) {
      transaction.run($0, at: $1)
    }
    patient = Crew("carewindow-patient", count: options.patientWriters, together: together) {
      transaction.run($0, at: $1)
    }
    readers = Crew("carewindow-read", count: options.readers, together: 1) { units, desk in
      for unit in units { transaction.read(unit, at: desk) }
    }
  }

  deinit {
    for crew in [urgent, applying, patient, readers] { crew.close() }
    herald.close()
  }

  /// Runs a unit in a transaction; it is durable when its answer comes.
  package func write<Answer: Sendable>(
    _ priority: WritePriority,
    _ unit: @escaping @Sendable (any SQLUnit) throws -> Answer,
    answered: @escaping @Sendable (Result<Answer, StoreError>) -> Void
  ) {
    crew(for: priority).enqueue(QueuedUnit(priority, unit, answered: answered))
  }

  /// Runs a unit that cannot write, over what was committed when it began.
  package func read<Answer: Sendable>(
    _ unit: @escaping @Sendable (any SQLUnit) throws -> Answer
  ) async throws(StoreError) -> Answer {
    let result: Result<Answer, StoreError> = await withCheckedContinuation { continuation in
      readers.enqueue(QueuedUnit(.rest, unit) { continuation.resume(returning: $0) })
    }
    return try result.get()
  }

  /// Runs a unit while no other unit of any process runs.
  package func writeAlone<Answer: Sendable>(
    _ unit: @escaping @Sendable (any SQLUnit) throws -> Answer
  ) async throws(StoreError) -> Answer {
    let result: Result<Answer, StoreError> = await withCheckedContinuation { continuation in
      patient.enqueue(
        QueuedUnit(.rest, isAlone: true, unit) { continuation.resume(returning: $0) }
      )
    }
    return try result.get()
  }

  /// Moves with every commit of anybody.
  package func changeToken() async throws(StoreError) -> Int64 {
    try await read { unit in
      try unit.first(
        "SELECT CAST(CAST(pg_snapshot_xmax(pg_current_snapshot()) AS TEXT) AS BIGINT) AS token"
      ) { row in try row.integer("token") } ?? 0
    }
  }

  /// Tells the other nodes by NOTIFY, outside every transaction of a flow.
  package func tell(_ news: News) { herald.tell(news) }

  /// Hears by LISTEN, on a thread and a connection of its own.
  package func listen(_ heard: @escaping @Sendable (News) -> Void) { herald.listen(heard) }

  /// Ends the units that wait, and lets go of the connections.
  package func close() async throws(StoreError) {
    let (crews, herald) = ([urgent, applying, patient, readers], herald)
    await withCheckedContinuation { continuation in
      // Waiting for threads is nothing for the cooperative pool.
      Thread.detachNewThread {
        for crew in crews { crew.finish() }
        herald.finish()
        continuation.resume()
      }
    }
  }

  /// How many units of work wait for a connection.
  package var waiting: Int { urgent.waiting + applying.waiting + patient.waiting }

  private func crew(for priority: WritePriority) -> Crew {
    switch priority {
    case .journal, .gate: urgent
    case .apply: applying
    case .rest: patient
    }
  }

  /// The oldest server that has all that is used here, in the way in which the server counts.
  package static var versionMin: Int { 130_000 }
  /// Encodings and collations with which text is the same, and in the same order, as everywhere.
  static let textsAllowed: Set = ["UTF8 C", "UTF8 POSIX"]

  /// Looks whether the database is fit for us.
  private static func inspect(_ connection: Connection) throws(StoreError) {
    let version = try connection.text("SHOW server_version_num").firstText.flatMap { Int($0) } ?? 0
    guard version >= versionMin else {
      throw StoreError(
        code: .unavailable,
        message: """
          The server is PostgreSQL \(version / 10_000); \(versionMin / 10_000) or newer is needed
          """
      )
    }
    let found =
      try connection.text(
        """
        SELECT pg_encoding_to_char(encoding) || ' ' || datcollate FROM pg_database
        WHERE datname = current_database()
        """
      ).firstText ?? "unknown"
    guard textsAllowed.contains(found) else {
      throw StoreError(
        code: .unavailable,
        message: """
          The database has the encoding and collation \(found), and needs UTF8 and C. Make one with: \
          CREATE DATABASE carewindow TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C'
          """
      )
    }
  }
}
