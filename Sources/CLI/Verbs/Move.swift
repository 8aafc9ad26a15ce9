import ArgumentParser
import CustomerCare
import Foundation
import Gateway
import Storage

/// `carewindow move`.
struct Move: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Copy everything into an empty database, for instance from SQLite to PostgreSQL.",
    discussion: """
      Stop serve first: what came in meanwhile would be left behind. The database it is copied from stays as it is. Access tokens
      stay sealed with the same key, which PostgreSQL takes as CAREWINDOW_SECRET_KEY.

      EXAMPLES
        carewindow move --into postgres://carewindow@db.example.com/carewindow
      """
  )

  @Option(help: "The empty database, postgres://… or sqlite:PATH.") var into: String

  func run() async throws {
    let settings = try await Settings()
    let database = try Database(settings)
    let target = try Database(name: into, setting: "--into")
    let lock = try ServeLock(database)
    let source = try await database.open()
    let new = try await target.open(creating: true)
    guard try await Relocation.isEmpty(new) else {
      throw Failure("\(target.name) is not empty. Name a new database.")
    }
    do {
      for (table, rows) in try await Relocation.copy(from: source, into: new) where rows > 0 {
        Output.result("\(table): \(rows)")
      }
    } catch {
      throw Failure("\(error.message). Empty \(target.name) before you try again.")
    }
    try await source.close()
    try await new.close()
    Output.result("Moved into \(target.name). Name it in CAREWINDOW_DATABASE from now on.")
    if case .file(let path) = database.place, case .server = target.place,
      KeyFile(path: path + ".key").contents() != nil
    {
      Output.result("Every node needs CAREWINDOW_SECRET_KEY with what stands in \(path).key.")
    }
    _ = consume lock
  }
}
