import Foundation
import GRDB
import GRDBSQLite
import Storage

/// A transaction on one SQLite connection.
final class SQLiteUnit: SQLUnit {
  let dialect: SQLDialect
  private let database: Database
  /// Set once a statement met an error after which the whole transaction must not be trusted,
  /// even if the unit catches that error.
  private(set) var loss: StoreError?

  init(_ database: Database, dialect: SQLDialect) {
    self.database = database
    self.dialect = dialect
  }

  @discardableResult
  func run(_ sql: String, _ parameters: SQLParameters) throws(StoreError) -> Int {
    let statement = try prepare(sql, parameters)
    defer { sqlite3_reset(statement) }
    while try step(statement, sql) {}
    return Int(sqlite3_changes(database.sqliteConnection))
  }

  func each(
    _ sql: String,
    _ parameters: SQLParameters,
    _ read: (any SQLRow) throws -> Void
  ) throws {
    let statement = try prepare(sql, parameters)
    defer { sqlite3_reset(statement) }
    let row = SQLiteRow(statement)
    while try step(statement, sql) { try read(row) }
  }

  @discardableResult
  func savepoint<Answer>(_ part: () throws -> Answer) throws -> Answer {
    try run("SAVEPOINT part")
    do {
      let answer = try part()
      try run("RELEASE part")
      return answer
    } catch {
      // After a lost transaction there is no savepoint to go back to.
      if loss == nil, sqlite3_get_autocommit(database.sqliteConnection) == 0 {
        try run("ROLLBACK TO part")
        try run("RELEASE part")
      }
      throw error
    }
  }

  /// A statement from the connection's cache, with exactly its parameters bound.
  private func prepare(
    _ sql: String,
    _ parameters: SQLParameters
  ) throws(StoreError) -> OpaquePointer {
    let statement: OpaquePointer
    do {
      statement = try database.cachedStatement(sql: sql).sqliteStatement
    } catch {
      throw StoreError(sqlite: error, attempting: "Preparing: \(sql)")
    }
    // A statement that is still being stepped would give its rows to the wrong reader.
    guard sqlite3_stmt_busy(statement) == 0 else { throw .misuse("Reentered: \(sql)") }
    let count = sqlite3_bind_parameter_count(statement)
    guard count == parameters.pairs.count else {
      throw .misuse("The parameters do not fit: \(sql)")
    }
    for (position, (name, value)) in parameters.pairs.enumerated() {
      guard let index = Self.index(of: name, near: CInt(position), count, in: statement) else {
        throw .misuse("No parameter $\(name) in: \(sql)")
      }
      guard value.bind(to: statement, at: index) == SQLITE_OK else {
        throw StoreError(code: .misuse, message: "Binding $\(name) failed in: \(sql)")
      }
    }
    return statement
  }

  /// The index of a parameter, looked for first where it would be if names were in order.
  private static func index(
    of name: String,
    near position: CInt,
    _ count: CInt,
    in statement: OpaquePointer
  ) -> CInt? {
    name.withCString { name in
      for step in 0..<count {
        let index = (position + step) % count + 1
        guard let found = sqlite3_bind_parameter_name(statement, index) else { continue }
        if strcmp(found + 1, name) == 0 { return index }
      }
      return nil
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
