import Storage

/// What a thread's transactions leave behind, so that it can be looked up whether one was committed whose answer was lost.
///
/// - Why: the server's own word on a transaction (`pg_xact_status`) goes by a number, and after a crash it gives out again
///   the numbers of which nothing had reached the disk. It then says "committed" of somebody else's.
/// - How: a row for each thread of each process, in which every transaction counts itself.
/// - Otherwise: a row that is missing after a week in which the thread wrote nothing says "not committed"; no COMMIT is
///   looked up that late.
struct CommitMark {
  /// Whose transactions they are; empty until one is begun.
  private(set) var desk = ""
  /// How many transactions were begun.
  private(set) var count: Int64 = 0

  /// The lock under which the table is made: "carecomm" in ASCII, so that it is no other program's.
  private static let lock = 0x6361_7265_636F_6D6D

  /// Of a thread that never wrote.
  init() {}

  /// Makes a new name, and the engine's own tables if they are not there; removes the rows of threads that ended long ago.
  init(on connection: Connection) throws(StoreError) {
    let isThere = try connection.text(
      "SELECT to_regclass('commit_mark') IS NOT NULL AND to_regclass('apply_turn') IS NOT NULL"
    )
    if isThere.firstText != "t" {
      try connection.text(
        """
        SELECT pg_advisory_xact_lock(\(Self.lock));
        CREATE TABLE IF NOT EXISTS commit_mark (
          desk UUID PRIMARY KEY, count BIGINT NOT NULL, at TIMESTAMPTZ NOT NULL
        ) WITH (fillfactor = 20);
        \(ApplyTurn.creation)
        """
      )
    }
    let named = try connection.text(
      """
      DELETE FROM commit_mark WHERE at < now() - INTERVAL '7 days';
      SELECT gen_random_uuid()::text
      """
    )
    desk = named.firstText ?? ""
  }

  /// What the row says after the transaction begun last.
  var text: String { "\(count)" }

  /// The statement that reads the row.
  var query: String { "SELECT count FROM commit_mark WHERE desk = '\(desk)'" }

  /// The statement with which a transaction begins.
  ///
  /// It goes by the key, whatever the planner thinks of so small a table: who reads all of it would conflict with
  /// everybody who writes.
  mutating func next() -> String {
    count += 1
    return """
      INSERT INTO commit_mark (desk, count, at) VALUES ('\(desk)', \(count), now())
      ON CONFLICT (desk) DO UPDATE SET count = excluded.count, at = excluded.at
      """
  }
}
