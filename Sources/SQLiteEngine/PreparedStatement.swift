import GRDB
import GRDBSQLite
import Storage
import Synchronization

/// A statement of one connection, with the names of its parameters and columns.
///
/// SQLite finds a name by walking along a list of them, and a message takes a dozen statements of a
/// dozen names each: so the names are read once.
final class PreparedStatement {
  private let statement: Statement
  /// SQLite's own handle.
  let handle: OpaquePointer
  /// The names of the parameters without the `$`, each once, in the order in which SQLite counts them.
  private let parameters: [String]
  /// The names of the columns.
  let columns: [String]
  /// Where texts and bytes stand while the statement runs.
  private var values = UnsafeMutableRawBufferPointer(start: nil, count: 0)

  /// How large a text or bytes may be to stand in `values`; what is larger, SQLite copies itself.
  ///
  /// A message's parts are smaller, and a statement keeps its room for ever.
  private static let valueBytesMax = 4_096

  init(_ statement: Statement) {
    self.statement = statement
    handle = statement.sqliteStatement
    parameters = (1..<max(1, sqlite3_bind_parameter_count(handle) + 1)).map { [handle] index in
      sqlite3_bind_parameter_name(handle, index).map { String(cString: $0 + 1) } ?? ""
    }
    columns = (0..<sqlite3_column_count(handle)).map { [handle] index in
      sqlite3_column_name(handle, index).map { String(cString: $0) } ?? ""
    }
  }

  deinit { values.deallocate() }

  /// Gives the parameters their values: exactly those that occur in the statement.
  func bind(_ parameters: SQLParameters) throws(StoreError) {
    guard parameters.pairs.count == self.parameters.count else {
      throw .misuse("The parameters do not fit: \(sql)")
    }
    var room = makeRoom(for: parameters)
    for (position, (name, value)) in parameters.pairs.enumerated() {
      guard let index = Self.index(of: name, in: self.parameters, near: position) else {
        throw .misuse("No parameter $\(name) in: \(sql)")
      }
      guard value.bind(to: handle, at: CInt(index + 1), in: &room) == SQLITE_OK else {
        throw .misuse("Binding $\(name) failed in: \(sql)")
      }
    }
  }

  /// Room for all texts and bytes that are not too large.
  ///
  /// SQLite would allocate each of them and free it when the next is bound: a message takes about
  /// sixty of them.
  private func makeRoom(for parameters: SQLParameters) -> Slice<UnsafeMutableRawBufferPointer> {
    let count = parameters.pairs.reduce(0) { sum, pair in
      let bytes = pair.1.bytes
      return bytes <= Self.valueBytesMax ? sum + bytes : sum
    }
    if count > values.count {
      values.deallocate()
      values = .allocate(byteCount: count * 2, alignment: 1)
    }
    return values[..<count]
  }

  /// Where a column is, looked for first at a place.
  func column(_ name: String, near place: Int) throws(StoreError) -> Int {
    guard let index = Self.index(of: name, in: columns, near: place) else {
      throw .misuse("No column \(name) in: \(sql)")
    }
    return index
  }

  private var sql: String { statement.sql }

  /// Names are mostly used in their order.
  private static func index(of name: String, in names: [String], near place: Int) -> Int? {
    if names.indices.contains(place), names[place] == name { return place }
    return names.firstIndex(of: name)
  }
}

/// The statements of one connection, each prepared once, and what its units remember.
///
/// Proof: used only by whoever has the connection, which is one at a time.
final class PreparedStatements: @unchecked Sendable {
  /// What units that wrote have left for those after them.
  let memory = UnitMemory()
  /// SQLite's count of other connections' commits when it was last looked at.
  private var version: Int64?

  /// SQL as a key, hashed by its length alone: there are about a hundred statements, of a few hundred
  /// characters each.
  private struct Text: Hashable {
    let sql: String

    func hash(into hasher: inout Hasher) { hasher.combine(sql.utf8.count) }
  }

  private var statements: [Text: PreparedStatement] = [:]

  fileprivate init() {}

  /// Forgets what units remember if another process has committed meanwhile.
  ///
  /// - Parameter database: The connection, inside a transaction: nobody else can commit before it ends.
  /// - Throws: `StoreError`.
  func recall(on database: Database) throws(StoreError) {
    let statement = try statement("PRAGMA data_version", on: database).handle
    defer { sqlite3_reset(statement) }
    guard sqlite3_step(statement) == SQLITE_ROW else {
      throw StoreError(
        connection: database.sqliteConnection,
        attempting: "Looking for changes by others"
      )
    }
    let current = sqlite3_column_int64(statement, 0)
    if current != version { memory.forget() }
    version = current
  }

  /// The statement for some SQL, not being stepped.
  func statement(_ sql: String, on database: Database) throws(StoreError) -> PreparedStatement {
    do {
      let prepared: PreparedStatement
      if let known = statements[Text(sql: sql)] {
        prepared = known
      } else {
        prepared = try PreparedStatement(database.cachedStatement(sql: sql))
        statements[Text(sql: sql)] = prepared
      }
      // A statement that is still being stepped would give its rows to the wrong reader.
      guard sqlite3_stmt_busy(prepared.handle) == 0 else {
        throw StoreError.misuse("Reentered: \(sql)")
      }
      return prepared
    } catch {
      throw StoreError(sqlite: error, attempting: "Preparing: \(sql)")
    }
  }
}

/// The prepared statements of all connections of an engine.
final class Connections: Sendable {
  private let statements = Mutex<[ObjectIdentifier: PreparedStatements]>([:])

  /// Notes that a connection was opened.
  func opened(_ database: Database) {
    statements.withLock { $0[ObjectIdentifier(database)] = PreparedStatements() }
  }

  /// The statements of a connection.
  func statements(of database: Database) -> PreparedStatements {
    statements.withLock { statements in
      let known = statements[ObjectIdentifier(database)] ?? PreparedStatements()
      statements[ObjectIdentifier(database)] = known
      return known
    }
  }

  /// Lets go of all statements, so that the connections can be closed.
  func close() {
    statements.withLock { $0 = [:] }
  }
}
