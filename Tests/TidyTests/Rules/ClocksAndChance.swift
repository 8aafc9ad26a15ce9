extension Rule {
  static let clocksAndChanceAreBroughtIn = Rule(
    sentence: "time and chance are brought in: only the command line asks the system"
  ) { file in
    guard file.isIn("Sources"), !file.isIn("Sources/CLI") else { return [] }
    let clocks = file.findings(
      of: [
        "Date()", "Date.now", "Date(timeIntervalSinceNow", "ContinuousClock", "SuspendingClock",
        "DispatchTime.now", "clock_gettime", "gettimeofday", "Task.sleep",
      ],
      afterDot: true
    ) { "`\($0)`: take `now` as an argument, or the time source in `init`" }
    let chance = file.findings(
      of: [
        "UUID()", "SystemRandomNumberGenerator", ".random(", ".randomElement(", ".shuffled(",
        ".shuffle(",
      ],
      afterDot: true,
      unless: { line in
        // With a generator handed in, chance is brought in.
        file.code[(line - 1)..<min(line + 2, file.code.count)].joined().contains("using:")
      }
    ) { "`\($0)`: take the generator or the id as an argument" }
    return clocks + chance
  }

  static let onlyTheCommandLinePrints = Rule(
    sentence: "only the command line prints"
  ) { file in
    guard file.isIn("Sources"), !file.isIn("Sources/CLI") else { return [] }
    return file.findings(
      of: ["print(", "Swift.print(", "debugPrint(", "dump(", "NSLog("],
      unless: { Declaration(file.code[$0 - 1])?.keyword == "func" }
    ) { "`\($0)`: log an event, or return the text" }
  }
}
