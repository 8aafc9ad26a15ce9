import Foundation
import GRDB
import GRDBSQLite
import Storage

/// A transaction on one SQLite connection.
final class SQLiteUnit: SQLUnit {
  let dialect: SQLDialect
  let memory: UnitMemory
  private let database: Database
  private let statements: PreparedStatements
  /// Set once a statement met an error after which the whole transaction must not be trusted,
  /// even if the unit catches that error.
  private(set) var loss: StoreError?

  /// - Parameters:
  ///   - database: The connection, inside a transaction.
  ///   - connections: Where its statements are.
  ///   - dialect: SQLite's.
  ///   - memory: What units before this one have left that still holds.
  init(
    _ database: Database,
    _ connections: Connections,
    dialect: SQLDialect,
    memory: UnitMemory
  ) {
    self.database = database
    statements = connections.statements(of: database)
    self.dialect = dialect
    self.memory = memory
  }

  @discardableResult
  func run(_ sql: String, _ parameters: SQLParameters) throws(StoreError) -> Int {
    try run(statements.statement(sql, on: database), sql, parameters)
  }

  private func run(
    _ statement: PreparedStatement,
    _ sql: String,
    _ parameters: SQLParameters
  ) throws(StoreError) -> Int {
    try statement.bind(parameters)
    defer { sqlite3_reset(statement.handle) }
    while try step(statement.handle, sql) {}
    return Int(sqlite3_changes(database.sqliteConnection))
  }

  func insert(_ sql: String, _ parameters: SQLParameters) throws(StoreError) -> Int64 {
    try run(sql, parameters)
    return sqlite3_last_insert_rowid(database.sqliteConnection)
  }

  func each(
    _ sql: String,
    _ parameters: SQLParameters,
    _ read: (any SQLRow) throws -> Void
  ) throws {
    let statement = try statements.statement(sql, on: database)
    try statement.bind(parameters)
    defer { sqlite3_reset(statement.handle) }
    let row = SQLiteRow(statement)
    while try step(statement.handle, sql) { try read(row) }
  }

  @discardableResult
  func run(_ sql: String, forEach sets: [SQLParameters]) throws(StoreError) -> [Int] {
    guard !sets.isEmpty else { return [] }
    let statement = try statements.statement(sql, on: database)
    var changes: [Int] = []
    changes.reserveCapacity(sets.count)
    for parameters in sets { changes.append(try run(statement, sql, parameters)) }
    return changes
  }

  func each(
    _ sql: String,
    forEach sets: [SQLParameters],
    _ read: (Int, any SQLRow) throws -> Void
  ) throws {
    for (place, parameters) in sets.enumerated() {
      try each(sql, parameters) { row in try read(place, row) }
    }
  }

  /// One writes at a time.
  func isolate() {}

  @discardableResult
  func savepoint<Answer>(_ part: () throws -> Answer) throws -> Answer {
    try run("SAVEPOINT part")
    do {
      let answer = try part()
      try run("RELEASE part")
      return answer
    } catch {
      memory.forget()
      // After a lost transaction there is no savepoint to go back to.
      if loss == nil, sqlite3_get_autocommit(database.sqliteConnection) == 0 {
        try run("ROLLBACK TO part")
        try run("RELEASE part")
      }
      throw error
    }
  }

  private func step(_ statement: OpaquePointer, _ sql: String) throws(StoreError) -> Bool {
    switch sqlite3_step(statement) {
    case SQLITE_ROW: return true
    case SQLITE_DONE: return false
    default:
      let error = StoreError(connection: database.sqliteConnection, attempting: "Running: \(sql)")
      if error.losesTransaction { loss = error }
      throw error
    }
  }
}
