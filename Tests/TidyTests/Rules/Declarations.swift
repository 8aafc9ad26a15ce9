/// What stands at the beginning of a line: modifiers, then a keyword, then a name.
struct Declaration {
  let access: String?
  let keyword: String
  /// Everything after the keyword.
  let rest: String

  /// Reads a line of code; `nil` where the line does not begin a declaration.
  init?(_ line: String) {
    var words = line.split(separator: " ")[...]
    var access: String?
    while let word = words.first {
      if Self.accessWords.contains(String(word)) {
        access = String(word)
      } else if !Self.isModifier(word) {
        break
      }
      words = words.dropFirst()
    }
    guard let head = words.first else { return nil }
    let name = String(head.prefix { $0.isLetter })
    guard Self.keywords.contains(name) else { return nil }
    self.access = access
    keyword = name
    rest =
      (String(head.dropFirst(name.count)) + " " + words.dropFirst().joined(separator: " "))
      .trimmed
  }

  private static func isModifier(_ word: Substring) -> Bool {
    word.hasPrefix("@") || modifiers.contains(String(word)) || word.hasSuffix("(set)")
  }

  private static let accessWords: Set<String> = [
    "public", "open", "package", "internal", "fileprivate", "private",
  ]
  private static let modifiers: Set<String> = [
    "static", "final", "indirect", "mutating", "nonmutating", "borrowing", "consuming", "lazy",
    "weak", "unowned", "override", "required", "convenience", "nonisolated", "isolated", "prefix",
    "postfix", "infix", "dynamic", "distributed", "nonisolated(unsafe)", "nonisolated(nonsending)",
    "sending",
  ]
  private static let keywords: Set<String> = [
    "struct", "class", "enum", "actor", "protocol", "extension", "func", "init", "subscript", "var",
    "let", "typealias", "associatedtype", "case", "deinit", "operator", "macro",
  ]

  /// Whether the protocol that asks for this member already says what it means.
  var isWellKnownWitness: Bool {
    switch keyword {
    case "func":
      ["==", "<", "hash(into", "encode(to"].contains { rest.hasPrefix($0) }
    case "init": ["(from decoder", "(rawValue"].contains { rest.hasPrefix($0) }
    case "var", "let":
      ["description:", "debugDescription:", "rawValue:", "errorDescription:"].contains {
        rest.hasPrefix($0)
      }
    default: false
    }
  }
}

extension Rule {
  static let packageDeclarationsAreDocumented = Rule(
    sentence: "every declaration another room can see is documented"
  ) { file in
    guard file.isIn("Sources", "Benchmarks", "Tests/Support") else { return [] }
    return file.lines(with: "package").compactMap { line in
      guard let declaration = Declaration(file.code[line - 1]), declaration.access == "package",
        !declaration.isWellKnownWitness
      else { return nil }
      if declaration.keyword == "extension" {
        return Finding(
          path: file.path,
          line: line,
          advice: "write `package` on each member, so that each is seen to be documented"
        )
      }
      guard !file.comment(at: line).contains("///") else { return nil }
      return Finding(
        path: file.path,
        line: line,
        advice:
          "`package` \(declaration.keyword) without `///`: say what it is, in one sentence first"
      )
    }
  }

  static let nothingIsPublic = Rule(
    sentence: "nothing is public: this is a program, and `package` is its widest door"
  ) { file in
    guard file.isIn("Sources", "Benchmarks", "Tests") else { return [] }
    return ["public ", "open "].flatMap { word in
      file.lines(with: word).compactMap { line in
        let text = file.code[line - 1].trimmed
        let isImport = text.hasPrefix("public import")
        guard isImport || ["public", "open"].contains(Declaration(text)?.access) else { return nil }
        return Finding(
          path: file.path,
          line: line,
          advice: "write `package` instead of `\(word.trimmed)`"
        )
      }
    }
  }

  static let staticStateIsAbsent = Rule(
    sentence: "there is no static variable and no singleton"
  ) { file in
    guard file.isIn("Sources", "Benchmarks") else { return [] }
    let variables = file.lines(with: "static var").filter { line in
      let text = file.code[line - 1]
      let body = text.firstIndex(of: "{") ?? text.endIndex
      let next = line < file.code.count ? file.code[line].trimmed : ""
      return text[..<body].contains("=") || (body == text.endIndex && !next.hasPrefix("{"))
    }
    let singletons = ["static let shared", "static let instance"].flatMap { file.lines(with: $0) }
    return (variables + singletons).map {
      Finding(path: file.path, line: $0, advice: "state has an owner: pass it in `init`")
    }
  }
}
