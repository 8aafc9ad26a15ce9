/// The seam between what is remembered and where: a unit of work is atomic, and its caller is
/// answered after it is durable.
///
/// How that is done is the engine's business. The SQL itself is written once, in Storage, in the
/// portable dialect that `StorageConformance` describes and tests.
package protocol SQLEngine: Sendable {
  /// The few words of SQL that differ between engines.
  var dialect: SQLDialect { get }

  /// Whether other processes serve the same database, so that work has to be shared out.
  var isShared: Bool { get }

  /// Runs one unit of work, and answers when it is on disk.
  ///
  /// The unit may run more than once before it commits, so it must have no effect but its SQL.
  /// It must not suspend, wait, or talk to anybody: other units wait behind it.
  ///
  /// - Parameters:
  ///   - priority: Whose turn it is when units wait.
  ///   - unit: The work. If it throws, nothing of it remains, and its neighbours are unharmed.
  ///   - answered: Told once what the unit returned, when that is durable, or why nothing was
  ///     stored: an error of the unit itself that is no `StoreError` arrives as the cause of one
  ///     with code `unit`. Called on a thread of the engine's, which it must not hold up.
  func write<Answer: Sendable>(
    _ priority: WritePriority,
    _ unit: @escaping @Sendable (any SQLUnit) throws -> Answer,
    answered: @escaping @Sendable (Result<Answer, StoreError>) -> Void
  )

  /// Runs one unit of work while no other writes, in this process or any other: for what changes the
  /// tables themselves.
  ///
  /// - Parameter unit: The work, as in `write(_:_:answered:)`.
  /// - Returns: What the unit returned, once it is durable.
  /// - Throws: `StoreError`.
  func writeAlone<Answer: Sendable>(
    _ unit: @escaping @Sendable (any SQLUnit) throws -> Answer
  ) async throws(StoreError) -> Answer

  /// Runs reads that belong together on one snapshot of the database.
  ///
  /// - Parameter unit: The reads; a statement that writes fails.
  /// - Returns: What the unit returned.
  /// - Throws: `StoreError`, as `write(_:_:)`.
  func read<Answer: Sendable>(
    _ unit: @escaping @Sendable (any SQLUnit) throws -> Answer
  ) async throws(StoreError) -> Answer

  /// A number that moves whenever somebody outside this engine has committed: another process, a
  /// verb of the command line.
  func changeToken() async throws(StoreError) -> Int64

  /// Tells the other processes that serve the same database to look again: soon, together with other news, or not at all.
  func tell(_ news: News)

  /// Has what other processes tell handed to `heard`, from now until the engine closes: on a thread of
  /// the engine's, which it must not hold up. An engine has one listener.
  func listen(_ heard: @escaping @Sendable (News) -> Void)

  /// Finishes what waits and releases the database; further calls fail with code `closed`.
  func close() async throws(StoreError)
}

extension SQLEngine {
  /// Tells nobody, as every engine whose database one process serves.
  package func tell(_ news: News) {}

  /// Hears nobody, as every engine whose database one process serves.
  package func listen(_ heard: @escaping @Sendable (News) -> Void) {}

  /// Runs one unit of work and returns when it is on disk.
  ///
  /// - Parameters:
  ///   - priority: Whose turn it is when units wait.
  ///   - unit: The work, as in `write(_:_:answered:)`.
  /// - Returns: What the unit returned, once it is durable.
  /// - Throws: `StoreError`.
  @discardableResult
  package func write<Answer: Sendable>(
    _ priority: WritePriority,
    _ unit: @escaping @Sendable (any SQLUnit) throws -> Answer
  ) async throws(StoreError) -> Answer {
    let result: Result<Answer, StoreError> = await withCheckedContinuation { continuation in
      write(priority, unit) { continuation.resume(returning: $0) }
    }
    return try result.get()
  }
}

/// Whose turn it is when units of work wait for the writer.
package enum WritePriority: Int, Sendable, CaseIterable {
  /// A webhook that Meta waits for: its unit appends, and relies on nothing that it reads.
  case journal
  /// A send that somebody waits for: reserve, claim, settle. Its unit sees one state of the database, and two that write
  /// the same row come one after the other; what rests on rows that are not there asks to be isolated.
  case gate
  /// Entries folded into the state.
  case apply
  /// Everything else: verbs, marks, retention.
  case rest
}

/// A transaction, seen by the SQL that runs in it.
///
/// Not `Sendable`: it ends with the closure it was given to.
package protocol SQLUnit {
  /// The few words of SQL that differ between engines.
  var dialect: SQLDialect { get }

  /// What is remembered of rows that were read; it holds only what this unit may rely on.
  var memory: UnitMemory { get }

  /// Runs one statement that returns nothing.
  ///
  /// - Parameters:
  ///   - sql: The statement, with parameters written `$name`. Prepared once per connection.
  ///   - parameters: Exactly the names that occur in the statement.
  /// - Returns: How many rows were changed.
  /// - Throws: `StoreError`.
  @discardableResult
  func run(_ sql: String, _ parameters: SQLParameters) throws(StoreError) -> Int

  /// Inserts one row into a table whose primary key is a column `id` of type `SQLDialect.identityColumn`.
  ///
  /// - Parameters:
  ///   - sql: The statement, with parameters written `$name`. Prepared once per connection.
  ///   - parameters: Exactly the names that occur in the statement.
  /// - Returns: The key the row was given.
  /// - Throws: `StoreError`.
  func insert(_ sql: String, _ parameters: SQLParameters) throws(StoreError) -> Int64

  /// Runs one statement and reads each of its rows.
  ///
  /// - Parameters:
  ///   - sql: The statement, with parameters written `$name`. Prepared once per connection.
  ///   - parameters: Exactly the names that occur in the statement.
  ///   - read: Called once per row, in order; the row is gone when it returns.
  /// - Throws: `StoreError`, or what `read` throws.
  func each(
    _ sql: String,
    _ parameters: SQLParameters,
    _ read: (any SQLRow) throws -> Void
  ) throws

  /// Runs one statement for each of several sets of parameters, in their order, as `run` would: a server that is far away
  /// is asked once for all of them.
  ///
  /// - Parameters:
  ///   - sql: The statement, as in `run(_:_:)`.
  ///   - sets: What each time is asked with.
  /// - Returns: How many rows were changed each time.
  /// - Throws: `StoreError` of the first that fails; nothing after it is run.
  @discardableResult
  func run(_ sql: String, forEach sets: [SQLParameters]) throws(StoreError) -> [Int]

  /// Runs one statement for each of several sets of parameters, in their order, as `each` would.
  ///
  /// - Parameters:
  ///   - sql: The statement, as in `run(_:_:)`.
  ///   - sets: What each time is asked with.
  ///   - read: Called once per row, with the place of its set.
  /// - Throws: `StoreError`, or what `read` throws.
  func each(
    _ sql: String,
    forEach sets: [SQLParameters],
    _ read: (Int, any SQLRow) throws -> Void
  ) throws

  /// Has the whole unit run as if no other ran beside it, whatever its priority; the other must be as strict.
  ///
  /// Where two only write what the other one has read, and no row that both write, neither would know of the other. It
  /// may throw, so that the unit begins anew.
  func isolate() throws(StoreError)

  /// Runs a part of the unit that may fail alone.
  ///
  /// If `part` throws, what it wrote is undone and the error is passed on; the unit may catch it
  /// and go on.
  @discardableResult
  func savepoint<Answer>(_ part: () throws -> Answer) throws -> Answer
}

/// One row of an answer.
package protocol SQLRow {
  /// The value in a column, by its name in the statement.
  ///
  /// Throws `StoreError` with code `misuse` when the statement has no such column.
  func value(_ column: String) throws(StoreError) -> SQLValue

  /// The names of its columns, in their order.
  var columns: [String] { get }
}

/// The few words of SQL that differ between engines, used where tables are made and moved.
package struct SQLDialect: Sendable, Hashable {
  /// The type of a primary key that counts upwards by itself.
  package var identityColumn: String
  /// The type of a column of bytes.
  package var bytesColumn: String

  /// What follows the columns of a table whose rows are small and found by their key.
  package var keyedTable: String

  /// What lets an identity column go on after keys that were given to it, with `TABLE` in the place of the
  /// table's name; `nil` where it does by itself.
  package var identityRestart: String?

  /// Makes a dialect.
  package init(
    identityColumn: String,
    identityRestart: String? = nil,
    bytesColumn: String,
    keyedTable: String
  ) {
    self.identityColumn = identityColumn
    self.identityRestart = identityRestart
    self.bytesColumn = bytesColumn
    self.keyedTable = keyedTable
  }
}

extension SQLUnit {
  /// Runs one statement that needs no parameters and returns nothing.
  @discardableResult
  package func run(_ sql: String) throws(StoreError) -> Int {
    try run(sql, [:])
  }

  /// Runs one statement and collects what is read from each of its rows.
  package func rows<Answer>(
    _ sql: String,
    _ parameters: SQLParameters = [:],
    _ read: (any SQLRow) throws -> Answer
  ) throws -> [Answer] {
    var answers: [Answer] = []
    try each(sql, parameters) { row in answers.append(try read(row)) }
    return answers
  }

  /// Runs one statement and reads its first row; `nil` when there is none.
  package func first<Answer>(
    _ sql: String,
    _ parameters: SQLParameters = [:],
    _ read: (any SQLRow) throws -> Answer
  ) throws -> Answer? {
    var answer: Answer?
    try each(sql, parameters) { row in
      if answer == nil { answer = try read(row) }
    }
    return answer
  }
}
