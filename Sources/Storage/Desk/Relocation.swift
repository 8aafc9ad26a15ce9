/// A whole database, copied into an empty one of any engine: how a company outgrows the embedded one.
///
/// Nobody may write meanwhile: what is written to a table that was copied already would be left behind.
package enum Relocation {
  /// What was copied, table by table.
  package typealias Report = [(table: String, rows: Int)]

  /// How many rows one statement inserts.
  private static let rowsPerStatement = 100

  /// Whether nothing was ever written into a database.
  package static func isEmpty(_ engine: any SQLEngine) async throws(StoreError) -> Bool {
    try await engine.read { unit in
      for table in Schema.tables where try count(table, in: unit) > 0 { return false }
      return true
    }
  }

  /// Copies everything, and counts on both sides afterwards.
  ///
  /// Both databases are up to date, and `target` is empty. When this throws, `target` holds a part, and is of no use.
  ///
  /// - Throws: `StoreError`, with code `notStored` where the counts differ.
  package static func copy(
    from source: any SQLEngine,
    into target: any SQLEngine
  ) async throws(StoreError) -> Report {
    var report: Report = []
    for table in Schema.tables {
      let rows = try await copy(table, from: source, into: target)
      let found = try await target.read { unit in try count(table, in: unit) }
      guard rows == found else {
        throw StoreError(
          code: .notStored,
          message: "Of the table \(table.name) \(rows) rows were copied, and \(found) are there"
        )
      }
      report.append((table.name, rows))
    }
    return report
  }

  private static func copy(
    _ table: Schema.Table,
    from source: any SQLEngine,
    into target: any SQLEngine
  ) async throws(StoreError) -> Int {
    var copied = 0
    var last: Row?
    repeat {
      let after = last
      let page: [Row] = try await source.read { unit in
        try self.page(of: table, after: after, in: unit)
      }
      try await target.write(.rest) { unit in
        for start in stride(from: 0, to: page.count, by: rowsPerStatement) {
          try insert(page[start...].prefix(rowsPerStatement), into: table, in: unit)
        }
      }
      copied += page.count
      last = page.count == table.pageMax ? page.last : nil
    } while last != nil
    if table.isCounting, let restart = target.dialect.identityRestart {
      try await target.write(.rest) { unit in
        _ = try unit.run(restart.replacing("TABLE", with: table.name))
      }
    }
    return copied
  }

  /// A row, its columns by their names, in the table's order.
  private typealias Row = [(column: String, value: SQLValue)]

  private static func page(
    of table: Schema.Table,
    after last: Row?,
    in unit: any SQLUnit
  ) throws -> [Row] {
    let key = table.key.joined(separator: ", ")
    var parameters: SQLParameters = [:]
    var condition = ""
    if let last {
      let names = table.key.map { "$\($0)" }.joined(separator: ", ")
      condition = "WHERE (\(key)) > (\(names))"
      for (column, value) in last where table.key.contains(column) {
        parameters.append(column, value)
      }
    }
    parameters.append("limit", .integer(table.pageMax))
    return try unit.rows(
      "SELECT * FROM \(table.name) \(condition) ORDER BY \(key) LIMIT $limit",
      parameters
    ) { row in try row.columns.map { (column: $0, value: try row.value($0)) } }
  }

  private static func insert(
    _ rows: ArraySlice<Row>,
    into table: Schema.Table,
    in unit: any SQLUnit
  ) throws(StoreError) {
    guard let first = rows.first else { return }
    var parameters: SQLParameters = [:]
    var tuples: [String] = []
    for (index, row) in rows.enumerated() {
      tuples.append("(" + row.map { "$\($0.column)_\(index)" }.joined(separator: ", ") + ")")
      for (column, value) in row { parameters.append("\(column)_\(index)", value) }
    }
    let columns = first.map(\.column).joined(separator: ", ")
    try unit.run(
      "INSERT INTO \(table.name) (\(columns)) VALUES \(tuples.joined(separator: ", "))",
      parameters
    )
  }

  private static func count(_ table: Schema.Table, in unit: any SQLUnit) throws -> Int {
    try unit.first("SELECT COUNT(*) AS count FROM \(table.name)") { row in
      Int(try row.integer("count"))
    } ?? 0
  }
}
