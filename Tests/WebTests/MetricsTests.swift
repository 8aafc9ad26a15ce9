import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Metrics
import Support
import Testing

@testable import Web

@Suite struct MetricsTests {
  @Test func `counters, gauges and histograms are written as Prometheus reads them`() {
    let registry = MetricsRegistry()
    registry.makeCounter(label: "carewindow_webhooks_total", dimensions: [("result", "stored")])
      .increment(by: 2)
    registry.makeCounter(label: "carewindow_webhooks_total", dimensions: [("result", "stored")])
      .increment(by: 1)
    registry.makeMeter(label: "held", dimensions: []).set(2.5)
    let timer = registry.makeTimer(label: "took_seconds", dimensions: [])
    timer.recordNanoseconds(500_000)
    timer.recordNanoseconds(60_000_000_000)
    let text = registry.text()
    #expect(
      text.hasPrefix(
        """
        # HELP carewindow_webhooks_total Webhooks answered, by result.
        # TYPE carewindow_webhooks_total counter
        carewindow_webhooks_total{result="stored"} 3
        # TYPE held gauge
        held 2.5
        # TYPE took_seconds histogram
        took_seconds_bucket{le="0.0005"} 1
        took_seconds_bucket{le="0.001"} 1

        """
      )
    )
    #expect(
      text.hasSuffix(
        """
        took_seconds_bucket{le="30"} 1
        took_seconds_bucket{le="+Inf"} 2
        took_seconds_sum 60.0005
        took_seconds_count 2

        """
      )
    )
  }

  @Test(arguments: [("a\"b", "a\\\"b"), ("a\\b", "a\\\\b"), ("a\nb", "a\\nb")])
  func `a label's value cannot break out of its line`(value: String, written: String) {
    let registry = MetricsRegistry()
    registry.makeCounter(label: "seen", dimensions: [("what", value)]).increment(by: 1)
    #expect(registry.text() == "# TYPE seen counter\nseen{what=\"\(written)\"} 1\n")
  }

  @Test func `the order of labels makes no other series`() {
    let registry = MetricsRegistry()
    registry.makeCounter(label: "seen", dimensions: [("a", "1"), ("b", "2")]).increment(by: 1)
    registry.makeCounter(label: "seen", dimensions: [("b", "2"), ("a", "1")]).increment(by: 1)
    #expect(registry.text().contains("seen{a=\"1\",b=\"2\"} 2"))
  }

  @Test func `one name has one type`() {
    let registry = MetricsRegistry()
    registry.makeCounter(label: "seen", dimensions: []).increment(by: 1)
    registry.makeMeter(label: "seen", dimensions: []).set(7.0)
    #expect(registry.text() == "# TYPE seen counter\nseen 1\n")
  }

  @Test func `the gauges show what the database holds`() async throws {
    let scene = try await WebScene()
    try await scene.customerWrites()
    try await LiveScene.visit(scene) { live in _ = try await live.deliver(Array("{}".utf8)) }
    let app = Application(
      responder: MetricsDoor(registry: scene.registry, engine: scene.engine, time: scene.time),
      logger: WebScene.quiet
    )
    try await app.test(.router) { client in
      let answer = try await client.call(.get, "/metrics", token: nil)
      #expect(answer.status == .ok)
      #expect(answer.headers[.contentType] == PrometheusText.contentType)
      #expect(answer.text.contains("\ncarewindow_windows_open 1\n"))
      #expect(answer.text.contains("\ncarewindow_journal_unapplied 1\n"))
      #expect(!answer.text.contains(WebScene.customer))
      #expect(try await client.call(.get, "/metrics/x", token: nil).status == .notFound)
      #expect(try await client.call(.post, "/metrics", token: nil).status == .methodNotAllowed)
    }
  }

  @Test func `metrics are not served where the world calls`() async throws {
    let scene = try await WebScene()
    try await scene.visit { client in
      let answer = try await client.call(.get, "/metrics")
      #expect(answer.status == .notFound)
    }
  }
}
