import Foundation

extension BenchmarkReport {
  /// The report as a table for people.
  package var text: String {
    var text = "\(machine.description)\n\(rounds) rounds of \(Self.number(secondsPerLoad)) s\n"
    for section in sections {
      text += "\n\(section.title)  [\(section.name)]\n"
      let names = section.lines.map(\.name.count).max() ?? 0
      for line in section.lines {
        text += "  " + line.name.padding(toLength: names + 2, withPad: " ", startingAt: 0)
        text += Self.right(Self.number(line.value), 10) + " "
        text += line.unit.padding(toLength: 10, withPad: " ", startingAt: 0)
        text += Self.right(line.rounds, 19)
        text += "  \(line.verdict)\n"
      }
      for note in section.notes { text += "  \(note)\n" }
    }
    return text.split(separator: "\n", omittingEmptySubsequences: false)
      .map { $0.replacing(/[ ]+$/, with: "") }.joined(separator: "\n")
  }

  /// The report for programs.
  package func json() throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    encoder.keyEncodingStrategy = .convertToSnakeCase
    return String(decoding: try encoder.encode(self), as: UTF8.self)
  }

  /// A number with three digits or all of its whole ones, whichever are more.
  fileprivate static func number(_ value: Double) -> String {
    switch abs(value) {
    case 100...: grouped(Int(value.rounded()))
    case 10..<100: String(format: "%.1f", value)
    case 0: "0"
    case ..<0.1: String(format: "%.3f", value)
    default: String(format: "%.2f", value)
    }
  }

  private static func grouped(_ number: Int) -> String {
    let digits = String(number.magnitude)
    var grouped = ""
    for (index, digit) in digits.enumerated() {
      if index > 0, (digits.count - index).isMultiple(of: 3) { grouped += "," }
      grouped.append(digit)
    }
    return (number < 0 ? "-" : "") + grouped
  }

  private static func right(_ text: String, _ width: Int) -> String {
    String(repeating: " ", count: max(0, width - text.count)) + text
  }
}

extension BenchmarkReport.Line {
  fileprivate var rounds: String {
    guard let lowest, let highest else { return "" }
    return "[\(BenchmarkReport.number(lowest)) … \(BenchmarkReport.number(highest))]"
  }

  fileprivate var verdict: String {
    guard let goal else { return "" }
    let side = goal.side == .atLeast ? "at least" : "at most"
    return "\(goal.isMet ? "met" : "MISSED")  (\(side) \(BenchmarkReport.number(goal.limit)))"
  }
}
