import Gateway
import HTTPTypes
import Hummingbird
import Logging
import Metrics
import Storage

/// `/metrics`, on a listener of its own: it is for Prometheus, not for the world.
struct MetricsDoor: HTTPResponder {
  let registry: MetricsRegistry
  let engine: any SQLEngine
  let time: any TimeSource

  func respond(to request: Request, context: DoorContext) async throws -> Response {
    guard request.head.path == "/metrics" else { return Problem.notFound.response }
    guard request.method == .get || request.method == .head else {
      return Problem.methodNotAllowed([.get, .head]).response
    }
    await measure()
    return Response(.ok, PrometheusText.contentType, Array(registry.text().utf8))
  }

  /// Reads what is counted in the database; the metrics of a database that does not answer keep their last values.
  private func measure() async {
    let now = time.now
    do {
      let (journal, open, media) = try await engine.read { unit in
        (
          try Journal.attention(in: unit), try Windows.openCount(now: now, in: unit),
          try MediaViews.counts(in: unit)
        )
      }
      let values = [
        "carewindow_journal_unapplied": journal.unapplied,
        "carewindow_journal_flagged": journal.flagged,
        "carewindow_journal_unclaimed": journal.unclaimed,
        "carewindow_windows_open": open, "carewindow_media_pending": media.pending,
        "carewindow_media_bytes": Int(media.bytes),
      ]
      for (label, value) in values {
        registry.makeMeter(label: label, dimensions: []).set(Int64(value))
      }
    } catch {
      Logger(label: "carewindow.web").error(
        "The database could not be measured",
        metadata: ["store.error": "\(error)"]
      )
    }
  }
}
