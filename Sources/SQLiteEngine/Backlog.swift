import Storage

/// Units that wait for the writer, in order of priority, and the choice of the next batch.
///
/// A value without locks and threads, so that the choice can be tested as one.
struct Backlog<Unit> {
  /// Units of one priority: those that arrived, and how many of them are taken already.
  private struct Line {
    var units: [Unit] = []
    var taken = 0

    var count: Int { units.count - taken }

    mutating func take(_ count: Int) -> ArraySlice<Unit> {
      let slice = units[taken..<(taken + count)]
      taken += count
      if taken == units.count {
        units.removeAll(keepingCapacity: units.capacity <= 4_096)
        taken = 0
      } else if taken > 1_024 {
        units.removeFirst(taken)
        taken = 0
      }
      return slice
    }
  }

  /// How many places of a batch every waiting priority is sure of, so that a flood of webhooks
  /// slows down what is below it but never stops it.
  static var placesSure: Int { 16 }

  private var lines = [Line](repeating: Line(), count: WritePriority.allCases.count)

  private var returned: [Unit] = []

  /// True when nobody waits.
  var isEmpty: Bool { returned.isEmpty && lines.allSatisfy { $0.count == 0 } }

  /// How many wait.
  var count: Int { lines.reduce(returned.count) { $0 + $1.count } }

  /// Lets a unit wait.
  mutating func append(_ unit: Unit, _ priority: WritePriority) {
    lines[priority.rawValue].units.append(unit)
  }

  /// Lets units whose turn did not come go first in the next batch, whatever their priority was.
  mutating func putBack(_ units: ArraySlice<Unit>) {
    returned.insert(contentsOf: units, at: 0)
  }

  /// Takes the units of the next batch, at most `unitsMax`, the most urgent first.
  mutating func next(unitsMax: Int) -> [Unit] {
    var batch = Array(returned.prefix(unitsMax))
    returned.removeFirst(batch.count)
    for index in lines.indices {
      let sureBelow = lines[(index + 1)...].reduce(0) { $0 + min($1.count, Self.placesSure) }
      let places = max(unitsMax - batch.count - sureBelow, Self.placesSure)
      let count = min(lines[index].count, places, unitsMax - batch.count)
      if count > 0 { batch += lines[index].take(count) }
    }
    return batch
  }
}
