import Foundation

extension Rule {
  static let testsDoNotSleep = Rule(
    sentence: "no test sleeps"
  ) { file in
    guard file.isIn("Tests") else { return [] }
    // Looks at processes from outside, which have no timer to be seen being set: the one exception.
    guard file.path != "Tests/CLITests/Harness/Patience.swift" else { return [] }
    return file.findings(of: ["usleep(", "nanosleep(", "sleep(", ".sleep("], afterDot: false) { _ in
      "let the test see what it waits for, and move the clock itself"
    }
    // A clock that a test moves has to be able to be slept by.
    .filter { !file.code[$0.line - 1].contains("func sleep(") }
  }

  static let testsAreNamedBySentences = Rule(
    sentence: "a test is named by the sentence that would be false"
  ) { file in
    guard file.isIn("Tests") else { return [] }
    return file.lines(with: "@Test").compactMap { line in
      // The function may stand below its arguments.
      var below = line
      while below <= file.code.count, Declaration(attributeless(file.code[below - 1])) == nil {
        below += 1
        if below - line > 60 { return nil }
      }
      guard below <= file.code.count,
        let declaration = Declaration(attributeless(file.code[below - 1])),
        declaration.keyword == "func", !declaration.rest.hasPrefix("`")
      else { return nil }
      return Finding(
        path: file.path,
        line: below,
        advice: "name it by a sentence in backticks, false when the test fails"
      )
    }
  }

  static let dependenciesAreReleases = Rule(
    sentence: "every dependency is a released version of a public repository"
  ) { file in
    guard file.path == "Package.swift" else { return [] }
    return file.raw.enumerated().compactMap { index, text in
      let isDependency = text.contains(".package(")
      let names = [".branch(", ".revision(", "branch:", "revision:", ".package(path:", "url: \"/"]
      let isLoose = names.contains { text.contains($0) }
      let address = text.range(of: "url: \"").map { text[$0.upperBound...] }
      let isElsewhere = address.map { !$0.hasPrefix("https://github.com/") } ?? false
      guard isLoose || isElsewhere || (isDependency && text.contains("git@")) else { return nil }
      return Finding(
        path: file.path,
        line: index + 1,
        advice: "depend on `https://github.com/OWNER/NAME` from a version"
      )
    }
  }

  /// A line without the attributes it begins with, arguments included.
  private static func attributeless(_ line: String) -> String {
    var text = Substring(line.trimmed)
    while text.first == "@" {
      var depth = 0
      var index = text.startIndex
      while index < text.endIndex {
        if text[index] == "(" { depth += 1 }
        if text[index] == ")" { depth -= 1 }
        if text[index] == " " && depth == 0 { break }
        index = text.index(after: index)
      }
      text = text[index...].drop { $0 == " " }
    }
    return String(text)
  }
}
