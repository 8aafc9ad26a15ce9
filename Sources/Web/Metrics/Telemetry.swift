/// What each metric of CareWindow's means; the same list stands in docs/reference/telemetry.md.
enum Telemetry {
  /// The sentences Prometheus shows beside a metric, by its name.
  static let help: [String: String] = [
    "carewindow_webhooks_total": "Webhooks answered, by result.",
    "carewindow_journal_unapplied": "Journal entries that wait to be applied.",
    "carewindow_journal_flagged": "Journal entries that could not be decoded or applied.",
    "carewindow_journal_unclaimed": "Journal entries kept for numbers that nobody added.",
    "carewindow_windows_open": "Care windows that are open now.",
    "carewindow_messages_total": "Requests by the state they reached.",
    "carewindow_dispatch_seconds": "How long handing a message to Meta took.",
    "carewindow_callback_deliveries_total": "Attempts to call a callback, by result.",
    "carewindow_media_total": "Attempts to fetch a file from Meta, by result.",
    "carewindow_media_pending": "Files that messages name and that are not here yet.",
    "carewindow_media_bytes": "Bytes of the files that are kept.",
    "carewindow_http_requests_total": "Answers to programs, by interface and status.",
  ]
}
