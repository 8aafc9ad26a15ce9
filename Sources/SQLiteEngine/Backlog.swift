import DequeModule
import Storage

/// Units that wait for the writer, in order of priority, and the choice of the next one.
///
/// A value without locks and threads, so that the choice can be tested as one.
struct Backlog<Unit> {
  /// How often in a row the units of a priority are passed over, at most, for more urgent ones: so a
  /// flood of webhooks slows down what is below it but never stops it.
  static var passesMax: Int { 16 }

  private struct Line {
    var units: Deque<Unit> = []
    /// How often others went first while somebody waited here.
    var passes = 0
  }

  private var lines = [Line](repeating: Line(), count: WritePriority.allCases.count)

  /// True when nobody waits.
  var isEmpty: Bool { lines.allSatisfy { $0.units.isEmpty } }

  /// How many wait.
  var count: Int { lines.reduce(0) { $0 + $1.units.count } }

  /// Lets a unit wait.
  mutating func append(_ unit: Unit, _ priority: WritePriority) {
    lines[priority.rawValue].units.append(unit)
  }

  /// Takes the next unit: the most urgent, unless somebody less urgent was passed over too often.
  ///
  /// - Parameter patientToo: Whether it may be one for which nobody outside waits.
  /// - Returns: The unit and how urgent it is; `nil` when nobody waits who may be taken.
  mutating func next(patientToo: Bool) -> (unit: Unit, priority: WritePriority)? {
    var chosen: WritePriority?
    for priority in WritePriority.allCases where patientToo || priority.isUrgent {
      guard !lines[priority.rawValue].units.isEmpty else { continue }
      chosen = chosen ?? priority
      guard lines[priority.rawValue].passes >= Self.passesMax else { continue }
      chosen = priority
      break
    }
    guard let chosen else { return nil }
    for index in lines.indices where index > chosen.rawValue && !lines[index].units.isEmpty {
      lines[index].passes += 1
    }
    lines[chosen.rawValue].passes = 0
    return lines[chosen.rawValue].units.popFirst().map { ($0, chosen) }
  }
}

extension WritePriority {
  /// Whether somebody outside waits for the commit: Meta, or a sender.
  var isUrgent: Bool { self == .journal || self == .gate }
}
