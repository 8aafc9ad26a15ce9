/// How hard a server is pressed.
struct Load: Sendable {
  /// When a connection sends its next request.
  enum Pace: Sendable {
    /// As soon as the answer to its last one is there: finds what the server can do at most.
    case closed
    /// When it is due, so many times a second over all connections, whether or not the server keeps
    /// up; latency counts from when a request was due, so that a stall is not left out.
    case perSecond(Double)
  }

  let supply: RequestSupply
  let connections: Int
  let pace: Pace
  /// Seconds at the start whose answers are not counted.
  let warmUp: Double
  /// Seconds whose answers are counted; the load ends earlier when the supply does.
  let seconds: Double
}

/// What a load met with.
struct LoadResult: Sendable {
  /// Every request sent, the warm-up's included.
  var sent = 0
  /// Every answer, the warm-up's included, by status.
  var answers: [Int: Int] = [:]
  /// Connections the server closed, or that failed.
  var disconnects = 0
  /// Answers with status 200 within the counted seconds.
  var counted = 0
  /// The counted seconds.
  var seconds = 0.0
  /// Latencies of the counted answers.
  var latencies = Histogram()

  /// Counted answers per second.
  var perSecond: Double { seconds > 0 ? Double(counted) / seconds : 0 }
  /// Answers with status 200, the warm-up's included.
  var accepted: Int { answers[200] ?? 0 }
  /// What was not answered with 200, in words; nil if everything was.
  var trouble: String? {
    let others = answers.filter { $0.key != 200 }.sorted { $0.key < $1.key }
      .map { "\($0.value) × \($0.key)" }
    let unanswered = sent - answers.values.reduce(0, +)
    let parts = others + (unanswered > 0 ? ["\(unanswered) unanswered"] : [])
    return parts.isEmpty ? nil : parts.joined(separator: ", ")
  }

  /// A percentile of the counted latencies, in milliseconds.
  func milliseconds(_ share: Double) -> Double { Double(latencies.percentile(share)) / 1_000_000 }
}
