import CLibPQ
import Storage

/// One connection to the server.
///
/// Used by one thread at a time, which waits for each answer: so it is never used on the cooperative
/// pool or on an event loop.
final class Connection {
  private let handle: OpaquePointer
  private var statements: [String: Prepared] = [:]
  /// Which history of the database the server writes: it changes when a standby takes over.
  let timeline: String

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
  ///   - writes: False for one that only looks, at whichever server answers.
  /// - Throws: `StoreError` with code `unavailable`.
  init(
    _ address: String,
    _ options: PostgresEngine.Options,
    writes: Bool = true
  ) throws(StoreError) {
    let attempt = "Connecting to PostgreSQL"
    guard let handle = Self.connect(address, options, writes: writes) else {
      throw StoreError(code: .unavailable, message: "\(attempt): out of memory")
    }
    self.handle = handle
    do throws(StoreError) {
      guard PQstatus(handle) == CONNECTION_OK else {
        throw StoreError(lost: handle, attempting: attempt)
      }
      // What the server says beside its answers is of no use here, and would go to standard error.
      PQsetNoticeProcessor(handle, { _, _ in }, nil)
      try Self.prepare(handle, options)
      // A standby has no position of its own to write at.
      timeline =
        writes
        ? try Self.text("SELECT substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8)", handle)
          .firstText ?? "" : ""
    } catch {
      PQfinish(handle)
      throw error
    }
  }

  deinit { PQfinish(handle) }

  /// Whether the connection broke, or the server is about to end it.
  private(set) var isLost = false

  /// Sends statements without parameters; gives the answer to the last.
  @discardableResult
  func text(_ sql: String) throws(StoreError) -> QueryResult {
    try noting { () throws(StoreError) in try Self.text(sql, handle) }
  }

  /// Runs one statement with its parameters; prepared once.
  func run(_ sql: String, _ parameters: SQLParameters) throws(StoreError) -> QueryResult {
    try noting { () throws(StoreError) in try execute(sql, parameters) }
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

  private func noting(
    _ work: () throws(StoreError) -> QueryResult
  ) throws(StoreError) -> QueryResult {
    do {
      return try work()
    } catch {
      if error.endsConnection { isLost = true }
      throw error
    }
  }

  private func execute(
    _ sql: String,
    _ parameters: SQLParameters
  ) throws(StoreError) -> QueryResult {
    let statement = try prepared(sql)
    guard parameters.pairs.count == statement.names.count else {
      throw .misuse("The parameters do not fit: \(sql)")
    }
    var values = WireValues()
    for (position, name) in statement.names.enumerated() {
      let isThere = parameters.pairs[position].0 == name
      let place = isThere ? position : parameters.pairs.firstIndex { $0.0 == name }
      guard let place else { throw .misuse("No value for $\(name) in: \(sql)") }
      values.append(parameters.pairs[place].1)
    }
    let answer = values.withPointers { values, lengths, formats in
      PQexecPrepared(handle, statement.name, CInt(lengths.count), values, lengths, formats, 1)
    }
    return try Self.check(answer, handle, attempting: "Running: \(sql)")
  }

  private func prepared(_ sql: String) throws(StoreError) -> Prepared {
    if let known = statements[sql] { return known }
    if statements.count >= Self.statementsMax {
      try text("DEALLOCATE ALL")
      statements = [:]
    }
    let numbered = NumberedStatement(sql)
    let statement = Prepared(name: "s\(statements.count)", names: numbered.names)
    let answer = PQprepare(handle, statement.name, numbered.sql, 0, nil)
    _ = try Self.check(answer, handle, attempting: "Preparing: \(sql)")
    statements[sql] = statement
    return statement
  }

  private static func connect(
    _ address: String,
    _ options: PostgresEngine.Options,
    writes: Bool
  ) -> OpaquePointer? {
    // What stands before `dbname` is a default that the address may change; what stands behind it is not.
    let settings: KeyValuePairs<String, String> = [
      "application_name": "carewindow",
      "connect_timeout": "\(options.connectTimeout.components.seconds)",
      "target_session_attrs": writes ? "read-write" : "any",
      "tcp_user_timeout": "\(options.connectTimeout.components.seconds * 1_000)",
      "keepalives_idle": "5", "keepalives_interval": "2", "keepalives_count": "3",
      "dbname": address,
      "client_encoding": "UTF8",
    ]
    return withCStrings(settings.map(\.key)) { keys in
      withCStrings(settings.map(\.value)) { values in PQconnectdbParams(keys, values, 1) }
    }
  }

  private static func prepare(
    _ handle: OpaquePointer,
    _ options: PostgresEngine.Options
  ) throws(StoreError) {
    func milliseconds(_ duration: Duration) -> Int { Int(duration / .milliseconds(1)) }
    _ = try text(
      """
      SET statement_timeout = \(milliseconds(options.statementTimeout));
      SET lock_timeout = \(milliseconds(options.lockTimeout));
      SET idle_in_transaction_session_timeout = \(milliseconds(options.statementTimeout));
      SET enable_seqscan = off;
      SELECT set_config('synchronous_commit', 'on', false)
        WHERE current_setting('synchronous_commit') IN ('off', 'local')
      """,
      handle
    )
  }

  private static func text(
    _ sql: String,
    _ handle: OpaquePointer
  ) throws(StoreError) -> QueryResult {
    try check(PQexec(handle, sql), handle, attempting: "Running: \(sql)")
  }

  private static func check(
    _ answer: OpaquePointer?,
    _ handle: OpaquePointer,
    attempting attempt: String
  ) throws(StoreError) -> QueryResult {
    guard let answer else { throw StoreError(lost: handle, attempting: attempt) }
    let result = QueryResult(answer)
    switch PQresultStatus(answer) {
    case PGRES_COMMAND_OK, PGRES_TUPLES_OK: return result
    default: throw StoreError(result, on: handle, attempting: attempt)
    }
  }
}

/// Values on their way to the server, in one piece of memory.
private struct WireValues {
  private var bytes: [UInt8] = []
  private var offsets: [Int?] = []
  private var lengths: [CInt] = []
  private var formats: [CInt] = []

  /// Adds a value: numbers as text, which fits every type of number; text and bytes as they are.
  mutating func append(_ value: SQLValue) {
    switch value {
    case .null: append(nil, format: 0)
    case .int64(let number): append(Array("\(number)".utf8), format: 0)
    case .string(let text): append(Array(text.utf8), format: 1)
    case .blob(let blob): append(blob, format: 1)
    }
  }

  private mutating func append(_ value: [UInt8]?, format: CInt) {
    offsets.append(value.map { _ in bytes.count })
    lengths.append(CInt(value?.count ?? 0))
    formats.append(format)
    bytes += value ?? []
    bytes.append(0)
  }

  func withPointers<Answer>(
    _ body: ([UnsafePointer<CChar>?], [CInt], [CInt]) -> Answer
  ) -> Answer {
    bytes.withUnsafeBytes { buffer in
      let start = buffer.baseAddress?.assumingMemoryBound(to: CChar.self)
      let pointers = offsets.map { offset in offset.flatMap { start?.advanced(by: $0) } }
      return body(pointers, lengths, formats)
    }
  }
}

/// Gives an array of C strings that ends with a null pointer.
private func withCStrings<Answer>(
  _ strings: [String],
  _ body: ([UnsafePointer<CChar>?]) -> Answer
) -> Answer {
  var bytes: [CChar] = []
  var offsets: [Int] = []
  for string in strings {
    offsets.append(bytes.count)
    bytes += string.utf8CString
  }
  return bytes.withUnsafeBufferPointer { buffer in
    let pointers = offsets.map { offset in buffer.baseAddress?.advanced(by: offset) } + [nil]
    return body(pointers)
  }
}
