import Storage

/// Counts the statements that are run, and the rows that are read.
final class CountingUnit: SQLUnit {
  private let unit: any SQLUnit
  private(set) var statements = 0
  private(set) var rows = 0

  init(_ unit: any SQLUnit) {
    self.unit = unit
  }

  var dialect: SQLDialect { unit.dialect }
  var memory: UnitMemory { unit.memory }

  func run(_ sql: String, _ parameters: SQLParameters) throws(StoreError) -> Int {
    statements += 1
    return try unit.run(sql, parameters)
  }

  func insert(_ sql: String, _ parameters: SQLParameters) throws(StoreError) -> Int64 {
    statements += 1
    return try unit.insert(sql, parameters)
  }

  func each(
    _ sql: String,
    _ parameters: SQLParameters,
    _ read: (any SQLRow) throws -> Void
  ) throws {
    statements += 1
    try unit.each(sql, parameters) { row in
      rows += 1
      try read(row)
    }
  }

  func run(_ sql: String, forEach sets: [SQLParameters]) throws(StoreError) -> [Int] {
    statements += sets.count
    return try unit.run(sql, forEach: sets)
  }

  func each(
    _ sql: String,
    forEach sets: [SQLParameters],
    _ read: (Int, any SQLRow) throws -> Void
  ) throws {
    statements += sets.count
    try unit.each(sql, forEach: sets) { place, row in
      rows += 1
      try read(place, row)
    }
  }

  func isolate() throws(StoreError) { try unit.isolate() }

  func savepoint<Answer>(_ part: () throws -> Answer) throws -> Answer {
    try unit.savepoint(part)
  }
}
