import ArgumentParser
import Foundation
import SQLiteEngine
import Storage

/// `carewindow backup`.
struct Backup: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Write a consistent copy of the database, beside a running serve.",
    discussion: """
      The copy holds customers' messages and sealed tokens: keep it as safe as the database. The secret key is not in it; keep
      that file elsewhere.

      EXAMPLES
        carewindow backup /backup/carewindow-2026-11-21.db
      """
  )

  @Argument(help: "The file to write; it must not exist yet.") var file: String

  func run() async throws {
    guard !FileManager.default.fileExists(atPath: file) else {
      throw Failure("\(file) exists already. Name a new file.")
    }
    let database = try Database(try await Settings())
    guard let engine = try await database.open() as? SQLiteEngine else {
      throw Failure(
        "\(database.name) is on PostgreSQL, whose own tools copy it while it runs: "
          + "pg_dump --format=custom --file=\(file) ADDRESS"
      )
    }
    do {
      try await engine.backup(to: file)
    } catch {
      throw Failure("The copy could not be written to \(file). \(error.message)")
    }
    try await engine.close()
    let bytes = try FileManager.default.attributesOfItem(atPath: file)[.size] as? Int ?? 0
    Output.result("Wrote \(file), \(bytes) bytes.")
  }
}
