import CloudAPI
import Hummingbird
import Logging
import Storage

/// `/healthz` and `/readyz`: for whoever watches the process and sends it traffic.
struct Health: Sendable {
  let engine: any SQLEngine

  /// Whether the process is up: it answers.
  func alive() -> Response {
    Response(.ok, json: ["status": "ok"])
  }

  /// Whether the process may take traffic: the database answers a read, and its writer takes its turn.
  ///
  /// The unit writes nothing, so that whoever asks, without any token, changes nothing and costs no sync.
  func ready() async -> Response {
    do {
      try await engine.read { unit in
        _ = try unit.first("SELECT 1 AS one") { try $0.integer("one") }
      }
      try await engine.write(.rest) { _ in }
      return Response(.ok, json: ["status": "ready"])
    } catch {
      Logger(label: "carewindow.web").error(
        "The database is not ready",
        metadata: ["store.error": "\(error)"]
      )
      return Response(.serviceUnavailable, json: ["status": "unavailable"])
    }
  }
}
