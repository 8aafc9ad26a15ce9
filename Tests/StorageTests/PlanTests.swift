import PostgresEngine
import Storage
import Support
import Synchronization
import Testing

/// How PostgreSQL finds the rows of one conversation in a database whose tables it has not counted yet.
@Suite(.timeLimit(.minutes(5))) struct `What sends and webhooks ask for` {
  /// Indexes that go over all conversations or requests: for lists, and for what is due.
  private static let overAll: Set = [
    "conversation_until", "conversation_last", "request_open", "request_expiry", "request_parked",
    "request_scheduled", "idempotency_age",
  ]

  /// Sentences of the suite in which everything happens that sends and webhooks do.
  private static let checks = StorageConformance.checks.filter { check in
    [
      "a claim decides again", "one message of a conversation", "an accepted message is handed",
      "131047 bears on", "what waits for the customer goes on", "an answer prolongs no window",
      "a customer who writes again", "what was certainly not sent", "a key gives its first",
    ].contains { check.description.hasPrefix($0) }
  }

  @Test(arguments: checks)
  func `is found by keys, not among everybody's`(_ check: StorageConformance.Check) async throws {
    let plans = Plans()
    try await StorageConformance.run(check) {
      ExplainingEngine(try ScratchPostgres.engine(), plans)
    }
    #expect(plans.all.count > 5)
    for (sql, indexes) in plans.all {
      #expect(indexes.isDisjoint(with: Self.overAll), "\(indexes) for: \(sql)")
    }
  }

  @Test func `is looked at in every sentence that is named`() {
    #expect(Self.checks.count == 9)
  }
}

/// The indexes that each statement went by.
private final class Plans: Sendable {
  private let found = Mutex<[String: Set<String>]>([:])

  var all: [String: Set<String>] { found.withLock(\.self) }

  func add(_ lines: [String], of sql: String) {
    let indexes = lines.flatMap { line in
      line.matches(of: /(?:Scan using|Index Scan on) (\w+)/).map { String($0.output.1) }
    }
    found.withLock { $0[sql, default: []].formUnion(indexes) }
  }
}

/// Asks the server how it would run each statement of a send or a webhook, before it runs it.
private final class ExplainingEngine: SQLEngine {
  private let engine: PostgresEngine
  private let plans: Plans

  init(_ engine: PostgresEngine, _ plans: Plans) {
    (self.engine, self.plans) = (engine, plans)
  }

  var dialect: SQLDialect { engine.dialect }
  var isShared: Bool { engine.isShared }

  func write<Answer: Sendable>(
    _ priority: WritePriority,
    _ unit: @escaping @Sendable (any SQLUnit) throws -> Answer,
    answered: @escaping @Sendable (Result<Answer, StoreError>) -> Void
  ) {
    guard priority == .gate || priority == .apply else {
      return engine.write(priority, unit, answered: answered)
    }
    let plans = plans
    engine.write(priority, { try unit(ExplainingUnit($0, plans)) }, answered: answered)
  }

  func writeAlone<Answer: Sendable>(
    _ unit: @escaping @Sendable (any SQLUnit) throws -> Answer
  ) async throws(StoreError) -> Answer {
    try await engine.writeAlone(unit)
  }

  func read<Answer: Sendable>(
    _ unit: @escaping @Sendable (any SQLUnit) throws -> Answer
  ) async throws(StoreError) -> Answer {
    try await engine.read(unit)
  }

  func changeToken() async throws(StoreError) -> Int64 { try await engine.changeToken() }

  func close() async throws(StoreError) { try await engine.close() }
}

private final class ExplainingUnit: SQLUnit {
  private let unit: any SQLUnit
  private let plans: Plans

  init(_ unit: any SQLUnit, _ plans: Plans) {
    (self.unit, self.plans) = (unit, plans)
  }

  var dialect: SQLDialect { unit.dialect }
  var memory: UnitMemory { unit.memory }

  func run(_ sql: String, _ parameters: SQLParameters) throws(StoreError) -> Int {
    try explain(sql, parameters)
    return try unit.run(sql, parameters)
  }

  func insert(_ sql: String, _ parameters: SQLParameters) throws(StoreError) -> Int64 {
    try unit.insert(sql, parameters)
  }

  func each(
    _ sql: String,
    _ parameters: SQLParameters,
    _ read: (any SQLRow) throws -> Void
  ) throws {
    try explain(sql, parameters)
    try unit.each(sql, parameters, read)
  }

  func run(_ sql: String, forEach sets: [SQLParameters]) throws(StoreError) -> [Int] {
    if let first = sets.first { try explain(sql, first) }
    return try unit.run(sql, forEach: sets)
  }

  func each(
    _ sql: String,
    forEach sets: [SQLParameters],
    _ read: (Int, any SQLRow) throws -> Void
  ) throws {
    if let first = sets.first { try explain(sql, first) }
    try unit.each(sql, forEach: sets, read)
  }

  func isolate() throws(StoreError) { try unit.isolate() }

  func savepoint<Answer>(_ part: () throws -> Answer) throws -> Answer {
    try unit.savepoint(part)
  }

  private func explain(_ sql: String, _ parameters: SQLParameters) throws(StoreError) {
    do {
      plans.add(
        try unit.rows("EXPLAIN \(sql)", parameters) { try $0.text("QUERY PLAN") },
        of: sql
      )
    } catch {
      throw StoreError(reporting: error)
    }
  }
}
