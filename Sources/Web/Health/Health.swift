import CloudAPI
import Hummingbird
import Logging
import Storage

/// `/healthz` and `/readyz`: for whoever watches the process and sends it traffic.
struct Health: Sendable {
  let engine: any SQLEngine
  let journal: JournalWatch

  /// What is written to find out whether the disk takes something again: more than a usual webhook asks for.
  private static let probeBytes = 64 * 1024

  /// Whether the process is up: it answers.
  func alive() -> Response {
    Response(.ok, json: ["status": "ok"])
  }

  /// Whether the process may take traffic: the database answers a read, and its writer takes its turn.
  ///
  /// Usually the unit writes nothing, so that whoever asks, without any token, changes nothing and costs no sync. An
  /// empty unit says nothing about the disk, though: once a webhook could not be stored, this answers 503 until a
  /// webhook or a row as large as one is on disk.
  func ready() async -> Response {
    do {
      try await engine.read { unit in
        _ = try unit.first("SELECT 1 AS one") { try $0.integer("one") }
      }
      try await engine.write(.rest) { _ in }
      if journal.isFailing { try await probe() }
      return Response(.ok, json: ["status": "ready"])
    } catch {
      Logger(label: "carewindow.web").error(
        "The database is not ready",
        metadata: ["store.error": "\(error)"]
      )
      return Response(.serviceUnavailable, json: ["status": "unavailable"])
    }
  }

  /// Writes a row of its own and takes it away again, each on disk.
  private func probe() async throws {
    let name = "readiness.probe"
    try await engine.write(.rest) { unit in
      try Settings.set(name, to: String(repeating: "x", count: Self.probeBytes), in: unit)
    }
    try await engine.write(.rest) { unit in try Settings.remove(name, in: unit) }
    journal.noteStored()
  }
}
