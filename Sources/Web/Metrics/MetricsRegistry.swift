package import Metrics
import Synchronization

/// The measurements of this process, as Prometheus reads them.
///
/// Bootstrapped once by whoever runs the process (`MetricsSystem.bootstrap`); tests make their own.
package final class MetricsRegistry: MetricsFactory {
  /// How many series are kept.
  ///
  /// No label of ours holds anything a customer chooses, so a few hundred are usual; a bug that
  /// breaks this must not eat the memory. What comes after is measured into nothing.
  private static let seriesMax = 10_000

  private let series = Mutex<[SeriesKey: MetricSeries]>([:])

  /// Makes an empty registry.
  package init() {}

  /// Makes a counter, or gives the one with the same name and labels.
  package func makeCounter(label: String, dimensions: [(String, String)]) -> any CounterHandler {
    counter(label, dimensions)
  }

  /// Makes a counter of fractions, or gives the one with the same name and labels.
  package func makeFloatingPointCounter(
    label: String,
    dimensions: [(String, String)]
  ) -> any FloatingPointCounterHandler {
    counter(label, dimensions)
  }

  /// Makes a gauge, or gives the one with the same name and labels.
  package func makeMeter(label: String, dimensions: [(String, String)]) -> any MeterHandler {
    gauge(label, dimensions)
  }

  /// Makes a histogram, or a gauge where nothing is to be aggregated.
  package func makeRecorder(
    label: String,
    dimensions: [(String, String)],
    aggregate: Bool
  ) -> any RecorderHandler {
    guard aggregate else { return gauge(label, dimensions) }
    let isTime = label.hasSuffix("_seconds")
    return histogram(
      label,
      dimensions,
      bounds: isTime ? HistogramSeries.seconds : HistogramSeries.counts
    )
  }

  /// Makes a histogram of seconds.
  package func makeTimer(label: String, dimensions: [(String, String)]) -> any TimerHandler {
    histogram(label, dimensions, bounds: HistogramSeries.seconds)
  }

  // Series live as long as the process: Prometheus wants a counter to stay once it was seen.

  /// Does nothing: a counter stays once it was seen.
  package func destroyCounter(_ handler: any CounterHandler) {}
  /// Does nothing: a counter stays once it was seen.
  package func destroyFloatingPointCounter(_ handler: any FloatingPointCounterHandler) {}
  /// Does nothing: a gauge stays once it was seen.
  package func destroyMeter(_ handler: any MeterHandler) {}
  /// Does nothing: a histogram stays once it was seen.
  package func destroyRecorder(_ handler: any RecorderHandler) {}
  /// Does nothing: a histogram stays once it was seen.
  package func destroyTimer(_ handler: any TimerHandler) {}

  /// Everything measured, in Prometheus' text format.
  package func text() -> String {
    PrometheusText.render(series.withLock { $0 })
  }

  private func counter(_ label: String, _ dimensions: [(String, String)]) -> CounterSeries {
    let new = CounterSeries()
    guard case .counter(let kept) = keep(label, dimensions, .counter(new)) else { return new }
    return kept
  }

  private func gauge(_ label: String, _ dimensions: [(String, String)]) -> GaugeSeries {
    let new = GaugeSeries()
    guard case .gauge(let kept) = keep(label, dimensions, .gauge(new)) else { return new }
    return kept
  }

  private func histogram(
    _ label: String,
    _ dimensions: [(String, String)],
    bounds: [Double]
  ) -> HistogramSeries {
    let new = HistogramSeries(bounds: bounds)
    guard case .histogram(let kept) = keep(label, dimensions, .histogram(new)) else { return new }
    return kept
  }

  /// The series under a key: the one that was there, or the new one if there is room.
  private func keep(
    _ label: String,
    _ dimensions: [(String, String)],
    _ new: MetricSeries
  ) -> MetricSeries {
    let key = SeriesKey(label, dimensions)
    return series.withLock { series in
      if let kept = series[key] { return kept }
      if series.count < Self.seriesMax { series[key] = new }
      return new
    }
  }
}
