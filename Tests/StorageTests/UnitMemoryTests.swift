import CustomerCare
import SQLiteEngine
import Testing

@testable import Storage

/// The embedded engine remembers who is who from one unit to the next.
@Suite struct `What units remember` {
  private static let start = Instant(seconds: 1_795_255_200)
  private static let scope: IdentityScope = "portfolio"
  private static let phone = Alias.phone("491700000042")
  private static let user = Alias.bsuid("DE.42")

  /// Hears from Meta that both names are one customer's, and that nobody new has any other.
  @Sendable private static func meet(_ unit: any SQLUnit) throws {
    let identities = Identities(scope: scope, unit: unit)
    guard try identities.remember(.together(phone, user, at: start)) else { return }
    _ = try identities.resettle([phone, user])
  }

  /// The names of whoever has the phone number.
  @Sendable private static func names(_ unit: any SQLUnit) throws -> [Alias]? {
    try Identities(scope: scope, unit: unit).person(phone)?.aliases
  }

  private struct Interrupted: Error {}

  private static let undone: [(String, @Sendable (any SQLUnit) throws -> Void)] = [
    (
      "a unit",
      { unit in
        try meet(unit)
        throw Interrupted()
      }
    ),
    (
      "a part of a unit",
      { unit in
        try? unit.savepoint {
          try meet(unit)
          throw Interrupted()
        }
      }
    ),
  ]

  @Test(arguments: undone.indices)
  func `is nothing that was undone`(index: Int) async throws {
    let (what, undo) = Self.undone[index]
    let engine = try ScratchDatabase.engine()
    try await Schema.migrate(engine, at: Self.start)
    _ = try? await engine.write(.apply, undo)
    #expect(try await engine.write(.apply, Self.names) == nil, "\(what)")
    try await engine.write(.apply, Self.meet)
    #expect(try await engine.write(.apply, Self.names) == [Self.user, Self.phone], "\(what)")
    try await engine.close()
  }

  @Test func `is nothing that another process has changed`() async throws {
    let path = ScratchDatabase.path()
    let ours = try ScratchDatabase.engine(path)
    try await Schema.migrate(ours, at: Self.start)
    #expect(try await ours.write(.apply, Self.names) == nil)
    let theirs = try ScratchDatabase.engine(path)
    try await theirs.write(.apply, Self.meet)
    #expect(try await ours.write(.apply, Self.names) == [Self.user, Self.phone])
    try await ours.close()
    try await theirs.close()
  }

  @Test func `saves asking who wrote`() async throws {
    let engine = try ScratchDatabase.engine()
    try await Schema.migrate(engine, at: Self.start)
    try await engine.write(.apply, Self.meet)
    let (statements, names) = try await engine.write(.apply) { unit in
      let counting = CountingUnit(unit)
      try Self.meet(counting)
      return (counting.statements, try Self.names(counting))
    }
    #expect(statements == 0)
    #expect(names == [Self.user, Self.phone])
    try await engine.close()
  }

  @Test func `is forgotten before it is too much`() async throws {
    let memory = UnitMemory()
    memory.remember([], under: Self.phone, in: Self.scope)
    for customer in 0..<UnitMemory.entriesMax {
      memory.remember([], under: .phone("4917\(customer)"), in: Self.scope)
    }
    #expect(memory.persons(under: Self.phone, in: Self.scope) == nil)
    #expect(memory.persons(under: .phone("4917\(UnitMemory.entriesMax - 1)"), in: Self.scope) == [])
  }
}
