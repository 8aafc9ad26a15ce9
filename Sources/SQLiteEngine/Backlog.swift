import DequeModule
import Storage

/// Units that wait for the writer, in order of priority, and the choice of the next batch.
///
/// A value without locks and threads, so that the choice can be tested as one.
struct Backlog<Unit> {
  /// A unit and how urgent it is.
  typealias Waiting = (unit: Unit, priority: WritePriority)

  /// How many places of a batch every waiting priority is sure of, so that a flood of webhooks
  /// slows down what is below it but never stops it.
  static var placesSure: Int { 16 }

  private var lines = [Deque<Unit>](repeating: [], count: WritePriority.allCases.count)

  /// True when nobody waits.
  var isEmpty: Bool { lines.allSatisfy(\.isEmpty) }

  /// True when somebody waits who is waited for outside: Meta, or a sender.
  var isUrgent: Bool { zip(WritePriority.allCases, lines).contains { $0.isUrgent && !$1.isEmpty } }

  /// How many wait.
  var count: Int { lines.reduce(0) { $0 + $1.count } }

  /// Lets a unit wait.
  mutating func append(_ unit: Unit, _ priority: WritePriority) {
    lines[priority.rawValue].append(unit)
  }

  /// Lets units whose turn did not come go first among their equals.
  mutating func putBack(_ units: [Waiting]) {
    for (unit, priority) in units.reversed() { lines[priority.rawValue].prepend(unit) }
  }

  /// Takes the units of the next batch, at most `unitsMax`, the most urgent first.
  mutating func next(unitsMax: Int) -> [Waiting] {
    var batch: [Waiting] = []
    for (index, priority) in WritePriority.allCases.enumerated() {
      let sureBelow = lines[(index + 1)...].reduce(0) { $0 + min($1.count, Self.placesSure) }
      let places = max(unitsMax - batch.count - sureBelow, Self.placesSure)
      take(min(lines[index].count, places, unitsMax - batch.count), priority, into: &batch)
    }
    return batch
  }

  /// Takes units for whom somebody outside waits, at most `unitsMax`, the most urgent first.
  mutating func nextUrgent(unitsMax: Int) -> [Waiting] {
    var batch: [Waiting] = []
    for priority in WritePriority.allCases where priority.isUrgent {
      take(min(lines[priority.rawValue].count, unitsMax - batch.count), priority, into: &batch)
    }
    return batch
  }

  private mutating func take(_ count: Int, _ priority: WritePriority, into batch: inout [Waiting]) {
    batch += lines[priority.rawValue].prefix(count).map { ($0, priority) }
    lines[priority.rawValue].removeFirst(count)
  }
}

extension WritePriority {
  /// Whether somebody outside waits for the commit: Meta, or a sender.
  var isUrgent: Bool { self == .journal || self == .gate }
}
