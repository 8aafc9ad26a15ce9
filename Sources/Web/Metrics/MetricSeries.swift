import Metrics
import Synchronization

/// A name and its labels: what Prometheus calls a series.
struct SeriesKey: Hashable, Sendable {
  let name: String
  let labels: [Label]

  struct Label: Hashable, Sendable {
    let name: String
    let value: String
  }

  init(_ name: String, _ labels: [(String, String)]) {
    self.name = PrometheusText.name(name)
    self.labels = labels.map { Label(name: PrometheusText.name($0.0), value: $0.1) }
      .sorted { ($0.name, $0.value) < ($1.name, $1.value) }
  }
}

/// One series and what was measured in it.
enum MetricSeries: Sendable {
  case counter(CounterSeries)
  case gauge(GaugeSeries)
  case histogram(HistogramSeries)

  /// Prometheus' word for the kind.
  var kind: String {
    switch self {
    case .counter: "counter"
    case .gauge: "gauge"
    case .histogram: "histogram"
    }
  }
}

/// A number that only grows.
final class CounterSeries: CounterHandler, FloatingPointCounterHandler {
  private let total = Mutex(0.0)

  var value: Double { total.withLock { $0 } }

  func increment(by amount: Int64) {
    increment(by: Double(amount))
  }

  func increment(by amount: Double) {
    // A counter that shrinks would be taken for a restart.
    if amount > 0 { total.withLock { $0 += amount } }
  }

  func reset() {
    total.withLock { $0 = 0 }
  }
}

/// A number that goes up and down.
final class GaugeSeries: MeterHandler, RecorderHandler {
  private let current = Mutex(0.0)

  var value: Double { current.withLock { $0 } }

  func set(_ value: Int64) { current.withLock { $0 = Double(value) } }
  func set(_ value: Double) { current.withLock { $0 = value } }
  func increment(by amount: Double) { current.withLock { $0 += amount } }
  func decrement(by amount: Double) { current.withLock { $0 -= amount } }
  func record(_ value: Int64) { set(value) }
  func record(_ value: Double) { set(value) }
}

/// How values spread over fixed buckets.
final class HistogramSeries: RecorderHandler, TimerHandler {
  /// Upper bounds in seconds: from a call in memory to a carrier's deadline, about a factor of two and a half apart.
  static let seconds = [
    0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30,
  ]
  /// Upper bounds of counts, such as how many units a commit held.
  static let counts = [1.0, 2, 4, 8, 16, 32, 64, 128, 256, 1024, 4096, 16384]

  struct Reading: Sendable {
    /// How many values fell into each bucket, the one above the last bound included; not cumulated.
    var buckets: [Int]
    var sum = 0.0
  }

  let bounds: [Double]
  private let state: Mutex<Reading>

  init(bounds: [Double]) {
    self.bounds = bounds
    state = Mutex(Reading(buckets: Array(repeating: 0, count: bounds.count + 1)))
  }

  var reading: Reading { state.withLock { $0 } }

  func record(_ value: Int64) {
    record(Double(value))
  }

  func record(_ value: Double) {
    let bucket = bounds.firstIndex { value <= $0 } ?? bounds.count
    state.withLock {
      $0.buckets[bucket] += 1
      $0.sum += value
    }
  }

  func recordNanoseconds(_ duration: Int64) {
    record(Double(duration) / 1_000_000_000)
  }
}
