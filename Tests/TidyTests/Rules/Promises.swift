import Foundation

/// What the documentation names, held against what exists.
enum Promises {
  /// The `make` targets a page tells the reader to run that the Makefile does not have.
  static func missingTargets(in pages: [(path: String, text: String)], makefile: String)
    -> [Finding]
  {
    let targets = Set(
      makefile.components(separatedBy: "\n").compactMap { line -> String? in
        guard let colon = line.firstIndex(of: ":"), line.first?.isLetter ?? false else {
          return nil
        }
        let name = line[..<colon]
        return name.allSatisfy { $0.isLetter || $0 == "-" } ? String(name) : nil
      }
    )
    return pages.flatMap { page in
      page.text.components(separatedBy: "\n").enumerated().flatMap { index, line in
        commands(in: line).filter { !targets.contains($0) }.map {
          Finding(path: page.path, line: index + 1, advice: "the Makefile has no target `\($0)`")
        }
      }
    }
  }

  private static func commands(in line: String) -> [String] {
    let marks = ["`make ", "    make ", "$ make ", "sudo make "]
    return marks.flatMap { mark in
      line.components(separatedBy: mark).dropFirst().map { rest in
        String(rest.prefix { $0.isLetter || $0 == "-" })
      }
    }.filter { !$0.isEmpty }
  }

  /// The words of `text` that begin with `prefix` and go on with letters, digits and underscores.
  static func words(startingWith prefix: String, in text: String) -> Set<String> {
    Set(
      text.components(separatedBy: prefix).dropFirst().compactMap { rest in
        let tail = rest.prefix { $0.isLetter || $0.isNumber || $0 == "_" }
        return tail.isEmpty || tail.hasSuffix("_") ? nil : prefix + tail
      }
    )
  }

  /// The words beginning with `prefix` in the sources that the page does not explain.
  static func unexplained(
    _ prefix: String,
    in sources: [(path: String, text: String)],
    page: (path: String, text: String)
  ) -> [Finding] {
    let known = words(startingWith: prefix, in: page.text)
    return sources.flatMap { source in
      words(startingWith: prefix, in: source.text).subtracting(known).sorted().map {
        Finding(path: source.path, line: 0, advice: "`\($0)` does not stand in \(page.path)")
      }
    }
  }

  /// The constant sentences that a source logs; those of the code, not of comments and strings.
  static func logged(in source: SourceText) -> [String] {
    let calls = ["error", "warning", "notice", "info", "debug"].flatMap { level in
      source.lines(with: ".\(level)(")
    }
    return calls.sorted().compactMap { line in
      // The sentence stands on the line of the call, or alone on the next.
      let here = source.raw[line - 1].components(separatedBy: "(\"").dropFirst().last
      let next = line < source.raw.count ? source.raw[line].trimmed : ""
      let text = here ?? (next.hasPrefix("\"") ? String(next.dropFirst()) : "")
      let sentence = text.prefix { $0 != "\"" }
      return sentence.isEmpty ? nil : String(sentence)
    }
  }

  /// The sentences that the sources log and the page does not list.
  static func unlisted(in sources: [SourceText], page: (path: String, text: String)) -> [Finding] {
    sources.flatMap { source in
      logged(in: source).filter { !page.text.contains($0) }.map {
        Finding(path: source.path, line: 0, advice: "“\($0)” does not stand in \(page.path)")
      }
    }
  }

  /// The words beginning with `prefix` that the page explains and no source names.
  static func unkept(
    _ prefix: String,
    in sources: [(path: String, text: String)],
    page: (path: String, text: String)
  ) -> [Finding] {
    let named = sources.reduce(into: Set<String>()) {
      $0.formUnion(words(startingWith: prefix, in: $1.text))
    }
    return words(startingWith: prefix, in: page.text).subtracting(named).sorted().map {
      Finding(path: page.path, line: 0, advice: "`\($0)` stands in no source: nothing reads it")
    }
  }
}
