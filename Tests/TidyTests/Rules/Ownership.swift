import Foundation

/// How many times the compiler's proof of safety may be replaced by ours, over all sources.
///
/// Raising a number is a decision: do it in the commit that argues for it.
enum UncheckedBudget {
  static let timesMax = ["@unchecked Sendable": 8, "nonisolated(unsafe)": 2]
}

extension Rule {
  static let tasksHaveOwners = Rule(
    sentence: "a task is a child of a group, or a comment names its owner"
  ) { file in
    guard file.isIn("Sources", "Benchmarks") else { return [] }
    return file.findings(
      of: ["Task {", "Task.detached", "Task(priority", "Task.immediate", "Task(name"],
      unless: { file.comment(at: $0).contains("Owner:") }
    ) { _ in "run it in a task group, or say who ends it in a comment `// Owner: …`" }
  }

  static let uncheckedSendableIsProved = Rule(
    sentence: "where the compiler cannot prove safety, a comment does"
  ) { file in
    guard file.isIn("Sources", "Benchmarks", "Tests") else { return [] }
    return file.findings(
      of: [
        "@unchecked Sendable", "nonisolated(unsafe)", "unsafeBitCast(",
        "assumeIsolatedUnsafeUnchecked",
      ],
      afterDot: true,
      unless: { file.comment(at: $0).contains("Proof:") }
    ) { "`\($0)` needs a comment `// Proof: …` above it" }
  }

  static let forcedTriesAreAbsent = Rule(
    sentence: "nothing is tried by force"
  ) { file in
    file.findings(of: ["try!"]) { _ in "throw it, or say with `precondition` why it cannot fail" }
  }

  static let fatalErrorsGiveAReason = Rule(
    sentence: "a trap says which of our invariants broke"
  ) { file in
    let hasReason = { (line: Int) -> Bool in
      let text = file.raw[(line - 1)..<min(line + 1, file.raw.count)].map(\.trimmed).joined()
      guard let call = text.range(of: "fatalError(") else { return true }
      let argument = text[call.upperBound...]
      return argument.hasPrefix("\"") && !argument.hasPrefix("\"\")")
    }
    return file.findings(of: ["fatalError("], unless: hasReason) { _ in
      "give the reason as the message"
    }
  }

  static let catchesAreNotEmpty = Rule(
    sentence: "a catch is never empty without a word why"
  ) { file in
    file.offsets(of: "catch").compactMap { offset in
      var index = offset
      while file.codeBytes[index] != UInt8(ascii: "{") {
        if file.codeBytes[index] == 0 || file.codeBytes[index] == UInt8(ascii: "\n") { return nil }
        index += 1
      }
      let open = index
      repeat { index += 1 } while [0x20, 0x09, 0x0A].contains(file.codeBytes[index])
      guard file.codeBytes[index] == UInt8(ascii: "}") else { return nil }
      let span = file.raw[(file.line(at: open) - 1)..<file.line(at: index)].joined()
      guard !span.contains("//") else { return nil }
      return Finding(
        path: file.path,
        line: file.line(at: offset),
        advice: "an error is handled, passed on, or a comment here says why it is neither"
      )
    }
  }

  static let todosCarryAnIssue = Rule(
    sentence: "a note about unfinished work carries its issue number"
  ) { file in
    file.comments.sorted { $0.key < $1.key }.compactMap { line, note -> Finding? in
      let isNote = ["TODO", "FIXME", "XXX"].contains { mark in
        note.split { !$0.isLetter && !$0.isNumber && $0 != "_" }.contains(Substring(mark))
      }
      guard isNote, note.range(of: "#[0-9]", options: .regularExpression) == nil else { return nil }
      return Finding(
        path: file.path,
        line: line,
        advice: "write the issue's number, `#12`, or do it now"
      )
    }
  }
}
