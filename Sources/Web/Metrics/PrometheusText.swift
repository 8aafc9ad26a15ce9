/// Prometheus' text exposition format.
///
/// Source: prometheus.io/docs/instrumenting/exposition_formats, "Text-based format", version 0.0.4.
enum PrometheusText {
  /// The media type of the format.
  static let contentType = "text/plain; version=0.0.4; charset=utf-8"

  /// A name with everything replaced that Prometheus does not take.
  static func name(_ name: String) -> String {
    var name = String(
      name.unicodeScalars.map { scalar in
        scalar.isASCII && (scalar.properties.isAlphabetic || scalar.properties.numericType != nil)
          ? Character(scalar) : "_"
      }
    )
    if let first = name.unicodeScalars.first, first.properties.numericType != nil {
      name = "_" + name
    }
    return name.isEmpty ? "_" : name
  }

  /// All series, those of one name together under its type.
  static func render(_ series: [SeriesKey: MetricSeries]) -> String {
    var text = ""
    for (name, members) in Dictionary(grouping: series, by: \.key.name).sorted(by: {
      $0.key < $1.key
    }) {
      let sorted = members.sorted { order(of: $0.key) < order(of: $1.key) }
      guard let kind = sorted.first?.value.kind else { continue }
      if let help = Telemetry.help[name] { text += "# HELP \(name) \(help)\n" }
      text += "# TYPE \(name) \(kind)\n"
      // A name has one type in the format; what was measured under it as another cannot be shown.
      for (key, series) in sorted where series.kind == kind { text += lines(key, series) }
    }
    return text
  }

  private static func order(of key: SeriesKey) -> String {
    key.labels.map { "\($0.name)=\($0.value)" }.joined(separator: ",")
  }

  private static func lines(_ key: SeriesKey, _ series: MetricSeries) -> String {
    switch series {
    case .counter(let counter): line(key.name, key.labels, counter.value)
    case .gauge(let gauge): line(key.name, key.labels, gauge.value)
    case .histogram(let histogram): lines(key, histogram)
    }
  }

  private static func lines(_ key: SeriesKey, _ histogram: HistogramSeries) -> String {
    let reading = histogram.reading
    var text = ""
    var count = 0
    for (bound, held) in zip(histogram.bounds + [.infinity], reading.buckets) {
      count += held
      let label = SeriesKey.Label(name: "le", value: number(bound))
      text += line(key.name + "_bucket", key.labels + [label], Double(count))
    }
    text += line(key.name + "_sum", key.labels, reading.sum)
    return text + line(key.name + "_count", key.labels, Double(count))
  }

  private static func line(_ name: String, _ labels: [SeriesKey.Label], _ value: Double) -> String {
    let text = labels.map { "\($0.name)=\"\(escaped($0.value))\"" }.joined(separator: ",")
    return "\(name)\(labels.isEmpty ? "" : "{\(text)}") \(number(value))\n"
  }

  private static func escaped(_ value: String) -> String {
    var escaped = ""
    for scalar in value.unicodeScalars {
      switch scalar {
      case "\\": escaped += "\\\\"
      case "\"": escaped += "\\\""
      case "\n": escaped += "\\n"
      default: escaped.unicodeScalars.append(scalar)
      }
    }
    return escaped
  }

  private static func number(_ value: Double) -> String {
    if value.isNaN { return "NaN" }
    if value.isInfinite { return value < 0 ? "-Inf" : "+Inf" }
    return Int64(exactly: value).map(String.init) ?? String(value)
  }
}
