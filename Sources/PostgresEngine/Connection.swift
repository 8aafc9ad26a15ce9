import CLibPQ
import Storage

/// One connection to the server.
///
/// Used by one thread at a time, which waits for each answer: so it is never used on the cooperative
/// pool or on an event loop. It waits for a bounded time only: a server that hangs, or a network that
/// swallows what is sent, looks like a server that is busy, and says nothing either.
final class Connection {
  private let handle: OpaquePointer
  private let options: PostgresEngine.Options
  private var statements: [String: Prepared] = [:]
  /// Which history of the database the server writes: it changes when a standby takes over.
  private(set) var timeline = ""
  /// The number of the server's process at the other end, also after the connection broke.
  private(set) var process: Int32 = 0
  /// Whether the connection broke, or the server is about to end it.
  private(set) var isLost = false

  private struct Prepared {
    let name: String
    let names: [String]
  }

  /// How many statements are kept prepared; a hundred are in use, more only by lists of many lengths.
  private static let statementsMax = 512

  /// Connects.
  ///
  /// - Parameters:
  ///   - address: `postgres://…`, as libpq reads it.
  ///   - options: How long the server may take.
  ///   - name: What the server's administrator sees it called.
  ///   - writes: False for one that only looks, at whichever server answers.
  /// - Throws: `StoreError` with code `unavailable`.
  init(
    _ address: String,
    _ options: PostgresEngine.Options,
    name: String = "carewindow",
    writes: Bool = true
  ) throws(StoreError) {
    let attempt = "Connecting to PostgreSQL"
    guard let handle = Self.connect(address, options, name, writes: writes) else {
      throw StoreError(code: .unavailable, message: "\(attempt): out of memory")
    }
    self.handle = handle
    self.options = options
    guard PQstatus(handle) == CONNECTION_OK else {
      throw StoreError(unconnected: handle, attempting: attempt)
    }
    // What the server says beside its answers is of no use here, and would go to standard error.
    PQsetNoticeProcessor(handle, { _, _ in }, nil)
    // A peer that reads nothing must not hold a thread either.
    guard PQsetnonblocking(handle, 1) == 0 else {
      throw StoreError(lost: handle, attempting: attempt)
    }
    process = PQbackendPID(handle)
    try prepare()
    // A standby has no position of its own to write at.
    guard writes else { return }
    timeline =
      try text("SELECT substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8)").firstText ?? ""
  }

  deinit { PQfinish(handle) }

  /// Sends statements without parameters; gives the answer to the last.
  ///
  /// `silence` is how long the server may say nothing, for statements that may take longer than others.
  @discardableResult
  func text(_ sql: String, silence: Duration? = nil) throws(StoreError) -> QueryResult {
    try answer(PQsendQuery(handle, sql), attempting: "Running: \(sql)", silence: silence)
  }

  /// A parameter that the connection was made with, by libpq's name for it; `nil` when it has none.
  func parameter(_ name: String) -> String? {
    guard let options = PQconninfo(handle) else { return nil }
    defer { PQconninfoFree(options) }
    var option = options
    while let keyword = option.pointee.keyword {
      if String(cString: keyword) == name { return option.pointee.val.map { String(cString: $0) } }
      option += 1
    }
    return nil
  }

  /// Runs one statement with its parameters; prepared once.
  func run(
    _ sql: String,
    _ parameters: SQLParameters,
    silence: Duration? = nil
  ) throws(StoreError) -> QueryResult {
    let statement = try prepared(sql)
    let isSent = send(statement, try WireValues(parameters, for: statement.names, in: sql))
    return try answer(isSent, attempting: "Running: \(sql)", silence: silence)
  }

  /// Runs one statement for each of several sets of parameters; each way to the server takes many of them.
  ///
  /// - Throws: The `StoreError` of the first that fails; none after it was run.
  func run(
    _ sql: String,
    forEach sets: [SQLParameters],
    silence: Duration? = nil
  ) throws(StoreError) -> [QueryResult] {
    guard sets.count > 1 else {
      return try sets.first.map { set throws(StoreError) in [try run(sql, set, silence: silence)] }
        ?? []
    }
    let statement = try prepared(sql)
    var results: [QueryResult] = []
    results.reserveCapacity(sets.count)
    var rest = sets[...]
    while !rest.isEmpty {
      var values: [WireValues] = []
      for set in rest.prefix(Self.togetherMax) {
        values.append(try WireValues(set, for: statement.names, in: sql))
      }
      rest = rest.dropFirst(values.count)
      results += try together(statement, values, "Running: \(sql)", silence ?? options.silenceMax)
    }
    return results
  }

  private func send(_ statement: Prepared, _ values: WireValues) -> CInt {
    values.withPointers { values, lengths, formats in
      PQsendQueryPrepared(
        handle,
        statement.name,
        CInt(lengths.count),
        values,
        lengths,
        formats,
        1
      )
    }
  }

  /// How many times a statement is sent before its answers are read: enough that the way there and back costs nothing
  /// beside them.
  private static let togetherMax = 64

  /// Prepares every statement anew from here on, because the tables have changed.
  func forgetStatements() throws(StoreError) {
    try text("DEALLOCATE ALL")
    statements = [:]
  }

  private func prepared(_ sql: String) throws(StoreError) -> Prepared {
    if let known = statements[sql] { return known }
    if statements.count >= Self.statementsMax { try forgetStatements() }
    let numbered = NumberedStatement(sql)
    let statement = Prepared(name: "s\(statements.count)", names: numbered.names)
    _ = try answer(
      PQsendPrepare(handle, statement.name, numbered.sql, 0, nil),
      attempting: "Preparing: \(sql)"
    )
    statements[sql] = statement
    return statement
  }
}

// MARK: - Waiting for the server

extension Connection {
  /// The answers to one statement that is sent several times before the first answer is read.
  private func together(
    _ statement: Prepared,
    _ values: [WireValues],
    _ attempt: String,
    _ silence: Duration
  ) throws(StoreError) -> [QueryResult] {
    do throws(StoreError) {
      var isSent = PQenterPipelineMode(handle)
      for values in values where isSent == 1 { isSent = send(statement, values) }
      guard isSent == 1, PQpipelineSync(handle) == 1 else {
        // What was sent already has no end now: the connection is of no use.
        throw StoreError(lost: handle, attempting: attempt)
      }
      var results: [QueryResult] = []
      var failure: StoreError?
      while let next = try next(attempting: attempt, silence: silence) {
        let result = QueryResult(next)
        switch PQresultStatus(next) {
        case PGRES_PIPELINE_SYNC:
          guard PQexitPipelineMode(handle) == 1 else {
            throw StoreError(lost: handle, attempting: attempt)
          }
          if let failure { throw failure }
          return results
        case PGRES_COMMAND_OK, PGRES_TUPLES_OK: results.append(result)
        case PGRES_PIPELINE_ABORTED: break
        default: failure = failure ?? StoreError(result, on: handle, attempting: attempt)
        }
        // Each statement's answers end with nothing.
        while let more = try self.next(attempting: attempt, silence: silence) { PQclear(more) }
      }
      throw StoreError(lost: handle, attempting: attempt)
    } catch {
      if error.endsConnection { isLost = true }
      throw error
    }
  }

  /// The answer to what was sent, the last one if there are several.
  private func answer(
    _ isSent: CInt,
    attempting attempt: String,
    silence: Duration? = nil
  ) throws(StoreError) -> QueryResult {
    do throws(StoreError) {
      guard isSent == 1 else { throw StoreError(lost: handle, attempting: attempt) }
      var last: QueryResult?
      while let next = try next(attempting: attempt, silence: silence ?? options.silenceMax) {
        last = QueryResult(next)
      }
      guard let last else { throw StoreError(lost: handle, attempting: attempt) }
      switch PQresultStatus(last.handle) {
      case PGRES_COMMAND_OK, PGRES_TUPLES_OK: return last
      default: throw StoreError(last, on: handle, attempting: attempt)
      }
    } catch {
      if error.endsConnection { isLost = true }
      throw error
    }
  }

  /// The next answer; `nil` after the last.
  private func next(
    attempting attempt: String,
    silence: Duration
  ) throws(StoreError) -> OpaquePointer? {
    while true {
      let unsent = PQflush(handle)
      guard unsent >= 0 else { throw StoreError(lost: handle, attempting: attempt) }
      if unsent == 0, PQisBusy(handle) == 0 { return PQgetResult(handle) }
      let socket = Descriptor(PQsocket(handle), isWriting: unsent == 1)
      guard Descriptor.wait(for: [socket], atMost: silence).contains(true) else {
        throw StoreError(silent: silence, attempting: attempt)
      }
      guard PQconsumeInput(handle) == 1 else {
        throw StoreError(lost: handle, attempting: attempt)
      }
    }
  }

  /// Waits until something comes by itself, the bell rings, or the time is over.
  ///
  /// - Returns: What other sessions told on the channels this one listens to; not what it told itself.
  func notifications(or bell: Bell, atMost duration: Duration) throws(StoreError) -> [String] {
    let answers = Descriptor.wait(
      for: [Descriptor(PQsocket(handle)), Descriptor(bell.reader)],
      atMost: duration
    )
    if answers[1] { bell.hush() }
    // Some may have come together with an answer: they are looked for in any case.
    if answers[0], PQconsumeInput(handle) != 1 {
      isLost = true
      throw StoreError(lost: handle, attempting: "Listening")
    }
    var told: [String] = []
    while let notification = PQnotifies(handle) {
      defer { PQfreemem(notification) }
      guard notification.pointee.be_pid != process else { continue }
      told.append(String(cString: notification.pointee.extra))
    }
    return told
  }
}

// MARK: - Connecting

extension Connection {
  private static func connect(
    _ address: String,
    _ options: PostgresEngine.Options,
    _ name: String,
    writes: Bool
  ) -> OpaquePointer? {
    let limit = options.connectTimeout.components.seconds
    // What stands before `dbname` is a default that the address may change; what stands behind it is not.
    let settings: KeyValuePairs<String, String> = [
      "application_name": name,
      "connect_timeout": "\(limit)",
      "target_session_attrs": writes ? "read-write" : "any",
      // What was sent and is not even received by then was lost with the network.
      "tcp_user_timeout": "\(limit * 1_000)",
      // A peer that vanished while nobody spoke is noticed after 5 + 3 * 2 s.
      "keepalives_idle": "5", "keepalives_interval": "2", "keepalives_count": "3",
      "dbname": address,
      "client_encoding": "UTF8",
    ]
    return withCStrings(settings.map(\.key)) { keys in
      withCStrings(settings.map(\.value)) { values in PQconnectdbParams(keys, values, 1) }
    }
  }

  /// Sets what every session of ours is to be like.
  ///
  /// Plans that may read a whole table count as so costly that the server would compile them to machine code first, which
  /// takes a hundred times as long as running them: so it compiles none.
  private func prepare() throws(StoreError) {
    try text(
      """
      SET statement_timeout = \(options.statementTimeout.milliseconds);
      SET lock_timeout = \(options.lockTimeout.milliseconds);
      SET idle_in_transaction_session_timeout = \(options.statementTimeout.milliseconds);
      SET enable_seqscan = off;
      SET jit = off;
      SELECT set_config('synchronous_commit', 'on', false)
        WHERE current_setting('synchronous_commit') IN ('off', 'local')
      """
    )
  }
}

extension Duration {
  /// In whole milliseconds, as the server counts its limits.
  var milliseconds: Int { Int(self / .milliseconds(1)) }
}
