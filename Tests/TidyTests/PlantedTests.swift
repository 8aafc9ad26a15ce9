import Testing

/// A piece of Swift, where it would stand, and the line a rule must point to; none for an innocent.
struct Plant: Sendable, CustomTestStringConvertible {
  let rule: Rule
  let path: String
  let text: String
  let line: Int?

  var testDescription: String {
    "\(line == nil ? "passes" : "found"): \(text.split(separator: "\n").first ?? "") in \(path)"
  }

  /// A violation at `line`.
  static func bad(
    _ rule: Rule,
    _ text: String,
    in path: String = "Sources/Gateway/Outbox/Decide.swift",
    line: Int = 1
  ) -> Plant {
    Plant(rule: rule, path: path, text: text, line: line)
  }

  /// Something that looks like a violation and is none.
  static func good(
    _ rule: Rule,
    _ text: String,
    in path: String = "Sources/Gateway/Outbox/Decide.swift"
  ) -> Plant {
    Plant(rule: rule, path: path, text: text, line: nil)
  }
}

/// The rules, each tried on a violation planted for it and on its innocent neighbour.
@Suite("The tidy rules") struct PlantedTests {
  @Test(arguments: Plant.all) func `a planted violation is found and an innocent passes`(
    _ plant: Plant
  ) {
    let found = plant.rule.check(SourceText(path: plant.path, text: plant.text))
    #expect(found.map(\.line) == (plant.line.map { [$0] } ?? []))
  }

  @Test(arguments: Rule.all) func `every rule has a violation planted for it`(_ rule: Rule) {
    #expect(Plant.all.contains { $0.rule.sentence == rule.sentence && $0.line != nil })
  }

  @Test func `comments, strings and raw identifiers are not code, interpolations are`() {
    let file = SourceText(
      path: "a.swift",
      text: ##"""
        // Date()
        let a = "Date() \(Date()) /* "
        /* Date() /* nested */ Date() */ let b = #"a " \(Date()) \#(Date())"#
        func `Date() and { of it`() {}
        """##
    )
    #expect(file.lines(with: "Date()") == [2, 3])
    #expect(file.functions.map(\.line) == [4])
  }

  @Test func `a multi-line string hides its lines and keeps the count`() {
    let file = SourceText(path: "a.swift", text: "let a = \"\"\"\n  try! x \" {\n  \"\"\"\ntry! y")
    #expect(file.lines(with: "try!") == [4])
  }
}
