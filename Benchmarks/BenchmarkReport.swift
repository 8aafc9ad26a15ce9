/// A number that every round of a comparison has.
typealias Figure<Round> = (name: String, unit: String, value: (Round) -> Double)

/// What a run of the benchmarks found.
package struct BenchmarkReport: Sendable, Codable {
  /// One number.
  package struct Line: Sendable, Codable {
    /// What was measured.
    package let name: String
    /// What came out; the median where there were several rounds.
    package let value: Double
    /// What it is counted in, such as `1/s`.
    package let unit: String
    /// The lowest round; nil if it was measured once.
    package var lowest: Double?
    /// The highest round; nil if it was measured once.
    package var highest: Double?
    /// What was wanted; nil where nothing was promised.
    package var goal: Goal?
  }

  /// A number that was promised.
  package struct Goal: Sendable, Codable {
    /// On which side of the limit the number has to be.
    package enum Side: String, Sendable, Codable {
      case atLeast = "at_least"
      case atMost = "at_most"
    }

    /// On which side of the limit it has to be.
    package let side: Side
    /// The limit, in the unit of the number.
    package let limit: Double
    /// Whether it was there.
    package let isMet: Bool
  }

  /// The numbers of one benchmark.
  package struct Section: Sendable, Codable {
    /// The benchmark's name on the command line.
    package let name: String
    /// What it measures, for people.
    package let title: String
    /// Its numbers, in the order they were taken.
    package internal(set) var lines: [Line] = []
    /// What was left out, and what to know when reading the numbers.
    package internal(set) var notes: [String] = []

    init(_ name: String, _ title: String) {
      self.name = name
      self.title = title
    }
  }

  /// The machine the numbers are from.
  package let machine: Machine
  /// When the run began, in seconds since 1970.
  package let startedAt: Int64
  /// Seconds each load was counted.
  package let secondsPerLoad: Double
  /// Rounds of each comparison.
  package let rounds: Int
  /// What each benchmark found, in the order they ran.
  package internal(set) var sections: [Section] = []
}

extension BenchmarkReport.Section {
  /// Adds a number that was measured once.
  mutating func add(
    _ name: String,
    _ value: Double,
    _ unit: String,
    atLeast least: Double? = nil,
    atMost most: Double? = nil
  ) {
    lines.append(
      .init(name: name, value: value, unit: unit, goal: Self.goal(value, least: least, most: most))
    )
  }

  /// Adds a number that several rounds measured: the median and its ends; nothing if none did.
  mutating func add(
    _ name: String,
    rounds: [Double],
    _ unit: String,
    atLeast least: Double? = nil,
    atMost most: Double? = nil
  ) {
    guard let spread = Spread(rounds) else { return }
    lines.append(
      .init(
        name: name,
        value: spread.median,
        unit: unit,
        lowest: rounds.count > 1 ? spread.lowest : nil,
        highest: rounds.count > 1 ? spread.highest : nil,
        goal: Self.goal(spread.median, least: least, most: most)
      )
    )
  }

  /// Adds numbers that each of several rounds has, under a name that tells whose they are.
  mutating func add<Round>(_ name: String, _ rounds: [Round], _ figures: [Figure<Round>]) {
    for figure in figures {
      add("\(name): \(figure.name)", rounds: rounds.map(figure.value), figure.unit)
    }
  }

  /// Adds how a number compares with somebody else's of the same round.
  mutating func add<Round>(
    _ name: String,
    ratioOf ours: [Round],
    to others: [Round],
    _ value: (Round) -> Double
  ) {
    add(name, rounds: zip(ours, others).map { value($0) / value($1) }, "×")
  }

  private static func goal(
    _ value: Double,
    least: Double?,
    most: Double?
  ) -> BenchmarkReport.Goal? {
    if let least { return .init(side: .atLeast, limit: least, isMet: value >= least) }
    if let most { return .init(side: .atMost, limit: most, isMet: value <= most) }
    return nil
  }
}
