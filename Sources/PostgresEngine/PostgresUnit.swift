import Storage

/// A transaction on one connection.
final class PostgresUnit: SQLUnit {
  private let connection: Connection
  /// Set once a statement met an error after which the whole transaction must not be trusted, even if
  /// the unit catches that error.
  private(set) var loss: StoreError?

  init(_ connection: Connection) {
    self.connection = connection
  }

  var dialect: SQLDialect { .postgres }

  @discardableResult
  func run(_ sql: String, _ parameters: SQLParameters) throws(StoreError) -> Int {
    try answer(sql, parameters).changed
  }

  func insert(_ sql: String, _ parameters: SQLParameters) throws(StoreError) -> Int64 {
    let row = PostgresRow(try answer(sql + " RETURNING id", parameters))
    return try row.integer("id")
  }

  func each(
    _ sql: String,
    _ parameters: SQLParameters,
    _ read: (any SQLRow) throws -> Void
  ) throws {
    let result = try answer(sql, parameters)
    let row = PostgresRow(result)
    for index in 0..<result.rows {
      row.stand(on: index)
      try read(row)
    }
  }

  @discardableResult
  func savepoint<Answer>(_ part: () throws -> Answer) throws -> Answer {
    try text("SAVEPOINT part")
    do {
      let answer = try part()
      try text("RELEASE part")
      return answer
    } catch {
      // After a lost transaction there is no savepoint to go back to.
      if loss == nil { try text("ROLLBACK TO part; RELEASE part") }
      throw error
    }
  }

  private func answer(
    _ sql: String,
    _ parameters: SQLParameters
  ) throws(StoreError) -> QueryResult {
    do {
      return try connection.run(sql, parameters)
    } catch {
      note(error)
      throw error
    }
  }

  private func text(_ sql: String) throws(StoreError) {
    do {
      try connection.text(sql)
    } catch {
      note(error)
      throw error
    }
  }

  /// A conflict or a broken connection takes the whole transaction; a savepoint saves nothing of it.
  private func note(_ error: StoreError) {
    if connection.isLost || error.isConflict || error.isReadOnly { loss = error }
  }
}

extension SQLDialect {
  /// How PostgreSQL writes what databases write differently.
  static let postgres = SQLDialect(
    identityColumn: "BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY",
    bytesColumn: "BYTEA",
    keyedTable: ""
  )
}
