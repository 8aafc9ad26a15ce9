/// What pgbench prints at its end, as far as it is looked at.
package struct PgbenchReport: Sendable, Equatable {
  /// Transactions a second, without the time that connecting took.
  package let perSecond: Double
  /// How long a transaction took in the mean, in milliseconds.
  package let milliseconds: Double

  /// Reads pgbench's output; nil if the numbers are not in it.
  package init?(_ output: String) {
    guard let perSecond = Self.number(after: "tps = ", in: output),
      let milliseconds = Self.number(after: "latency average = ", in: output)
    else { return nil }
    self.perSecond = perSecond
    self.milliseconds = milliseconds
  }

  private static func number(after name: String, in output: String) -> Double? {
    output.split(separator: "\n").last { $0.hasPrefix(name) }
      .flatMap { Double($0.dropFirst(name.count).prefix { $0 != " " }) }
  }
}
